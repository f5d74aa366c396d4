import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

/// Frames of one pixel with the stated values and times.
private func line(_ values: [Float], minutes: [Double]? = nil, unit: PhysicalUnit = .millimetresPerHour)
  throws -> FrameArray
{
  try FrameArray(
    values.enumerated().map { index, value in
      try Frame(
        shape: FrameShape(height: 1, width: 2), values: [value, 2 * value],
        time: minutes.map { Date(timeIntervalSince1970: $0[index] * 60) })
    }, unit: unit)
}

@Suite struct EventSequenceTests {
  @Test func noWindowSpansTwoEvents() throws {
    let events = try EventSequence([
      line([0, 1, 2, 3]), line([10, 11]), line([20, 21, 22, 23, 24]),
    ])
    #expect(events.count == 11)
    #expect(events.events == [0..<4, 4..<6, 6..<11])
    #expect(
      try (0..<11).map { try events.frame(at: $0).values[0] } == [0, 1, 2, 3, 10, 11, 20, 21, 22, 23, 24])
    let windows = try WindowIndex(of: events, inputFrames: 2, forecastFrames: 1)
    #expect(windows.starts == [0, 1, 6, 7, 8])
    #expect(windows.droppedByGaps == 0)
    #expect(windows.droppedByEvents == 4)
    let parts = try WindowIndex(of: events, parts: [1..<5, 7..<11], inputFrames: 2, forecastFrames: 1)
    #expect(parts.starts == [1, 7, 8])
    #expect(
      dataError { try WindowIndex(of: events, inputFrames: 4, forecastFrames: 2) }?.kind == .tooFewFrames)
    #expect(dataError { try events.frame(at: 11) } != nil)
  }

  @Test func eventsMayLieInAnyOrderOfTime() throws {
    let events = try EventSequence([
      line([0, 1, 2], minutes: [100, 105, 110]), line([3, 4, 5, 6], minutes: [0, 5, 15, 20]),
    ])
    #expect(events.timestamps?.count == 7)
    #expect(events.nominalStep == 5)
    let windows = try WindowIndex(of: events, inputFrames: 1, forecastFrames: 1)
    #expect(windows.starts == [0, 1, 3, 5])
    #expect(windows.droppedByGaps == 1)
    #expect(windows.droppedByEvents == 1)
  }

  @Test func wrappersKeepTheEvents() throws {
    let events = try EventSequence([
      countingSource(frames: 3, height: 4, width: 6), countingSource(frames: 2, height: 4, width: 6),
    ])
    #expect(CachedSource(events).events == [0..<3, 3..<5])
    #expect(try DownsampledSource(events, factor: 2).events == [0..<3, 3..<5])
    let nested = try EventSequence([events, countingSource(frames: 1, height: 4, width: 6)])
    #expect(nested.events == [0..<3, 3..<5, 5..<6])
  }

  @Test func unlikeEventsAreRefused() throws {
    let one = try line([1, 2])
    #expect(dataError { try EventSequence([]) }?.kind == .noFrames)
    #expect(dataError { try EventSequence([one, line([1], unit: .brightness)]) }?.kind == .wrongShape)
    let other = try countingSource(frames: 2, height: 2, width: 2)
    #expect(dataError { try EventSequence([one, other]) }?.kind == .wrongShape)
    let slow = try line([1, 2, 3], minutes: [0, 10, 20])
    let fast = try line([1, 2, 3], minutes: [0, 5, 10])
    #expect(dataError { try EventSequence([slow, fast]) }?.kind == .badValue)
  }
}

@Suite struct SegmentedSourceTests {
  @Test func longGapsEndAnEvent() throws {
    let source = try line([0, 1, 2, 3, 4, 5, 6], minutes: [0, 5, 15, 20, 50, 55, 60])
    #expect(try SegmentedSource(source, maximumGap: 1).events == [0..<4, 4..<7])
    #expect(try SegmentedSource(source, maximumGap: 0).events == [0..<2, 2..<4, 4..<7])
    #expect(try SegmentedSource(source, maximumGap: 5).events == [0..<7])
  }

  @Test func drySpellsBelongToNoEvent() throws {
    let rain: [Float] = [0, 0, 3, 1, 0, 2, 0, 0, 0, 4, 4, 0]
    let source = try line(rain, minutes: (0..<12).map { Double(5 * $0) })
    let dry = SegmentedSource.DrySpell(minutes: 15, threshold: 0.5, wetShare: 0.1)
    let events = try SegmentedSource(source, maximumGap: 3, dry: dry)
    #expect(events.events == [2..<6, 9..<11])
    #expect(events.dryFrames == 6)
    #expect(try WindowIndex(of: events, inputFrames: 1, forecastFrames: 1).starts == [2, 3, 4, 9])
    let none = try line([0, 0], minutes: [0, 5])
    #expect(dataError { try SegmentedSource(none, maximumGap: 3, dry: dry) }?.kind == .badValue)
    let bad = SegmentedSource.DrySpell(minutes: 0)
    #expect(dataError { try SegmentedSource(source, maximumGap: 3, dry: bad) }?.kind == .invalidOption)
  }
}

@Suite struct BridgedSourceTests {
  /// 15 and 20 are missing, 37 is late, then nothing for an hour.
  private func source() throws -> FrameArray {
    try line(
      [0, 1, 2, 5, 6, 7.4, 9, 20, 21, 22, 23], minutes: [0, 5, 10, 25, 30, 37, 45, 110, 115, 120, 125])
  }

  private func values(_ source: some FrameSource) throws -> [Float] {
    try (0..<source.count).map { try source.frame(at: $0).values[0] }
  }

  @Test func interpolationIsLinearInTime() throws {
    let bridged = try BridgedSource(source(), policy: .interpolate(atMost: 2))
    let expected: [Float] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 22, 23]
    let values = try self.values(bridged)
    #expect(values.count == 14)
    for (value, number) in zip(values, expected) { #expect(abs(value - number) < 1e-5) }
    #expect(bridged.events == [0..<10, 10..<14])
    #expect(bridged.bridgedFrames == 4)
    #expect(bridged.openGaps == 1)
    #expect(bridged.framesOffTheClock == 1)
    let minutes = bridged.timestamps?.map { $0.timeIntervalSince1970 / 60 }
    #expect(minutes == [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 110, 115, 120, 125])
    #expect(try bridged.frame(at: 3).time == bridged.timestamps?[3])
    let windows = try WindowIndex(of: bridged, inputFrames: 2, forecastFrames: 2)
    #expect(windows.starts == [0, 1, 2, 3, 4, 5, 6, 10])
    #expect(windows.droppedByGaps == 0)
  }

  @Test func repeatingTakesTheLastFrame() throws {
    let bridged = try BridgedSource(source(), policy: .repeatLast(atMost: 2))
    #expect(try values(bridged) == [0, 1, 2, 2, 2, 5, 6, 6, 7.4, 9, 20, 21, 22, 23])
  }

  @Test func maskedFramesAreMissing() throws {
    let bridged = try BridgedSource(source(), policy: .mask(atMost: 2))
    #expect(
      try (0..<12).map { try bridged.frame(at: $0).missingCount } == [0, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 0])
  }

  @Test func longGapsStayOpen() throws {
    let bridged = try BridgedSource(source(), policy: .interpolate(atMost: 1))
    // The two of 15 and 20 are too many; the late frame leaves one tick on either side of it.
    #expect(bridged.openGaps == 2)
    #expect(bridged.events == [0..<3, 3..<8, 8..<12])
    let dropped = try BridgedSource(source(), policy: .drop)
    #expect(dropped.bridgedFrames == 0)
    #expect(dropped.events.count == 5)
  }

  @Test func missingPixelsStayMissing() throws {
    let shape = FrameShape(height: 1, width: 3)
    func frame(_ values: [Float], _ minute: Double) throws -> Frame {
      try Frame(shape: shape, values: values, time: Date(timeIntervalSince1970: minute * 60))
    }
    let source = try FrameArray(
      [frame([1, .nan, 3], 0), frame([1, 1, 1], 5), frame([3, 1, .nan], 15), frame([1, 1, 1], 20)],
      unit: .dimensionless)
    let middle = try BridgedSource(source, policy: .interpolate(atMost: 1)).frame(at: 2)
    #expect(middle.values == [2, 1, 0])
    #expect(middle.isValid == [true, true, false])
  }

  @Test func senselessPoliciesAreRefused() throws {
    let even = try line([1, 2])
    #expect(dataError { try BridgedSource(even, policy: .interpolate(atMost: 1)) }?.kind == .invalidOption)
    let full = try source()
    #expect(dataError { try BridgedSource(full, policy: .repeatLast(atMost: 0)) }?.kind == .invalidOption)
  }
}
