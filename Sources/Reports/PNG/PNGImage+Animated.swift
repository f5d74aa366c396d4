import Foundation

extension PNGImage {
  /// Pictures of one size and palette as one animated PNG that repeats for ever; programs that know no animation show
  /// the first.
  ///
  /// - Throws: ``ReportError`` without a picture, for pictures that differ in size or colours, or when zlib runs
  ///   out of memory.
  static func animated(_ images: [PNGImage], milliseconds: Int) throws(ReportError) -> Data {
    guard let first = images.first,
      images.allSatisfy({ $0.width == first.width && $0.height == first.height && $0.header == first.header })
    else {
      throw ReportError(
        expected: "pictures of one size and palette", received: "\(images.count) pictures that differ",
        remedy: "Draw all with the same scale.")
    }
    var file = first.header
    appendChunk("acTL", bigEndian(images.count) + bigEndian(0), to: &file)
    var sequence = 0
    for (index, image) in images.enumerated() {
      let isLast = index == images.count - 1
      let pause = isLast ? milliseconds * 3 : milliseconds
      let control =
        bigEndian(sequence) + bigEndian(image.width) + bigEndian(image.height) + bigEndian(0) + bigEndian(0)
        + Array(bigEndian(pause).suffix(2)) + Array(bigEndian(1000).suffix(2)) + [0, 0]
      appendChunk("fcTL", control, to: &file)
      sequence += 1
      let data = try deflated(image.filteredRows())
      if index == 0 {
        appendChunk("IDAT", data, to: &file)
      } else {
        appendChunk("fdAT", bigEndian(sequence) + data, to: &file)
        sequence += 1
      }
    }
    appendChunk("IEND", [], to: &file)
    return Data(file)
  }
}
