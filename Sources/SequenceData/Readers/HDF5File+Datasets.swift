import CHDF5

extension HDF5File {
  /// The most values a data set may claim, and the most bytes one of its chunks may: 8192×8192 frames fit.
  private static let maximumCount = 1 << 26
  private static let maximumChunkBytes = 1 << 30

  /// The lengths of the axes of a data set, outermost first.
  func dimensions(of dataset: String) throws -> [Int] {
    try withDataset(dataset) { _, _, dimensions in dimensions }
  }

  /// The values of a data set of integers, row-major.
  func integers(in dataset: String) throws -> (values: [Int64], dimensions: [Int]) {
    try withDataset(dataset) { handle, type, dimensions in
      guard H5Tget_class(type) == H5T_INTEGER else {
        throw wrongType(
          dataset, expected: "integers",
          received: Self.name(of: type, count: dimensions.reduce(1, *)))
      }
      let count = dimensions.reduce(1, *)
      var isRead = false
      let values = [Int64](unsafeUninitializedCapacity: count) { buffer, initialized in
        buffer.initialize(repeating: 0)
        initialized = count
        isRead =
          H5Dread(
            handle, squall_h5_int64(), squall_h5_whole(), squall_h5_whole(), squall_h5_default(),
            buffer.baseAddress) >= 0
      }
      guard isRead else { throw unreadable(dataset) }
      return (values, dimensions)
    }
  }

  private func withDataset<Result>(
    _ dataset: String, _ body: (_ handle: hid_t, _ type: hid_t, _ dimensions: [Int]) throws -> Result
  ) throws -> Result {
    guard exists(dataset) else { throw missing("the data set \(dataset)") }
    let handle = H5Dopen2(self.handle, dataset, squall_h5_default())
    guard handle >= 0 else { throw unreadable(dataset) }
    defer { H5Dclose(handle) }
    let type = H5Dget_type(handle)
    let space = H5Dget_space(handle)
    defer {
      if type >= 0 { H5Tclose(type) }
      if space >= 0 { H5Sclose(space) }
    }
    guard type >= 0, space >= 0 else { throw unreadable(dataset) }
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = H5Sget_simple_extent_dims(space, &extents, nil)
    guard rank > 0 else { throw wrongType(dataset, expected: "an array", received: "a single value") }
    extents.removeLast(extents.count - Int(rank))
    try check(extents, of: dataset)
    try checkChunks(of: handle, type: type, dataset: dataset)
    return try body(handle, type, extents.map { Int($0) })
  }

  private func check(_ extents: [hsize_t], of dataset: String) throws {
    var count: hsize_t = 1
    for extent in extents {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflows, product <= Self.maximumCount else {
        throw DataError(
          .wrongShape, file: path, expected: "between 1 and \(Self.maximumCount) values in \(dataset)",
          received: extents.map(String.init).joined(separator: "×"),
          remedy: "The file is damaged or no radar image.")
      }
      count = product
    }
  }

  /// libhdf5 takes memory for a whole chunk whatever the data set needs of it.
  private func checkChunks(of handle: hid_t, type: hid_t, dataset: String) throws {
    let creation = H5Dget_create_plist(handle)
    guard creation >= 0 else { throw unreadable(dataset) }
    defer { H5Pclose(creation) }
    guard H5Pget_layout(creation) == H5D_CHUNKED else { return }
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = H5Pget_chunk(creation, 32, &extents)
    guard rank > 0, rank <= 32 else { throw unreadable(dataset) }
    var bytes = hsize_t(max(1, H5Tget_size(type)))
    for extent in extents.prefix(Int(rank)) {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflows, product <= Self.maximumChunkBytes else {
        throw DataError(
          .wrongShape, file: path,
          expected: "chunks of at most \(Self.maximumChunkBytes) bytes in \(dataset)",
          received: "chunks of " + extents.prefix(Int(rank)).map(String.init).joined(separator: "×"),
          remedy: "The file is damaged or no radar image.")
      }
      bytes = product
    }
  }
}
