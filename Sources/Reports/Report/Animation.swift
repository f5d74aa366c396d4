import Foundation

/// Fields that move: what was observed and what was forecast side by side, one picture a lead time.
package struct Animation: Codable, Hashable, Sendable {
  package var title: String
  /// What stands side by side, from the left.
  package var labels: [String]
  package let width: Int
  package let height: Int
  /// An animated PNG (Base64 in JSON).
  package let animated: Data
  /// Its last picture alone, for those who do not want movement.
  package let still: Data
  /// How long a picture stays, in milliseconds.
  package static let pause = 350
  /// Empty pixels between what stands side by side.
  static let gap = 2

  /// Pixels across one of the fields.
  var panelWidth: Int { max((width - (labels.count - 1) * Self.gap) / max(labels.count, 1), 1) }

  /// Draws fields side by side.
  ///
  /// - Parameters:
  ///   - fields: `fields[time][column]`, each `[height, width]` row by row; NaN is missing.
  ///   - labels: One for each column.
  /// - Throws: ``ReportError`` when fields do not have one size.
  package init(
    title: String, labels: [String], fields: [[[Float]]], height: Int, width: Int, scale: ColourScale
  ) throws(ReportError) {
    let gap = Self.gap
    let full = labels.count * width + (labels.count - 1) * gap
    var images: [PNGImage] = []
    for columns in fields {
      guard columns.count == labels.count, columns.allSatisfy({ $0.count == width * height }) else {
        throw ReportError(
          expected: "\(labels.count) fields of \(height) × \(width) at every time",
          received: "\(columns.map(\.count)) values", remedy: "Cut all fields to the same tile.")
      }
      var indices = [UInt8](repeating: scale.missingIndex, count: full * height)
      for (column, field) in columns.enumerated() {
        for row in 0..<height {
          let start = row * full + column * (width + gap)
          for x in 0..<width { indices[start + x] = scale.index(of: field[row * width + x]) }
        }
      }
      images.append(
        try PNGImage(
          width: full, height: height, pixels: .palette(indices: indices, colours: scale.palette)))
    }
    guard let last = images.last else {
      throw ReportError(
        expected: "at least one picture", received: "none", remedy: "Give fields for every lead time.")
    }
    self.title = title
    self.labels = labels
    self.width = full
    self.height = height
    animated = try PNGImage.animated(images, milliseconds: Self.pause)
    still = try last.encoded()
  }
}
