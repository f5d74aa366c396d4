extension GIFFile {
  /// Whether all colours are grey.
  var isGrey: Bool {
    images.allSatisfy { $0.palette.allSatisfy { $0.red == $0.green && $0.green == $0.blue } }
  }

  /// All pictures as a viewer shows them, one drawn over the other: red, green and blue, row by row. What no
  /// picture covers is black.
  ///
  /// - Throws: ``DataError`` if the compressed data are damaged.
  func canvases(_ body: (_ rgb: [UInt8]) throws -> Void) throws {
    var canvas = [UInt8](repeating: 0, count: width * height * 3)
    for image in images {
      let before = canvas
      let pixels = try indices(of: image)
      for row in 0..<image.height {
        for column in 0..<image.width {
          let index = Int(pixels[row * image.width + column])
          // An index beyond the palette is drawn as nothing, as browsers do.
          guard index != image.transparent, index < image.palette.count else { continue }
          let to = ((image.top + row) * width + image.left + column) * 3
          let colour = image.palette[index]
          (canvas[to], canvas[to + 1], canvas[to + 2]) = (colour.red, colour.green, colour.blue)
        }
      }
      try body(canvas)
      switch image.disposal {
      case .keep: break
      case .previous: canvas = before
      case .background:
        for row in image.top..<image.top + image.height {
          let start = (row * width + image.left) * 3
          for place in start..<start + image.width * 3 { canvas[place] = 0 }
        }
      }
    }
  }
}
