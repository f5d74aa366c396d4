import CHDF5
import Foundation
import SafeTensors

extension HDF5File {
  /// A data set of numbers as a safetensors entry under its path: float32, float64 or int64, whichever holds the
  /// stored numbers exactly. `nil` for data sets that hold something else.
  ///
  /// - Throws: ``HDF5Error`` where the data lie in other files, claim more than the file can hold, or exceed
  ///   `budget`, which is lowered by what they take.
  package func entry(_ dataset: String, budget: inout Int) throws -> SafeTensorsEntry? {
    let data = H5Dopen2(handle, dataset, squall_h5_default())
    guard data >= 0 else { throw unreadable(dataset) }
    defer { H5Dclose(data) }
    let type = H5Dget_type(data)
    let space = H5Dget_space(data)
    defer {
      if type >= 0 { H5Tclose(type) }
      if space >= 0 { H5Sclose(space) }
    }
    guard type >= 0, space >= 0 else { throw unreadable(dataset) }
    let stored = H5Tget_size(type)
    let (wanted, memory): (SafeTensorsElementType, hid_t)
    // Types are looked at before the library converts anything: see HDF5NumberType.
    guard HDF5NumberType(type) != nil else { return nil }
    switch H5Tget_class(type) {
    case H5T_FLOAT where stored == 4: (wanted, memory) = (.float32, squall_h5_float())
    case H5T_FLOAT where stored == 8: (wanted, memory) = (.float64, squall_h5_double())
    case H5T_INTEGER: (wanted, memory) = (.int64, squall_h5_int64_native())
    default: return nil
    }
    let shape = try shape(of: space, dataset)
    let count = shape.reduce(1, *)
    try checkStorage(of: data, bytes: count * stored, elementBytes: stored, dataset)
    let bytes = count * wanted.byteCount
    guard bytes <= budget else {
      throw HDF5Error(
        .wrongShape, file: path, expected: "at most \(budget) more bytes of values",
        received: "\(bytes) in \(dataset)", remedy: "This is no model file, or larger than the limit.")
    }
    budget -= bytes
    var values = Data(count: bytes)
    let isRead =
      count == 0
      || values.withUnsafeMutableBytes {
        H5Dread(
          data, memory, squall_h5_whole(), squall_h5_whole(), squall_h5_default(), $0.baseAddress) >= 0
      }
    guard isRead else { throw unreadable(dataset) }
    #if _endian(big)
      #error("safetensors files are little endian; swap here")
    #endif
    return try SafeTensorsEntry(name: dataset, elementType: wanted, shape: shape, bytes: values)
  }

  private func shape(of space: hid_t, _ dataset: String) throws -> [Int] {
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = H5Sget_simple_extent_dims(space, &extents, nil)
    guard rank >= 0, H5Sget_simple_extent_type(space) != H5S_NULL else { throw unreadable(dataset) }
    var count: hsize_t = 8
    for extent in extents.prefix(Int(rank)) {
      let (product, overflows) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflows, product <= hsize_t(1) << 48 else {
        throw HDF5Error(
          .wrongShape, file: path, expected: "a shape that fits memory in \(dataset)",
          received: extents.prefix(Int(rank)).map(String.init).joined(separator: "×"),
          remedy: "The file is damaged or made to do harm.")
      }
      count = product
    }
    return extents.prefix(Int(rank)).map { Int($0) }
  }

  /// Data must lie in this file and take about as much of it as they claim.
  private func checkStorage(of data: hid_t, bytes: Int, elementBytes: Int, _ dataset: String) throws {
    let creation = H5Dget_create_plist(data)
    guard creation >= 0 else { throw unreadable(dataset) }
    defer { H5Pclose(creation) }
    let layout = H5Pget_layout(creation)
    guard H5Pget_external_count(creation) == 0, layout != H5D_VIRTUAL else {
      throw HDF5Error(
        .externalData, file: path, expected: "the values of \(dataset) inside the file",
        received: "a reference to another file",
        remedy: "Such references are not followed: write the values into the file.")
    }
    // Deflate packs 1032 bytes into one at the very best; what was never written takes no room at all.
    let stored = Int(clamping: H5Dget_storage_size(data))
    let (most, overflows) = stored.multipliedReportingOverflow(by: layout == H5D_CHUNKED ? 1032 : 1)
    guard overflows || bytes <= most else {
      throw HDF5Error(
        .wrongShape, file: path, expected: "\(dataset) of a size that its \(stored) bytes can hold",
        received: "\(bytes) bytes", remedy: "The file is damaged or made to do harm.")
    }
    guard layout == H5D_CHUNKED else { return }
    var extents = [hsize_t](repeating: 0, count: 32)
    let rank = H5Pget_chunk(creation, 32, &extents)
    guard rank > 0, rank <= 32 else { throw unreadable(dataset) }
    var chunk = hsize_t(max(1, elementBytes))
    for extent in extents.prefix(Int(rank)) {
      let (product, overflows) = chunk.multipliedReportingOverflow(by: extent)
      // A chunk larger than all values is honest only where they are few.
      guard extent > 0, !overflows, product <= max(hsize_t(bytes) * 2, 1 << 24) else {
        throw HDF5Error(
          .wrongShape, file: path, expected: "chunks no larger than the values of \(dataset)",
          received: extents.prefix(Int(rank)).map(String.init).joined(separator: "×"),
          remedy: "The file is damaged or made to do harm.")
      }
      chunk = product
    }
  }
}
