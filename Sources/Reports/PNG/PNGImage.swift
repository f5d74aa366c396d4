import Foundation
import Support

/// A picture in memory that can be written as PNG, 8 bits a channel.
package struct PNGImage: Sendable, Hashable {
  /// The pixels, row by row from the top left.
  package enum Pixels: Sendable, Hashable {
    /// One index into `colours` (at most 256) per pixel.
    case palette(indices: [UInt8], colours: [RGB])
    /// Red, green, blue.
    case rgb([UInt8])
    /// Red, green, blue, opacity (255 is opaque).
    case rgba([UInt8])

    var channels: Int {
      switch self {
      case .palette: 1
      case .rgb: 3
      case .rgba: 4
      }
    }

    var bytes: [UInt8] {
      switch self {
      case .palette(let indices, _): indices
      case .rgb(let bytes), .rgba(let bytes): bytes
      }
    }

    /// Colour type of the PNG header.
    var colourType: UInt8 {
      switch self {
      case .palette: 3
      case .rgb: 2
      case .rgba: 6
      }
    }
  }

  package let width: Int
  package let height: Int
  package let pixels: Pixels

  /// - Throws: ``ReportError`` for an empty picture, a wrong number of bytes, or an index without a colour.
  package init(width: Int, height: Int, pixels: Pixels) throws(ReportError) {
    // The header holds 31-bit sizes; a side of 100,000 pixels is already beyond any browser.
    guard (1...100_000).contains(width), (1...100_000).contains(height) else {
      throw ReportError(
        expected: "a picture of at least one and at most 100,000 pixels a side",
        received: "\(width) × \(height)", remedy: "Pass the width and height of the field.")
    }
    let expected = width * height * pixels.channels
    guard pixels.bytes.count == expected else {
      throw ReportError(
        expected: "\(expected) bytes for \(width) × \(height) pixels of \(pixels.channels) bytes",
        received: "\(pixels.bytes.count)", remedy: "Pass contiguous [height, width, channels].")
    }
    if case .palette(let indices, let colours) = pixels {
      let largest = Int(indices.max() ?? 0)
      guard (1...256).contains(colours.count), largest < colours.count else {
        throw ReportError(
          expected: "1 to 256 colours and every index within them",
          received: "\(colours.count) colours, largest index \(largest)",
          remedy: "Add the missing colours to the palette.")
      }
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The file, byte for byte the same for the same picture.
  ///
  /// - Throws: ``ReportError`` when zlib runs out of memory.
  package func encoded() throws(ReportError) -> Data {
    var file = header
    appendChunk("IDAT", try deflated(filteredRows()), to: &file)
    appendChunk("IEND", [], to: &file)
    return Data(file)
  }

  /// What comes before the pixels: signature, size, palette.
  var header: [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let interlace: UInt8 = 0
    let header = bigEndian(width) + bigEndian(height) + [8, pixels.colourType, 0, 0, interlace]
    appendChunk("IHDR", header, to: &file)
    if case .palette(_, let colours) = pixels {
      appendChunk("PLTE", colours.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
    }
    return file
  }

  /// Every row behind the number of its filter. Palette indices stay as they are (differences of indices mean
  /// nothing); true colours take the difference to the row above, which suits smooth fields and flat areas.
  func filteredRows() -> [UInt8] {
    let bytes = pixels.bytes
    let stride = width * pixels.channels
    var rows: [UInt8] = []
    rows.reserveCapacity((stride + 1) * height)
    for row in 0..<height {
      let line = bytes[row * stride..<(row + 1) * stride]
      if row == 0 || pixels.channels == 1 {
        rows.append(0)
        rows.append(contentsOf: line)
      } else {
        rows.append(2)
        rows.append(contentsOf: line.indices.map { bytes[$0] &- bytes[$0 - stride] })
      }
    }
    return rows
  }
}

func appendChunk(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
  let body = Array(type.utf8) + data
  file += bigEndian(data.count)
  file += body
  file += bigEndian(Int(body.withUnsafeBytes { Deflate.checksum($0) }))
}

func bigEndian(_ value: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}
