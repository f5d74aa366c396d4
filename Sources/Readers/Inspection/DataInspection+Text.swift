import Foundation
import Support

extension DataInspection {
  /// The numbers as JSON, keys sorted, times as ISO 8601; what is unknown is absent.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// The numbers for people, a line each.
  public var text: String {
    var lines = [
      ("frames", "\(frames)"), ("shape", "\(height) × \(width) × \(channels) (height, width, channels)"),
      ("unit", unit.rawValue),
    ]
    if let step { lines.append(("step", "\(short(step)) minutes")) }
    if let first, let last { lines.append(("time", "\(clock(first)) to \(clock(last))")) }
    let gaps = events.reduce(0) { $0 + $1.gaps }
    let absent = events.reduce(0) { $0 + $1.missingFrames }
    if classes.isEmpty {
      let lengths = Set(events.map(\.frames)).sorted()
      let each = lengths.count == 1 ? "\(lengths[0])" : "\(lengths[0]) to \(lengths[lengths.count - 1])"
      lines.append(("events", "\(events.count) of \(each) frames"))
      if first != nil { lines.append(("gaps", "\(gaps) (\(absent) frames absent)")) }
      if events.count > 1, events.count <= 20, first != nil {
        for (number, event) in events.enumerated() {
          let times =
            event.first.flatMap { first in event.last.map { ", \(clock(first)) to \(clock($0))" } } ?? ""
          lines.append(("event \(number + 1)", "\(event.frames) frames\(times)"))
        }
      }
    } else {
      lines.append(
        ("clips", "\(events.count) of \(events.first?.frames ?? 0) frames, in \(groups ?? 0) groups"))
      lines.append(("classes", classes.map { "\($0.name) \($0.clips)" }.joined(separator: ", ")))
    }
    if let minimum, let mean, let maximum {
      lines.append(("values", "minimum \(short(minimum)), mean \(short(mean)), maximum \(short(maximum))"))
    }
    lines.append(("missing", "\(percent(missingShare)) of the pixels"))
    if let wetShare {
      lines.append(("wet", "\(percent(wetShare)) of the valid pixels above \(Self.wetThreshold) mm/h"))
    }
    if framesRead < frames { lines.append(("read", "\(framesRead) frames for the values")) }
    if let projection { lines.append(("projection", projection)) }
    if let pixelWidth, let pixelHeight {
      lines.append(("pixel", "\(short(pixelWidth)) × \(short(pixelHeight)) km"))
    }
    for remark in remarks ?? [] {
      let name = remark.prefix { $0 != ":" }
      lines.append((String(name), remark.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)))
    }
    if skipped > 0 { lines.append(("skipped", "\(skipped) that could not be read")) }
    let width = 1 + (lines.map { $0.0.count + 1 }.max() ?? 0)
    return lines.map { "\($0.0):".padding(toLength: max(12, width), withPad: " ", startingAt: 0) + $0.1 }
      .joined(separator: "\n")
  }

  private func clock(_ date: Date) -> String {
    date.formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: false).timeZone(separator: .omitted))
  }

  private func short(_ value: Double) -> String { NumberText.general(value, 6) }

  private func percent(_ share: Double) -> String { NumberText.percent(share, 2) }
}

extension OpenedData {
  /// Up to `count` frames, spread evenly over everything.
  ///
  /// - Throws: ``DataError`` if one cannot be read.
  public func sample(_ count: Int) throws -> [Frame] {
    let sources = try sources()
    let total = sources.reduce(0) { $0 + $1.count }
    let wanted = Set((0..<min(count, total)).map { $0 * total / min(count, total) })
    var (frames, start) = ([Frame](), 0)
    for source in sources {
      for number in wanted.filter({ $0 >= start && $0 < start + source.count }).sorted() {
        frames.append(try source.frame(at: number - start))
      }
      start += source.count
    }
    return frames
  }
}
