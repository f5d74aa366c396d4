import CHDF5
import Foundation

extension HDF5File {
  /// Opens a file whose bytes are in memory, hands it to `body` and closes it. Nothing is opened on disk.
  ///
  /// - Throws: ``HDF5Error`` if the bytes are no HDF5 file, or damaged.
  package static func reading<Result: Sendable>(
    image: Data, name: String, _ body: (HDF5File) throws -> Result
  ) throws -> Result {
    guard image.count >= 8, image.prefix(8).elementsEqual([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
    else {
      throw HDF5Error(
        .foreignFormat, file: name, expected: "an HDF5 file", received: "another format",
        remedy: "Is this the right file?")
    }
    return try HDF5Library.exclusively {
      let access = H5Pcreate(squall_h5_file_access())
      defer { H5Pclose(access) }
      var copy = image
      let isSet = copy.withUnsafeMutableBytes { bytes in
        H5Pset_fapl_core(access, 1 << 16, false) >= 0
          && H5Pset_file_image(access, bytes.baseAddress, bytes.count) >= 0
      }
      let handle = isSet ? H5Fopen(name, squall_h5_read_only(), access) : -1
      guard handle >= 0 else {
        throw HDF5Error(
          .corrupt, file: name, expected: "an HDF5 file that opens",
          received: "libhdf5 says “\(HDF5Library.lastMessage())”",
          remedy: "The file is truncated or damaged: fetch it again.")
      }
      defer { H5Fclose(handle) }
      return try body(HDF5File(handle: handle, path: name))
    }
  }
}
