import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

/// The real sequence against numbers that h5py read (`Reference/knmi.py`).
@Suite(.enabled(if: SharedData.hasKNMI, "\(SharedData.reason)"))
struct KNMIGoldenTests {
  struct Golden: Decodable {
    struct Frame: Decodable {
      let file: String
      let time: Double
      let shape: [Int]
      let missing: Int
      let minimum, mean, maximum, weightedMean: Double
    }
    let frames: [Frame]
  }

  @Test func everyFrameAgrees() throws {
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: SharedData.golden("knmi.json")))
    let source = try FrameFolder.knmi(SharedData.knmi)
    #expect(source.count == golden.frames.count)
    #expect(source.nominalStep == 5)
    #expect(source.grid?.projection?.hasPrefix("+proj=stere +lat_0=90") == true)
    #expect(source.grid?.pixelWidth == 1)
    #expect(source.grid?.pixelHeight == 1)
    #expect(source.grid?.corners.count == 4)
    for (index, expected) in golden.frames.enumerated() {
      let frame = try source.frame(at: index)
      #expect(source.files[index].lastPathComponent == expected.file)
      #expect(frame.time == Date(timeIntervalSince1970: expected.time))
      #expect([frame.shape.height, frame.shape.width] == expected.shape)
      #expect(frame.missingCount == expected.missing)
      let statistics = Statistics(frame)
      #expect(abs(statistics.minimum - expected.minimum) < 1e-5)
      #expect(abs(statistics.maximum - expected.maximum) < 1e-5)
      #expect(abs(statistics.mean - expected.mean) < 1e-6 * expected.mean)
      #expect(abs(statistics.weightedMean - expected.weightedMean) < 1e-6 * expected.weightedMean)
    }
  }

  @Test func theStatedSplit() throws {
    let source = try FrameFolder.knmi(SharedData.knmi)
    let times = try #require(source.timestamps)
    let split = try TimeSplit(frameCount: source.count, inputFrames: 6, forecastFrames: 12)
    func clock(_ index: Int) -> Double { times[index].timeIntervalSince1970 - 1_282_780_800 }
    #expect(clock(split.training.lowerBound) == 0)
    #expect(clock(split.validation.upperBound - 1) == 3 * 3600 + 35 * 60)
    #expect(clock(split.test.lowerBound) == 4 * 3600 + 40 * 60)
    #expect(clock(split.test.upperBound - 1) == 7 * 3600 + 35 * 60)
    let windows = try WindowIndex(of: source, frames: split.test, inputFrames: 6, forecastFrames: 12)
    #expect(windows.count == 19)
    #expect(windows.droppedByGaps == 0)
    // The starts that pysteps' table is about, 05:05 … 06:35 by quarters of an hour, are among them.
    let starts = Set((0..<windows.count).map { clock(windows[$0].lastInput) / 60 })
    #expect(starts.isSuperset(of: [305, 320, 335, 350, 365, 380, 395]))
  }

  private struct Statistics {
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var mean = 0.0
    var weightedMean = 0.0

    init(_ frame: Frame) {
      var count = 0.0
      for index in frame.values.indices where frame.isValid[index] {
        let value = Double(frame.values[index])
        let weight = (7 * (index / frame.shape.width) + 13 * (index % frame.shape.width)) % 101
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        mean += value
        weightedMean += value * Double(weight)
        count += 1
      }
      mean /= count
      weightedMean /= count
    }
  }
}
