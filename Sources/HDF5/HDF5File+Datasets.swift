import CHDF5

extension HDF5File {
  /// The most values a data set may claim: 8192×8192 frames fit.
  static let maximumCount = 1 << 26

  /// The lengths of the axes of a data set, outermost first.
  package func dimensions(of dataset: String) throws -> [Int] {
    try withDataset(dataset) { $0.dimensions }
  }

  /// The values of a data set of integers, row-major.
  package func integers(in dataset: String) throws -> (values: [Int64], dimensions: [Int]) {
    try withDataset(dataset) { data in
      guard let type = HDF5NumberType(data.type), type.kind != .float else {
        throw wrongType(dataset, expected: "integers", received: Self.name(of: data.type, count: data.count))
      }
      let values =
        H5Pget_layout(data.creation) == H5D_CHUNKED
        ? try chunkedIntegers(data, type) : try wholeIntegers(data)
      return (values, data.dimensions)
    }
  }

  /// A data set that is open, and what is known about it.
  struct Dataset {
    let name: String
    let handle: hid_t
    let type: hid_t
    let creation: hid_t
    let dimensions: [Int]

    var count: Int { dimensions.reduce(1, *) }
  }

  func withDataset<Result>(
    _ name: String, limit: Int = maximumCount, _ body: (Dataset) throws -> Result
  ) throws -> Result {
    guard exists(name) else { throw missing("the data set \(name)") }
    let handle = H5Dopen2(self.handle, name, squall_h5_default())
    guard handle >= 0 else { throw unreadable(name) }
    defer { H5Dclose(handle) }
    let type = H5Dget_type(handle)
    let space = H5Dget_space(handle)
    let creation = H5Dget_create_plist(handle)
    defer {
      if type >= 0 { H5Tclose(type) }
      if space >= 0 { H5Sclose(space) }
      if creation >= 0 { H5Pclose(creation) }
    }
    guard type >= 0, space >= 0, creation >= 0 else { throw unreadable(name) }
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = H5Sget_simple_extent_dims(space, &extents, nil)
    guard rank > 0, rank <= 32 else {
      throw wrongType(name, expected: "an array", received: "a single value")
    }
    let dimensions = try checked(extents.prefix(Int(rank)), limit: limit, of: name)
    return try body(
      Dataset(name: name, handle: handle, type: type, creation: creation, dimensions: dimensions))
  }

  /// Lengths of axes as numbers that are safe to multiply.
  func checked(_ extents: ArraySlice<hsize_t>, limit: Int, of what: String) throws -> [Int] {
    var count: hsize_t = 1
    for extent in extents {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflows, product <= limit else {
        throw HDF5Error(
          .wrongShape, file: path, expected: "between 1 and \(limit) values in \(what)",
          received: extents.map(String.init).joined(separator: "×"),
          remedy: "The file is damaged or made to do harm.")
      }
      count = product
    }
    return extents.map { Int($0) }
  }

  private func wholeIntegers(_ data: Dataset) throws -> [Int64] {
    var values = [Int64](repeating: 0, count: data.count)
    let status = H5Dread(
      data.handle, squall_h5_int64(), squall_h5_whole(), squall_h5_whole(), squall_h5_default(), &values)
    guard status >= 0 else { throw unreadable(data.name) }
    return values
  }
}
