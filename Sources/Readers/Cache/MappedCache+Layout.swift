import Foundation

extension MappedCache {
  /// How frames lie in the file: a header of whole pages that repeats the key, then for each frame its float32 values
  /// and one byte a value that says whether it is valid, each record on a multiple of 64 bytes.
  struct Layout: Sendable {
    let shape: FrameShape
    let count: Int
    let header: [UInt8]
    private let recordBytes: Int

    private static let magic = Array("squall frames 1\n".utf8)
    private static let page = 4096

    init(_ source: any FrameSource, key: CacheKey) throws {
      shape = source.shape
      count = source.count
      var header = Self.magic
      header += "shape \(shape) count \(count) unit \(source.unit.rawValue)\n\(key.text)\n".utf8
      header += [UInt8](repeating: 0, count: (Self.page - header.count % Self.page) % Self.page)
      self.header = header
      recordBytes = (shape.count * 5 + 63) / 64 * 64
      guard count >= 1, !recordBytes.multipliedReportingOverflow(by: count).overflow,
        recordBytes * count < 1 << 44
      else {
        throw DataError(
          .invalidOption, expected: "between one frame and 16 TiB of them",
          received: "\(count) frames of \(shape)", remedy: "Do without the cache.")
      }
    }

    var byteCount: Int { header.count + count * recordBytes }

    /// Whether a file is this cache, whole.
    func matches(_ file: MappedFile) -> Bool {
      file.byteCount == byteCount
        && file.withBytes { bytes in header.indices.allSatisfy { bytes[$0] == header[$0] } }
    }

    private func start(_ index: Int) -> Int { header.count + index * recordBytes }

    func write(_ frame: Frame, _ index: Int, to file: MappedFile) throws {
      try frame.values.withUnsafeBytes { try file.write($0, at: start(index)) }
      let mask = frame.isValid.map { $0 ? 1 : 0 as UInt8 }
      try mask.withUnsafeBytes { try file.write($0, at: start(index) + shape.count * 4) }
    }

    func frame(_ index: Int, in file: MappedFile, time: Date?) throws -> Frame {
      var values: [Float] = []
      var isValid: [Bool] = []
      values.reserveCapacity(shape.count)
      isValid.reserveCapacity(shape.count)
      append(Tile(covering: shape), ofFrame: index, in: file, to: &values, &isValid)
      return try Frame(shape: shape, values: values, isValid: isValid, time: time)
    }

    func append(
      _ tile: Tile, ofFrame index: Int, in file: MappedFile, to values: inout [Float],
      _ isValid: inout [Bool]
    ) {
      let start = start(index)
      let length = tile.width * shape.channels
      file.withBytes { bytes in
        for row in tile.row..<tile.row + tile.height {
          let place = (row * shape.width + tile.column) * shape.channels
          let numbers = UnsafeRawBufferPointer(
            rebasing: bytes[start + place * 4..<start + (place + length) * 4])
          values.append(contentsOf: numbers.bindMemory(to: Float.self))
          let mask = start + shape.count * 4 + place
          isValid.append(contentsOf: bytes[mask..<mask + length].lazy.map { $0 != 0 })
        }
      }
    }
  }
}
