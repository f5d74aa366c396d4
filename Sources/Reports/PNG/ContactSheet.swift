/// Many small pictures on one sheet, in rows.
package struct ContactSheet: Sendable {
  /// One picture: `[height, width, channels]` with 1 or 3 channels; values that are not finite are missing.
  package struct Cell: Sendable {
    package var values: [Float]
    package var height: Int
    package var width: Int
    package var channels: Int

    package init(values: [Float], height: Int, width: Int, channels: Int) {
      self.values = values
      self.height = height
      self.width = width
      self.channels = channels
    }
  }

  private let cells: [Cell]
  private let scale: ColourScale
  private let columns: Int

  /// - Parameters:
  ///   - cells: Pictures of one size, in reading order.
  ///   - scale: Colours for pictures of one channel; those of three are red, green and blue from 0 to 1.
  ///   - columns: Pictures in a row.
  package init(_ cells: [Cell], scale: ColourScale, columns: Int = 6) {
    self.cells = cells
    self.scale = scale
    self.columns = max(1, min(columns, cells.count))
  }

  /// The sheet; pictures larger than `side` are thinned out.
  ///
  /// - Throws: ``ReportError`` if there is no picture, or sizes differ.
  package func image(side: Int = 240) throws(ReportError) -> PNGImage {
    guard let first = cells.first,
      cells.allSatisfy({
        $0.height == first.height && $0.width == first.width && $0.channels == first.channels
          && $0.values.count == first.height * first.width * first.channels
      })
    else {
      throw ReportError(
        expected: "one or more pictures of one size", received: "\(cells.count)",
        remedy: "Make one sheet for each size.")
    }
    let thinning = max(1, (max(first.height, first.width) + side - 1) / side)
    let (height, width) = (max(1, first.height / thinning), max(1, first.width / thinning))
    let gap = 4
    let rows = (cells.count + columns - 1) / columns
    let (sheetWidth, sheetHeight) = (columns * (width + gap) + gap, rows * (height + gap) + gap)
    var pixels = [UInt8](repeating: 255, count: sheetWidth * sheetHeight * 3)
    let palette = scale.palette
    for (number, cell) in cells.enumerated() {
      let (top, left) = (gap + number / columns * (height + gap), gap + number % columns * (width + gap))
      for row in 0..<height {
        for column in 0..<width {
          let from = (row * thinning * cell.width + column * thinning) * cell.channels
          let to = ((top + row) * sheetWidth + left + column) * 3
          if cell.channels >= 3, cell.values[from..<from + 3].allSatisfy(\.isFinite) {
            for channel in 0..<3 {
              pixels[to + channel] = UInt8(min(max(cell.values[from + channel], 0), 1) * 255)
            }
          } else {
            let colour = palette[Int(scale.index(of: cell.channels >= 3 ? .nan : cell.values[from]))]
            (pixels[to], pixels[to + 1], pixels[to + 2]) = (colour.red, colour.green, colour.blue)
          }
        }
      }
    }
    return try PNGImage(width: sheetWidth, height: sheetHeight, pixels: .rgb(pixels))
  }
}
