import CHDF5

/// Parts of data sets that may be larger than memory: what lies behind fixed indices of the first axes.
extension HDF5File {
  /// What is known about a data set without reading it.
  package struct Description: Sendable {
    package let dimensions: [Int]
    /// Whether it holds plain numbers.
    package let isNumeric: Bool
    /// Whether it holds unsigned bytes.
    package let isByte: Bool
    /// The path of the data set that describes each axis, where there is one.
    package let axes: [String?]
  }

  /// The most values a data set may have, and the most of them that are read at once.
  private static let maximumTotal = 1 << 42
  private static let maximumBlock = 1 << 27

  /// What is known about a data set; `nil` for single values and those that hold no numbers.
  package func describe(_ dataset: String) throws -> Description? {
    guard try isArray(dataset) else { return nil }
    return try withDataset(dataset, limit: Self.maximumTotal) { data in
      let type = HDF5NumberType(data.type)
      let rank = UInt32(data.dimensions.count)
      let axes = (0..<rank).map { axis -> String? in
        var name = [CChar](repeating: 0, count: 1024)
        let length = squall_h5_axis_name(data.handle, axis, rank, &name, name.count)
        guard length > 0, length < name.count else { return nil }
        return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      return Description(
        dimensions: data.dimensions, isNumeric: type != nil,
        isByte: type?.kind == .unsigned && type?.bytes == 1, axes: axes)
    }
  }

  private func isArray(_ dataset: String) throws -> Bool {
    guard exists(dataset) else { throw missing("the data set \(dataset)") }
    let handle = H5Dopen2(self.handle, dataset, squall_h5_default())
    guard handle >= 0 else { throw wrongType(dataset, expected: "a data set", received: "a group") }
    defer { H5Dclose(handle) }
    let space = H5Dget_space(handle)
    defer { H5Sclose(space) }
    return H5Sget_simple_extent_ndims(space) >= 1
  }

  /// The one number of a data set without axes, or the first of one with a single axis.
  package func scalar(_ dataset: String) throws -> Double {
    guard exists(dataset) else { throw missing("the data set \(dataset)") }
    let handle = H5Dopen2(self.handle, dataset, squall_h5_default())
    guard handle >= 0 else { throw unreadable(dataset) }
    defer { H5Dclose(handle) }
    let (type, space) = (H5Dget_type(handle), H5Dget_space(handle))
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    guard HDF5NumberType(type) != nil, H5Sget_simple_extent_npoints(space) == 1 else {
      throw wrongType(dataset, expected: "one number", received: "something else")
    }
    var value = 0.0
    guard
      H5Dread(
        handle, squall_h5_double(), squall_h5_whole(), squall_h5_whole(), squall_h5_default(), &value) >= 0
    else { throw unreadable(dataset) }
    return value
  }

  /// The numbers behind fixed indices of the first axes, row-major; all of them without any.
  ///
  /// - Throws: ``HDF5Error`` if there are none such, too many, or they are damaged.
  package func numbers<Target: BinaryFloatingPoint>(
    in dataset: String, leading: [Int] = [], as _: Target.Type = Target.self
  ) throws -> [Target] {
    try withDataset(dataset, limit: Self.maximumTotal) { data in
      guard let type = HDF5NumberType(data.type) else {
        throw wrongType(dataset, expected: "numbers", received: Self.name(of: data.type, count: data.count))
      }
      let size = data.dimensions.dropFirst(leading.count)
      guard leading.count <= data.dimensions.count, size.reduce(1, *) <= Self.maximumBlock,
        zip(leading, data.dimensions).allSatisfy({ $0 >= 0 && $0 < $1 })
      else {
        throw HDF5Error(
          .wrongShape, file: path, expected: "at most \(Self.maximumBlock) values of \(dataset) at once",
          received: "\(size.reduce(1, *)) behind \(leading)", remedy: "Read it in smaller parts.")
      }
      return H5Pget_layout(data.creation) == H5D_CHUNKED
        ? try chunkedBlock(data, type, leading) : try wholeBlock(data, type, leading)
    }
  }

  private func wholeBlock<Target: BinaryFloatingPoint>(
    _ data: Dataset, _ type: HDF5NumberType, _ leading: [Int]
  ) throws -> [Target] {
    guard H5Pget_external_count(data.creation) == 0, H5Pget_layout(data.creation) != H5D_VIRTUAL else {
      throw HDF5Error(
        .externalData, file: path, expected: "the values of \(data.name) inside the file",
        received: "a reference to another file", remedy: "Write the values into the file.")
    }
    guard Int(clamping: H5Dget_storage_size(data.handle)) >= data.count * type.bytes else {
      throw HDF5Error(
        .corrupt, file: path, expected: "\(data.count * type.bytes) bytes for \(data.name)",
        received: "\(H5Dget_storage_size(data.handle))", remedy: "The file is truncated or damaged.")
    }
    let start = data.dimensions.indices.map { hsize_t($0 < leading.count ? leading[$0] : 0) }
    let extent = data.dimensions.indices.map { hsize_t($0 < leading.count ? 1 : data.dimensions[$0]) }
    let count = extent.reduce(1) { $0 * Int($1) }
    let file = H5Dget_space(data.handle)
    let memory = H5Screate_simple(Int32(extent.count), extent, nil)
    defer {
      H5Sclose(file)
      H5Sclose(memory)
    }
    guard H5Sselect_hyperslab(file, H5S_SELECT_SET, start, nil, extent, nil) >= 0 else {
      throw unreadable(data.name)
    }
    var values = [Double](repeating: 0, count: count)
    guard H5Dread(data.handle, squall_h5_double(), memory, file, squall_h5_default(), &values) >= 0 else {
      throw unreadable(data.name)
    }
    return values.map { Target($0) }
  }

  private func chunkedBlock<Target: BinaryFloatingPoint>(
    _ data: Dataset, _ type: HDF5NumberType, _ leading: [Int]
  ) throws -> [Target] {
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = data.dimensions.count
    guard Int(H5Pget_chunk(data.creation, 32, &extents)) == rank else { throw unreadable(data.name) }
    let chunk = try checked(
      extents.prefix(rank), limit: Self.maximumChunkBytes / type.bytes, of: "a chunk of \(data.name)")
    let filters = try filters(of: data)
    // The chunks that hold a part of the block, along each axis.
    let ranges = (0..<rank).map { axis -> Range<Int> in
      axis < leading.count
        ? leading[axis] / chunk[axis]..<leading[axis] / chunk[axis] + 1
        : 0..<(data.dimensions[axis] + chunk[axis] - 1) / chunk[axis]
    }
    let total = ranges.reduce(1) { $0 * $1.count }
    guard total <= Self.maximumChunks else {
      throw HDF5Error(
        .wrongShape, file: path, expected: "at most \(Self.maximumChunks) chunks in \(data.name)",
        received: "\(total)", remedy: "The file is damaged or made to do harm.")
    }
    let size = Array(data.dimensions.dropFirst(leading.count))
    // A chunk that was never written holds nothing: its values are missing.
    var values = [Target](repeating: .nan, count: size.reduce(1, *))
    for number in 0..<total {
      var rest = number
      var offset = [Int](repeating: 0, count: rank)
      for axis in stride(from: rank - 1, through: 0, by: -1) {
        offset[axis] = (ranges[axis].lowerBound + rest % ranges[axis].count) * chunk[axis]
        rest /= ranges[axis].count
      }
      var stored: hsize_t = 0
      guard H5Dget_chunk_storage_size(data.handle, offset.map { hsize_t($0) }, &stored) >= 0 else {
        throw unreadable(data.name)
      }
      if stored == 0 { continue }
      let bytes = try unpacked(data, offset, filters, chunk.reduce(type.bytes, *), elementBytes: type.bytes)
      scatterBlock(bytes, type, chunk, offset, data.dimensions, leading, into: &values)
    }
    return values
  }

  /// Puts the part of a chunk that lies in the block where it belongs, run by run along the last axis.
  private func scatterBlock<Target: BinaryFloatingPoint>(
    _ bytes: [UInt8], _ type: HDF5NumberType, _ chunk: [Int], _ offset: [Int], _ dimensions: [Int],
    _ leading: [Int], into values: inout [Target]
  ) {
    let rank = chunk.count
    // Where the block starts in the chunk, and how far it goes, along each axis.
    let first = (0..<rank).map { $0 < leading.count ? leading[$0] - offset[$0] : 0 }
    let used = (0..<rank).map { $0 < leading.count ? 1 : min(dimensions[$0] - offset[$0], chunk[$0]) }
    let last = rank - 1
    let rows = used.prefix(last).reduce(1, *)
    bytes.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { values in
        guard let source = bytes.baseAddress, let target = values.baseAddress else { return }
        for row in 0..<rows {
          var rest = row
          var from = first[last]
          var to = leading.count == rank ? 0 : offset[last]
          var (chunkStride, stride) = (chunk[last], leading.count == rank ? 1 : dimensions[last])
          for axis in Swift.stride(from: last - 1, through: 0, by: -1) {
            let place = rest % used[axis]
            rest /= used[axis]
            from += (first[axis] + place) * chunkStride
            chunkStride *= chunk[axis]
            if axis >= leading.count {
              to += (offset[axis] + place) * stride
              stride *= dimensions[axis]
            }
          }
          type.convert(used[last], from: source + from * type.bytes, to: target + to)
        }
      }
    }
  }
}
