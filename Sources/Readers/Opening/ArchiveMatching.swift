import Foundation
import Support

/// Sequences of several archives on frames of one size.
///
/// Where pixels differ in size by more than 2 %, all are averaged to the largest, and radar to 2 km at least. Where frames
/// then differ in size, the smaller ones get missing pixels at the lower and right edge. Archives of one size stay as they
/// are, whether or not they state where their pixels lie.
package struct ArchiveMatching {
  /// The sequences in the order of the archives.
  package let events: [any FrameSource]

  /// Pixels within this of each other count as equal.
  private static let tolerance = 0.02
  /// Kilometres to which radar is averaged at least, where archives have to be brought together.
  private static let usualPixel = 2.0

  /// - Throws: ``DataError`` that names the archive with another unit, channel or interval, or whose pixels are of unknown
  ///   size although they have to be brought to those of others.
  package init(_ archives: [(url: URL, events: [any FrameSource])]) throws {
    let all = archives.flatMap { archive in archive.events.map { (url: archive.url, source: $0) } }
    guard let first = all.first else {
      throw DataError(
        .noFrames, expected: "at least one sequence", received: "none", remedy: "Name the data.")
    }
    for (url, source) in all { try Self.check(url, source, like: first) }
    let known = all.compactMap(\.source.grid?.pixelSize)
    var matched = all.map(\.source)
    func isLike(_ size: (width: Double, height: Double)) -> Bool {
      abs(size.width / known[0].width - 1) <= Self.tolerance
        && abs(size.height / known[0].height - 1) <= Self.tolerance
    }
    if !known.allSatisfy(isLike) {
      let largest = known.map { max($0.width, $0.height) }.max() ?? Self.usualPixel
      let isRadar = [.millimetresPerHour, .millimetres, .decibelsZ].contains(first.source.unit)
      let pixelSize = isRadar ? max(largest, Self.usualPixel) : largest
      matched = try all.map { url, source in
        guard source.grid?.pixelSize != nil else { throw Self.unknownPixels(url, source, first) }
        return try ResampledSource(source, pixelSize: pixelSize)
      }
    }
    let height = matched.map(\.shape.height).max() ?? 0
    let width = matched.map(\.shape.width).max() ?? 0
    guard matched.contains(where: { $0.shape.height != height || $0.shape.width != width }) else {
      events = matched
      return
    }
    if known.count < all.count {
      // The archive whose size differs, or the first one where none states its grid.
      let odd = all.first { $0.source.shape != first.source.shape } ?? first
      throw Self.unknownPixels(odd.url, odd.source, first)
    }
    events = try matched.map { source in
      source.shape.height == height && source.shape.width == width
        ? source : try PaddedSource(source, height: height, width: width)
    }
  }

  private static func check(
    _ url: URL, _ source: any FrameSource, like first: (url: URL, source: any FrameSource)
  ) throws {
    let name = first.url.lastPathComponent
    guard source.unit == first.source.unit, source.shape.channels == first.source.shape.channels else {
      func text(_ source: any FrameSource) -> String {
        "\(source.shape) in \(source.unit.rawValue)"
      }
      throw DataError(
        .wrongShape, file: url.path, expected: "frames of \(text(first.source)) as in \(name)",
        received: text(source), remedy: "State what numbers mean with --unit, or use other data.")
    }
    // Videos at other rates may be for a classifier.
    guard source.unit != .brightness, let step = source.nominalStep, let usual = first.source.nominalStep,
      abs(step - usual) > 0.1 * usual
    else { return }
    throw DataError(
      .badValue, file: url.path,
      expected: "a frame every \(NumberText.plain(usual)) minutes as in \(name)",
      received: "one every \(NumberText.plain(step)) minutes",
      remedy: "Use archives of one interval, or a model for each.")
  }

  private static func unknownPixels(
    _ url: URL, _ source: any FrameSource, _ first: (url: URL, source: any FrameSource)
  ) -> DataError {
    func text(_ source: any FrameSource) -> String {
      "\(source.shape) in \(source.unit.rawValue)"
        + (source.grid?.pixelSize == nil ? " whose pixels are of unknown size" : "")
    }
    return DataError(
      .wrongShape, file: url.path,
      expected:
        "frames of \(text(first.source)) as in \(first.url.lastPathComponent), or pixels of a known size in both",
      received: text(source), remedy: "Pass --crop or --size, or other data.")
  }
}
