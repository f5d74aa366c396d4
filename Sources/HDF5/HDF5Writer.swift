import CHDF5
import Foundation

/// Builds an HDF5 file in memory: groups, arrays of numbers and text attributes.
package struct HDF5Writer {
  let file: hid_t

  /// The bytes of the file that `body` fills; with `tracksOrder` its objects keep the order of their creation.
  ///
  /// - Throws: ``HDF5Error`` of kind `unwritable`, or what `body` throws.
  package static func image(
    tracksOrder: Bool = false, _ body: (HDF5Writer) throws -> Void
  ) throws -> Data {
    try HDF5Library.exclusively {
      let access = H5Pcreate(squall_h5_file_access())
      defer { H5Pclose(access) }
      guard H5Pset_fapl_core(access, 1 << 20, false) >= 0 else { throw failure("to hold a file in memory") }
      let creation = H5Pcreate(squall_h5_file_create())
      defer { H5Pclose(creation) }
      if tracksOrder {
        H5Pset_link_creation_order(creation, squall_h5_creation_order())
        H5Pset_attr_creation_order(creation, squall_h5_creation_order())
      }
      let file = H5Fcreate("squall-in-memory.h5", squall_h5_truncate(), creation, access)
      guard file >= 0 else { throw failure("to hold a file in memory") }
      defer { H5Fclose(file) }
      try body(HDF5Writer(file: file))
      H5Fflush(file, H5F_SCOPE_GLOBAL)
      let count = H5Fget_file_image(file, nil, 0)
      guard count > 0 else { throw failure("the bytes of the file") }
      var data = Data(count: Int(count))
      let copied = data.withUnsafeMutableBytes { H5Fget_file_image(file, $0.baseAddress, $0.count) }
      guard copied == count else { throw failure("the bytes of the file") }
      return data
    }
  }

  /// Makes a group and those above it.
  package func group(_ path: String) throws {
    var prefix = ""
    for part in path.split(separator: "/") {
      prefix += (prefix.isEmpty ? "" : "/") + part
      guard H5Lexists(file, prefix, squall_h5_default()) <= 0 else { continue }
      let group = squall_h5_group_create(file, prefix)
      guard group >= 0 else { throw Self.failure("the group \(prefix)") }
      H5Gclose(group)
    }
  }

  /// Writes an array of float32 at a path whose group exists.
  package func floats(_ path: String, shape: [Int], _ values: UnsafeBufferPointer<Float>) throws {
    try dataset(path, shape: shape, type: squall_h5_float_le(), memory: squall_h5_float(), values.baseAddress)
  }

  /// Writes a single integer.
  package func integer(_ path: String, _ value: Int64) throws {
    try withUnsafePointer(to: value) {
      try dataset(path, shape: [], type: squall_h5_int64_le(), memory: squall_h5_int64_native(), $0)
    }
  }

  private func dataset(
    _ path: String, shape: [Int], type: hid_t, memory: hid_t, _ values: UnsafeRawPointer?
  ) throws {
    let extents = shape.map { hsize_t($0) }
    let space = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, nil)
    defer { H5Sclose(space) }
    let data = squall_h5_dataset_create_plain(file, path, type, space)
    guard data >= 0 else { throw Self.failure("the array \(path)") }
    defer { H5Dclose(data) }
    guard H5Dwrite(data, memory, squall_h5_whole(), squall_h5_whole(), squall_h5_default(), values) >= 0
    else {
      throw Self.failure("the array \(path)")
    }
  }

  /// Declares an array of float32 that is never written, and a link that leads elsewhere: what a reader of foreign
  /// files must cope with.
  package func unwritten(_ path: String, shape: [Int]) throws {
    let space = H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
    defer { H5Sclose(space) }
    let data = squall_h5_dataset_create_plain(file, path, squall_h5_float_le(), space)
    guard data >= 0 else { throw Self.failure("the array \(path)") }
    H5Dclose(data)
  }

  package func link(_ path: String, external: Bool) throws {
    let none = squall_h5_default()
    let result =
      external
      ? H5Lcreate_external("other.h5", "/x", file, path, none, none)
      : H5Lcreate_soft("/nowhere", file, path, none, none)
    guard result >= 0 else { throw Self.failure("the link \(path)") }
  }

  /// Writes a text of any length as an attribute of a group.
  package func attribute(_ name: String, of path: String, _ text: String) throws {
    let type = H5Tcopy(squall_h5_string())
    let space = H5Screate(H5S_SCALAR)
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    H5Tset_size(type, squall_h5_variable())
    H5Tset_cset(type, H5T_CSET_UTF8)
    let place = H5Oopen(file, path.isEmpty ? "/" : path, squall_h5_default())
    guard place >= 0 else { throw Self.failure("the attribute \(name) of \(path)") }
    defer { H5Oclose(place) }
    let attribute = squall_h5_attribute_create(place, name, type, space)
    guard attribute >= 0 else { throw Self.failure("the attribute \(name) of \(path)") }
    defer { H5Aclose(attribute) }
    let written = text.withCString { pointer in
      var pointer: UnsafePointer<CChar>? = pointer
      return H5Awrite(attribute, type, &pointer)
    }
    guard written >= 0 else { throw Self.failure("the attribute \(name) of \(path)") }
  }

  static func failure(_ expected: String) -> HDF5Error {
    HDF5Error(
      .unwritable, expected: expected, received: "libhdf5 says “\(HDF5Library.lastMessage())”",
      remedy: "Free memory and try again.")
  }
}
