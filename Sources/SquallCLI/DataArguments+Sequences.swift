import ArgumentParser
import Foundation
import Readers
import Sampling

extension DataArguments {
  /// What `--gaps` and `--dry-gap` ask for.
  var handling: SequenceHandling {
    SequenceHandling(
      gaps: GapPolicy(gaps, atMost: longestGap ?? 3),
      dry: dryGap.map { SegmentedSource.DrySpell(minutes: $0, threshold: dryThreshold ?? 0.1) })
  }

  /// Refuses numbers that make no sense and options that need another.
  func validateSequences() throws {
    if let longestGap {
      guard longestGap >= 1 else {
        throw ValidationError("--longest-gap: expected at least 1 frame, received \(longestGap).")
      }
      guard gaps != .drop else {
        throw ValidationError("--longest-gap: expected beside --gaps repeat, interpolate or mask.")
      }
    }
    if let dryGap, !(dryGap > 0 && dryGap.isFinite) {
      throw ValidationError("--dry-gap: expected a positive number of minutes, received \(dryGap).")
    }
    if let dryThreshold {
      guard dryThreshold.isFinite else {
        throw ValidationError("--dry-threshold: expected a number, received \(dryThreshold).")
      }
      guard dryGap != nil else { throw ValidationError("--dry-threshold: expected beside --dry-gap.") }
    }
  }

  /// Opens sequences, bridges their gaps, cuts out dry spells and puts extra channels beside them.
  ///
  /// - Parameters:
  ///   - grouped: Whether the sequences of one path are a group that a split keeps together.
  /// - Returns: `nil` for clips with classes.
  func sequences(skipped: SkipLog = SkipLog(), grouped: Bool = false) throws -> PreparedEvents? {
    guard case .events(let events) = try openFiles(skipped: skipped) else { return nil }
    return try prepared(events, grouped: grouped)
  }

  func prepared(_ events: [any FrameSource], grouped: Bool = false) throws -> PreparedEvents {
    var groups: [Int]?
    if grouped, !isGenerated, data.count > 1 {
      groups = try data.enumerated().flatMap { number, path in
        [Int](
          repeating: number, count: try openData(at: [URL(filePath: path)], options: options).sources().count)
      }
    }
    return try PreparedEvents(
      events, groups: groups, extras: try extra.map { try openExtra($0, beside: events[0].shape) },
      handling: handling)
  }

  /// Whether an option is given that only sequences have.
  var asksForSequences: Bool { gaps != .drop || dryGap != nil || !extra.isEmpty || pixelSize != nil }

  /// `PATH` or `PATH:DATASET`, on the grid of the field.
  private func openExtra(
    _ text: String, beside shape: FrameShape
  ) throws -> (name: String, sources: [any FrameSource]) {
    var path = text
    var dataset: String?
    if !FileManager.default.fileExists(atPath: path), let colon = text.lastIndex(of: ":") {
      path = String(text[..<colon])
      dataset = String(text[text.index(after: colon)...])
    }
    let url = URL(filePath: path)
    let name = url.lastPathComponent + (dataset.map { ":\($0)" } ?? "")
    func opened(_ options: DataOptions) throws -> [any FrameSource] {
      guard case .events(let events) = try openData(at: [url], options: options) else {
        throw CleanError(
          description: "--extra \(text): expected frames as auxiliary channels, received clips with classes. "
            + "Name a file or folder of frames.")
      }
      return events
    }
    var options = DataOptions(
      dataset: dataset, interval: interval, start: start?.date, grey: grey, timePattern: timePattern,
      eventGap: eventGap, skipBad: skipBad)
    var sources = try opened(options)
    if let own = sources.first?.shape, own.height != shape.height || own.width != shape.width,
      size != nil || crop != nil || pixelSize != nil
    {
      (options.size, options.crop, options.pixelSize) = (size?.size, crop?.crop, pixelSize)
      sources = try opened(options)
    }
    guard let cache, sources.reduce(0, { $0 + $1.count }) > 1 else { return (name, sources) }
    return (name, try cached(sources, of: [url], options, in: URL(filePath: cache)))
  }

  /// Each event with a cache of its own behind it.
  func cached(
    _ events: [any FrameSource], of files: [URL], _ options: DataOptions, in folder: URL
  ) throws -> [any FrameSource] {
    let key = try CacheKey(files: files, options: options)
    return try events.enumerated().map { index, event in
      try MappedCache(event, key: CacheKey(text: "event \(index)\n\(key.text)"), in: folder)
    }
  }
}

extension GapPolicy.Name: ExpressibleByArgument {}
