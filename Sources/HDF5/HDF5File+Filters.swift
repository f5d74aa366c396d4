import CHDF5
import Foundation

/// What was done to chunks before they were written, and the one way to undo it that is not ours.
extension HDF5File {
  /// What was done to a chunk.
  enum Filter {
    /// Four bytes at the end that the others add up to (Fletcher 1982).
    case checksum
    /// zlib
    case deflate
    /// The compression of h5py.
    case lzf
    /// First bytes of all numbers first, then all second bytes, and so on.
    case shuffle
    /// The extended Rice compression of satellites; undone by libhdf5 if it was built with libaec or szip.
    case szip

    init?(number: Int32) {
      switch number {
      case squall_h5_deflate(): self = .deflate
      case squall_h5_shuffle(): self = .shuffle
      case squall_h5_checksum(): self = .checksum
      case squall_h5_szip(): self = .szip
      case 32000: self = .lzf
      default: return nil
      }
    }

    /// Names of filters that others write, as The HDF Group registers them.
    static let names: [Int32: String] = [
      4: "szip", 5: "n-bit", 6: "scale-offset", 307: "bzip2", 32000: "LZF", 32001: "Blosc", 32004: "LZ4",
      32008: "bitshuffle", 32013: "ZFP", 32015: "Zstandard", 32017: "SZ", 32026: "Blosc2",
    ]
  }

  func filters(of data: Dataset) throws -> [Filter] {
    let count = H5Pget_nfilters(data.creation)
    guard count >= 0 else { throw unreadable(data.name) }
    return try (0..<UInt32(count)).map { place in
      var parameters = 8
      var values = [UInt32](repeating: 0, count: 8)
      var flags: UInt32 = 0
      let number = H5Pget_filter2(data.creation, place, &flags, &parameters, &values, 0, nil, nil)
      guard let filter = Filter(number: number) else { throw unsupported(number, data.name) }
      if filter == .szip {
        guard squall_h5_has_filter(number) != 0 else { throw unsupported(number, data.name) }
        try checkSzip(values, count: parameters, data.name)
      }
      return filter
    }
  }

  /// Numbers that libhdf5 hands on to the decoder as they stand in the file: options, pixels in a block, bits in a
  /// pixel, pixels in a line.
  private func checkSzip(_ values: [UInt32], count: Int, _ dataset: String) throws {
    guard count == 4, (2...32).contains(values[1]), values[1] % 2 == 0,
      (1...24).contains(values[2]) || [32, 64].contains(values[2]),
      (values[1]...min(4096, values[1] * 128)).contains(values[3])
    else {
      throw damaged(dataset, "options of szip that make sense", received: "\(values.prefix(4))")
    }
  }

  private func unsupported(_ filter: Int32, _ dataset: String) -> HDF5Error {
    let name = Filter.names[filter].map { "\($0) (HDF5 filter \(filter))" } ?? "HDF5 filter \(filter)"
    return HDF5Error(
      .unsupported, file: path, expected: "\(dataset) compressed by deflate, LZF, szip or not at all",
      received: filter == squall_h5_szip() ? "\(name), which this libhdf5 was built without" : name,
      remedy: "Pack the file anew: h5repack -f GZIP=4 IN OUT"
        + (filter > 255 ? ", with the filter's plugin in HDF5_PLUGIN_PATH." : "."))
  }

  func damaged(_ dataset: String, _ expected: String, received: String = "other bytes") -> HDF5Error {
    HDF5Error(
      .corrupt, file: path, expected: "\(expected) in \(dataset)", received: received,
      remedy: "The file is truncated or damaged: fetch it again.")
  }

  /// One chunk, unpacked by libhdf5. The stored size of szip must be right before that, for libhdf5 trusts it.
  func unpackedByLibrary(
    _ data: Dataset, _ offset: [Int], _ filters: [Filter], _ stored: [UInt8], _ size: Int, elementBytes: Int
  ) throws -> [UInt8] {
    guard filters.last == .szip, filters.count(where: { $0 == .szip }) == 1 else {
      throw HDF5Error(
        .unsupported, file: path, expected: "szip as the last filter of \(data.name)",
        received: "another after it",
        remedy: "Pack the file anew: h5repack -f GZIP=4 IN OUT.")
    }
    let sums = filters.count { $0 == .checksum }
    let claimed = stored.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard stored.count > 4, claimed == size + 4 * sums else {
      throw damaged(data.name, "\(size + 4 * sums) bytes in a chunk", received: "\(claimed)")
    }
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = data.dimensions.count
    guard Int(H5Pget_chunk(data.creation, 32, &extents)) == rank else { throw unreadable(data.name) }
    let chunk = extents.prefix(rank).map { Int($0) }
    // Chunks reach beyond the edge of the data; what is there cannot be asked for and is nothing.
    let used = (0..<rank).map { hsize_t(min(chunk[$0], data.dimensions[$0] - offset[$0])) }
    let file = H5Dget_space(data.handle)
    let memory = H5Screate_simple(Int32(rank), chunk.map { hsize_t($0) }, nil)
    defer {
      H5Sclose(file)
      H5Sclose(memory)
    }
    let start = offset.map { hsize_t($0) }
    let origin = [hsize_t](repeating: 0, count: rank)
    var bytes = [UInt8](repeating: 0, count: size)
    guard H5Sselect_hyperslab(file, H5S_SELECT_SET, start, nil, used, nil) >= 0,
      H5Sselect_hyperslab(memory, H5S_SELECT_SET, origin, nil, used, nil) >= 0,
      H5Dread(data.handle, data.type, memory, file, squall_h5_default(), &bytes) >= 0
    else { throw unreadable(data.name) }
    return bytes
  }

  /// The texts of a data set with one axis; `nil` if it holds something else, or texts of varying length.
  package func texts(in dataset: String) throws -> [String]? {
    guard try describe(dataset)?.dimensions.count == 1 else { return nil }
    return try withDataset(dataset) { data in
      guard H5Tget_class(data.type) == H5T_STRING, H5Tis_variable_str(data.type) == 0 else { return nil }
      let (size, count) = (H5Tget_size(data.type), data.count)
      guard (1...256).contains(size), count <= 1 << 22 else { return nil }
      var bytes: [UInt8] = []
      if H5Pget_layout(data.creation) == H5D_CHUNKED {
        var extents = [hsize_t](repeating: 0, count: 32)
        guard H5Pget_chunk(data.creation, 32, &extents) == 1, extents[0] <= 1 << 22 else { return nil }
        let (chunk, filters) = (Int(extents[0]), try filters(of: data))
        for start in stride(from: 0, to: count, by: chunk) {
          bytes += try unpacked(data, [start], filters, chunk * size, elementBytes: size)
        }
      } else {
        guard H5Pget_external_count(data.creation) == 0, H5Pget_layout(data.creation) != H5D_VIRTUAL,
          Int(clamping: H5Dget_storage_size(data.handle)) >= count * size
        else { return nil }
        bytes = [UInt8](repeating: 0, count: count * size)
        let status = H5Dread(
          data.handle, data.type, squall_h5_whole(), squall_h5_whole(), squall_h5_default(), &bytes)
        guard status >= 0 else { throw unreadable(dataset) }
      }
      return (0..<count).map { index in
        let text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      }
    }
  }
}
