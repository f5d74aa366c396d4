import CHDF5
import Foundation

/// An HDF5 file open for reading, inside the closure of ``reading(_:_:)`` only.
///
/// Its methods return or throw ``HDF5Error``: sizes and types are checked before memory is taken or the library
/// converts anything. One thing is beyond reach: libhdf5 1.10 reads past its memory while it decodes the messages
/// of attributes that are damaged in certain ways.
package struct HDF5File {
  package let handle: hid_t
  package let path: String

  /// Opens a file, hands it to `body` and closes it.
  ///
  /// - Throws: ``HDF5Error`` if the file is absent, not HDF5, or damaged.
  package static func reading<Result: Sendable>(
    _ url: URL, _ body: (HDF5File) throws -> Result
  ) throws -> Result {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue,
      FileManager.default.isReadableFile(atPath: url.path)
    else {
      throw HDF5Error(
        .notFound, file: url.path, expected: "a readable file",
        received: isFolder.boolValue ? "a folder" : "nothing that can be read",
        remedy: "Check the path and its permissions.")
    }
    return try HDF5Library.exclusively {
      guard H5Fis_hdf5(url.path) > 0 else {
        throw HDF5Error(
          .foreignFormat, file: url.path, expected: "an HDF5 file", received: "another format",
          remedy: "Is this the right file?")
      }
      let access = H5Pcreate(squall_h5_file_access())
      defer { H5Pclose(access) }
      _ = squall_h5_without_locks(access)
      let handle = H5Fopen(url.path, squall_h5_read_only(), access)
      guard handle >= 0 else {
        throw HDF5Error(
          .corrupt, file: url.path, expected: "an HDF5 file that opens",
          received: "libhdf5 says “\(HDF5Library.lastMessage())”",
          remedy: "The file is truncated or damaged: fetch it again.")
      }
      defer { H5Fclose(handle) }
      return try body(HDF5File(handle: handle, path: url.path))
    }
  }

  /// Whether every link on the way to an object is there. (libhdf5 reports an error, not absence, for a path
  /// whose first part is missing.)
  package func exists(_ object: String) -> Bool {
    var path = ""
    for part in object.split(separator: "/") {
      path += "/" + part
      guard H5Lexists(handle, path, squall_h5_default()) > 0 else { return false }
    }
    return H5Oexists_by_name(handle, path.isEmpty ? "/" : path, squall_h5_default()) > 0
  }

  // MARK: Errors

  package func missing(_ what: String) -> HDF5Error {
    HDF5Error(
      .missingObject, file: path, expected: what, received: "a file without it",
      remedy: "Check that the file is of this format.")
  }

  package func wrongType(_ what: String, expected: String, received: String) -> HDF5Error {
    HDF5Error(
      .wrongType, file: path, expected: "\(expected) in \(what)", received: received,
      remedy: "Check that the file is of this format.")
  }

  package func unreadable(_ what: String) -> HDF5Error {
    HDF5Error(
      .corrupt, file: path, expected: "\(what) to be readable",
      received: "libhdf5 says “\(HDF5Library.lastMessage())”",
      remedy: "The file is truncated or damaged: fetch it again.")
  }

  static func name(of type: hid_t, count: Int) -> String {
    let noun =
      switch H5Tget_class(type) {
      case H5T_INTEGER: "integers"
      case H5T_FLOAT: "floating-point numbers"
      case H5T_STRING: "strings"
      case H5T_COMPOUND: "compound values"
      case H5T_ENUM: "enumeration values"
      case H5T_OPAQUE: "opaque bytes"
      default: "values of another type"
      }
    return "\(count) \(noun)"
  }
}
