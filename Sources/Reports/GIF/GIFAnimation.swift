import Foundation

/// An animated picture with one palette for all frames, as a GIF file (GIF89a specification, CompuServe 1990).
package struct GIFAnimation: Sendable {
  package let width: Int
  package let height: Int
  /// At most 256.
  package let colours: [RGB]
  /// One index into `colours` per pixel, row by row, for each frame.
  package let frames: [[UInt8]]
  /// How long each frame is shown, in hundredths of a second.
  package let delays: [Int]

  /// An animation that repeats for ever.
  ///
  /// - Throws: ``ReportError`` if there is no frame, sizes do not agree, or an index has no colour.
  package init(width: Int, height: Int, colours: [RGB], frames: [[UInt8]], delays: [Int]) throws(ReportError)
  {
    guard (1...65_535).contains(width), (1...65_535).contains(height), (1...256).contains(colours.count)
    else {
      throw ReportError(
        expected: "1 to 65,535 pixels a side and 1 to 256 colours",
        received: "\(width) × \(height), \(colours.count) colours", remedy: "Make the pictures smaller.")
    }
    guard !frames.isEmpty, delays.count == frames.count, delays.allSatisfy({ (0...65_535).contains($0) }),
      frames.allSatisfy({ $0.count == width * height && Int($0.max() ?? 0) < colours.count })
    else {
      throw ReportError(
        expected: "frames of \(width) × \(height) indices below \(colours.count), with one delay each",
        received: "\(frames.map(\.count)) and \(delays.count) delays", remedy: "Draw all frames alike.")
    }
    self.width = width
    self.height = height
    self.colours = colours
    self.frames = frames
    self.delays = delays
  }

  /// The file.
  package func encoded() -> Data {
    var bits = 1
    while 1 << bits < colours.count { bits += 1 }
    var file = Array("GIF89a".utf8) + little(width) + little(height)
    file += [0x80 | 0x70 | UInt8(bits - 1), 0, 0]
    for index in 0..<1 << bits {
      let colour = index < colours.count ? colours[index] : RGB(hex: 0)
      file += [colour.red, colour.green, colour.blue]
    }
    file += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
    for (frame, delay) in zip(frames, delays) {
      file += [0x21, 0xF9, 4, 0] + little(delay) + [0, 0]
      file += [0x2C, 0, 0, 0, 0] + little(width) + little(height) + [0]
      let codeSize = max(2, bits)
      file.append(UInt8(codeSize))
      let packed = LZW.packed(frame, codeSize: codeSize)
      for start in stride(from: 0, to: packed.count, by: 255) {
        let block = packed[start..<min(packed.count, start + 255)]
        file.append(UInt8(block.count))
        file += block
      }
      file.append(0)
    }
    file.append(0x3B)
    return Data(file)
  }

  private func little(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }
}

/// The dictionary coder of GIF: codes grow from `codeSize + 1` to 12 bits, least significant bit first.
enum LZW {
  static func packed(_ pixels: [UInt8], codeSize: Int) -> [UInt8] {
    let clear = 1 << codeSize
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pixels.count / 4)
    var (pending, pendingBits) = (0, 0)
    var width = codeSize + 1
    // next[code << 8 | pixel]: the code of that code's string with the pixel behind it, 0 for none.
    var next = [UInt16](repeating: 0, count: 4096 << 8)
    var free = clear + 2

    func put(_ code: Int) {
      pending |= code << pendingBits
      pendingBits += width
      while pendingBits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        pendingBits -= 8
      }
    }

    put(clear)
    guard var string = pixels.first.map(Int.init) else { return bytes }
    for pixel in pixels.dropFirst() {
      let key = string << 8 | Int(pixel)
      if next[key] != 0 {
        string = Int(next[key])
        continue
      }
      put(string)
      if free < 4096 {
        next[key] = UInt16(free)
        if free == 1 << width { width += 1 }
        free += 1
      } else {
        put(clear)
        next.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        free = clear + 2
        width = codeSize + 1
      }
      string = Int(pixel)
    }
    put(string)
    if free == 1 << width, width < 12 { width += 1 }
    put(clear + 1)
    if pendingBits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    return bytes
  }
}
