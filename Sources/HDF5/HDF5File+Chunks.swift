import CHDF5
import Support

/// Chunks are fetched as they are stored and unpacked here: libhdf5 (1.10) trusts that a compressed chunk is as
/// long as the file says, and reads beyond its memory when it is not.
extension HDF5File {
  /// The most bytes an unpacked chunk may claim, and the most chunks a data set may have.
  static let maximumChunkBytes = 1 << 29
  static let maximumChunks = 1 << 16

  func chunkedIntegers(_ data: Dataset, _ type: HDF5NumberType) throws -> [Int64] {
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = data.dimensions.count
    guard Int(H5Pget_chunk(data.creation, 32, &extents)) == rank else { throw unreadable(data.name) }
    let chunk = try checked(
      extents.prefix(rank), limit: Self.maximumChunkBytes / type.bytes, of: "a chunk of \(data.name)")
    let filters = try filters(of: data)
    let counts = zip(data.dimensions, chunk).map { ($0 + $1 - 1) / $1 }
    let total = counts.reduce(1, *)
    guard total <= Self.maximumChunks else {
      throw HDF5Error(
        .wrongShape, file: path, expected: "at most \(Self.maximumChunks) chunks in \(data.name)",
        received: "\(total)", remedy: "The file is damaged or made to do harm.")
    }
    var values = [Int64](repeating: 0, count: data.count)
    for number in 0..<total {
      var rest = number
      var offset = [Int](repeating: 0, count: rank)
      for axis in stride(from: rank - 1, through: 0, by: -1) {
        offset[axis] = rest % counts[axis] * chunk[axis]
        rest /= counts[axis]
      }
      let bytes = try unpacked(data, offset, filters, chunk.reduce(type.bytes, *), elementBytes: type.bytes)
      scatter(bytes, type, chunk: chunk, offset: offset, into: &values, data.dimensions)
    }
    return values
  }

  /// The bytes of one chunk, unpacked to exactly the size that a chunk has.
  func unpacked(
    _ data: Dataset, _ offset: [Int], _ filters: [Filter], _ size: Int, elementBytes: Int
  ) throws -> [UInt8] {
    let place = offset.map { hsize_t($0) }
    var stored: hsize_t = 0
    guard H5Dget_chunk_storage_size(data.handle, place, &stored) >= 0 else { throw unreadable(data.name) }
    guard stored > 0, stored <= Self.maximumChunkBytes else {
      throw HDF5Error(
        .corrupt, file: path, expected: "a chunk of \(data.name) at \(offset)", received: "\(stored) bytes",
        remedy: "The file is truncated or damaged: fetch it again.")
    }
    var bytes = [UInt8](repeating: 0, count: Int(stored))
    var skipped: UInt32 = 0
    guard squall_h5_read_chunk(data.handle, place, &skipped, &bytes, bytes.count) >= 0 else {
      throw unreadable(data.name)
    }
    if let place = filters.firstIndex(of: .szip), skipped & (1 << UInt32(place)) == 0 {
      return try unpackedByLibrary(data, offset, filters, bytes, size, elementBytes: elementBytes)
    }
    for (place, filter) in filters.enumerated().reversed() where skipped & (1 << UInt32(place)) == 0 {
      switch filter {
      case .deflate:
        // Checksums that were added before compressing are inside.
        let sums = filters.prefix(place).count { $0 == .checksum }
        bytes = try inflated(bytes, size + 4 * sums, data.name)
      case .lzf:
        let sums = filters.prefix(place).count { $0 == .checksum }
        guard let unpacked = LZF.unpacked(bytes, count: size + 4 * sums) else {
          throw damaged(data.name, "values that LZF can unpack to \(size) bytes")
        }
        bytes = unpacked
      case .szip: break
      case .shuffle: bytes = Self.unshuffled(bytes, elementBytes)
      case .checksum: bytes.removeLast(min(4, bytes.count))
      }
    }
    guard bytes.count == size else {
      throw HDF5Error(
        .corrupt, file: path, expected: "\(size) bytes in a chunk of \(data.name)",
        received: "\(bytes.count)", remedy: "The file is truncated or damaged: fetch it again.")
    }
    return bytes
  }

  private func inflated(_ bytes: [UInt8], _ size: Int, _ dataset: String) throws -> [UInt8] {
    do { return try Deflate.unpacked(bytes, atMost: size) } catch {
      throw HDF5Error(
        .corrupt, file: path, expected: "compressed values in \(dataset)",
        received: "bytes that zlib cannot unpack (\(error))",
        remedy: "The file is truncated or damaged: fetch it again.")
    }
  }

  private static func unshuffled(_ bytes: [UInt8], _ elementBytes: Int) -> [UInt8] {
    let count = bytes.count / elementBytes
    var result = bytes
    for byte in 0..<elementBytes {
      for element in 0..<count { result[element * elementBytes + byte] = bytes[byte * count + element] }
    }
    return result
  }

  /// Puts the numbers of a chunk where they belong; what lies beyond the data set's edge is left out.
  private func scatter(
    _ bytes: [UInt8], _ type: HDF5NumberType, chunk: [Int], offset: [Int], into values: inout [Int64],
    _ dimensions: [Int]
  ) {
    let last = chunk.count - 1
    let used = zip(zip(dimensions, offset), chunk).map { min($0.0 - $0.1, $1) }
    let rows = used.prefix(last).reduce(1, *)
    bytes.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { values in
        guard let source = bytes.baseAddress, let target = values.baseAddress else { return }
        for row in 0..<rows {
          var rest = row
          var (from, to, chunkStride, stride) = (0, offset[last], chunk[last], dimensions[last])
          for axis in Swift.stride(from: last - 1, through: 0, by: -1) {
            let place = rest % used[axis]
            rest /= used[axis]
            from += place * chunkStride
            to += (offset[axis] + place) * stride
            chunkStride *= chunk[axis]
            stride *= dimensions[axis]
          }
          type.convert(used[last], from: source + from * type.bytes, to: target + to)
        }
      }
    }
  }
}
