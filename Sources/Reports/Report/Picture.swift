import Foundation

/// Fields to look at: one row per source (observed, each model), one column per lead time.
package struct PicturePanel: Codable, Hashable, Sendable {
  /// Which case this is, "Tile 3, last input 05:35 UTC".
  package var title: String
  /// A sentence on what to see; may be empty.
  package var caption: String
  /// Lead times of the columns; 0 is the last input frame, negative ones are earlier inputs.
  package var leadTimes: [Double]
  package var rows: [PictureRow]

  package init(title: String, caption: String = "", leadTimes: [Double], rows: [PictureRow]) {
    self.title = title
    self.caption = caption
    self.leadTimes = leadTimes
    self.rows = rows
  }
}

/// One row of a panel.
package struct PictureRow: Codable, Hashable, Sendable {
  /// "observed", or the name of the model.
  package var label: String
  package var scale: ColourScale
  /// One per column; nil leaves the place empty (a forecast has no input frames).
  package var pictures: [Picture?]

  package init(label: String, scale: ColourScale, pictures: [Picture?]) {
    self.label = label
    self.scale = scale
    self.pictures = pictures
  }
}

/// A field as a small PNG, one pixel per grid cell; the page enlarges it without blurring.
package struct Picture: Codable, Hashable, Sendable {
  package let width: Int
  package let height: Int
  /// The PNG file (Base64 in JSON).
  package let png: Data
  /// What is on it in a few words, for those who do not see it: "up to 12.4, 31% above 0.1".
  package let summary: String

  /// Draws a field.
  ///
  /// - Parameters:
  ///   - field: The values `[height, width]`, row by row.
  ///   - mask: `true` where there is a value; nil for everywhere. Values that are not finite are missing too.
  ///   - height: The number of rows.
  ///   - width: The number of columns.
  ///   - scale: How values become colours; missing pixels are ``ColourScale/missingColour``.
  /// - Throws: ``ReportError`` when field, mask and size do not agree.
  package init(
    field: [Float], mask: [Bool]? = nil, height: Int, width: Int, scale: ColourScale
  ) throws(ReportError) {
    guard mask == nil || mask?.count == field.count else {
      throw ReportError(
        expected: "a mask of \(field.count) pixels", received: "\(mask?.count ?? 0)",
        remedy: "Cut field and mask to the same tile.")
    }
    let indices = field.indices.map { index in
      mask?[index] == false ? scale.missingIndex : scale.index(of: field[index])
    }
    let image = try PNGImage(
      width: width, height: height, pixels: .palette(indices: indices, colours: scale.palette))
    self.width = width
    self.height = height
    self.png = try image.encoded()
    self.summary = Self.summary(of: zip(field, indices).filter { $1 != scale.missingIndex }.map(\.0), scale)
  }

  private static func summary(of values: [Float], _ scale: ColourScale) -> String {
    guard let low = values.min(), let high = values.max() else { return "no data" }
    guard scale.kind == .rainRate else {
      return "from \(Format.significant(Double(low))) to \(Format.significant(Double(high)))"
    }
    guard high > 0.1 else { return "dry" }
    let wet = Double(values.filter { $0 > 0.1 }.count) / Double(values.count)
    return "up to \(Format.significant(Double(high))) mm/h, rain on \(Format.percent(wet)) of the area"
  }
}
