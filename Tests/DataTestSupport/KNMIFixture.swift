import CHDF5
import Foundation
import HDF5

/// A small file like those of KNMI, written through libhdf5, with whatever a test wants to be different.
package struct KNMIFixture {
  package enum Pixels {
    case unsigned16([UInt16], dimensions: [Int])
    case floats([Float], dimensions: [Int])
    /// A data set that claims a size without any value being written.
    case claimed([Int], chunk: [Int]?)
    case absent
  }

  package enum Strings { case fixed, padded, variable }

  package var pixels = Pixels.unsigned16([0, 1, 2, 10, 65535, 50], dimensions: [2, 3])
  package var formula: String? = "GEO=0.01*PV+0.0"
  package var parameter: String? = "ACCUMULATED_PRECIPITATION_[MM]"
  package var start: String? = "26-AUG-2010;23:55:00.000"
  package var end: String? = "27-AUG-2010;00:00:00.000"
  package var missing: Int32? = 65535
  package var outOfImage: Int32? = 65535
  package var rows: Int32?
  package var projection: String? = "+proj=stere +lat_0=90"
  package var strings = Strings.fixed
  package var isCompressed = true

  /// The file that ends at a minute of 27 August 2010.
  package static func ending(minute: Int, interval: Int = 5) -> KNMIFixture {
    func text(_ minute: Int) -> String {
      minute < 0
        ? String(format: "26-AUG-2010;%02d:%02d:00.000", 23, 60 + minute)
        : String(format: "27-AUG-2010;%02d:%02d:00.000", minute / 60, minute % 60)
    }
    var fixture = KNMIFixture()
    fixture.start = text(minute - interval)
    fixture.end = text(minute)
    return fixture
  }

  package struct WriteError: Error { package let what: String }

  package init() {}

  package func write(to file: URL) throws {
    try HDF5Library.exclusively {
      let handle = H5Fcreate(file.path, squall_h5_truncate(), squall_h5_default(), squall_h5_default())
      guard handle >= 0 else { throw WriteError(what: file.path) }
      defer { H5Fclose(handle) }
      for group in ["overview", "image1", "image1/calibration", "geographic", "geographic/map_projection"] {
        H5Gclose(
          H5Gcreate2(handle, group, squall_h5_default(), squall_h5_default(), squall_h5_default()))
      }
      try writePixels(handle)
      try writeString(handle, "overview", "product_datetime_start", start)
      try writeString(handle, "overview", "product_datetime_end", end)
      try writeString(handle, "image1", "image_geo_parameter", parameter)
      try writeString(handle, "image1/calibration", "calibration_formulas", formula)
      try writeInteger(handle, "image1/calibration", "calibration_missing_data", missing)
      try writeInteger(handle, "image1/calibration", "calibration_out_of_image", outOfImage)
      try writeInteger(handle, "geographic", "geo_number_rows", rows)
      try writeString(handle, "geographic/map_projection", "projection_proj4_params", projection)
    }
  }

  private func writePixels(_ file: hid_t) throws {
    switch pixels {
    case .absent: return
    case .claimed(let dimensions, let chunk):
      try writeDataset(file, dimensions, chunk: chunk, type: squall_h5_uint16_le(), compressed: false) { _ in
      }
    case .unsigned16(let values, let dimensions):
      try writeDataset(
        file, dimensions, chunk: dimensions, type: squall_h5_uint16_le(), compressed: isCompressed
      ) {
        H5Dwrite($0, squall_h5_uint16_le(), squall_h5_whole(), squall_h5_whole(), squall_h5_default(), values)
      }
    case .floats(let values, let dimensions):
      try writeDataset(
        file, dimensions, chunk: dimensions, type: squall_h5_float_le(), compressed: isCompressed
      ) {
        H5Dwrite($0, squall_h5_float_le(), squall_h5_whole(), squall_h5_whole(), squall_h5_default(), values)
      }
    }
  }

  private func writeDataset(
    _ file: hid_t, _ dimensions: [Int], chunk: [Int]?, type: hid_t, compressed: Bool, write: (hid_t) -> Void
  ) throws {
    // Chunks larger than the data are allowed if the data may grow.
    let isLarger = zip(chunk ?? [], dimensions).contains { $0 > $1 }
    let limits = dimensions.map { isLarger ? hsize_t.max : hsize_t($0) }
    let space = H5Screate_simple(Int32(dimensions.count), dimensions.map { hsize_t($0) }, limits)
    let creation = H5Pcreate(squall_h5_dataset_create())
    defer {
      H5Sclose(space)
      H5Pclose(creation)
    }
    if let chunk { H5Pset_chunk(creation, Int32(chunk.count), chunk.map { hsize_t($0) }) }
    if compressed { H5Pset_deflate(creation, 6) }
    let dataset = H5Dcreate2(
      file, "image1/image_data", type, space, squall_h5_default(), creation, squall_h5_default())
    guard dataset >= 0 else { throw WriteError(what: "image_data") }
    defer { H5Dclose(dataset) }
    write(dataset)
  }

  private func writeInteger(_ file: hid_t, _ object: String, _ name: String, _ value: Int32?) throws {
    guard var value else { return }
    let space = H5Screate_simple(1, [1], nil)
    defer { H5Sclose(space) }
    try writeAttribute(file, object, name, type: squall_h5_int32_le(), space: space, &value)
  }

  private func writeString(_ file: hid_t, _ object: String, _ name: String, _ text: String?) throws {
    guard let text else { return }
    let type = H5Tcopy(squall_h5_string())
    let space = H5Screate(H5S_SCALAR)
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    switch strings {
    case .fixed:
      H5Tset_size(type, text.utf8.count + 1)
      var bytes = Array(text.utf8) + [0]
      try writeAttribute(file, object, name, type: type, space: space, &bytes)
    case .padded:
      H5Tset_size(type, text.utf8.count + 7)
      H5Tset_strpad(type, H5T_STR_SPACEPAD)
      var bytes = Array(text.utf8) + [UInt8](repeating: 32, count: 7)
      try writeAttribute(file, object, name, type: type, space: space, &bytes)
    case .variable:
      H5Tset_size(type, squall_h5_variable())
      try text.withCString { text in
        var pointer: UnsafePointer<CChar>? = text
        try writeAttribute(file, object, name, type: type, space: space, &pointer)
      }
    }
  }

  private func writeAttribute(
    _ file: hid_t, _ object: String, _ name: String, type: hid_t, space: hid_t, _ value: UnsafeRawPointer
  ) throws {
    let attribute = H5Acreate_by_name(
      file, object, name, type, space, squall_h5_default(), squall_h5_default(), squall_h5_default())
    guard attribute >= 0, H5Awrite(attribute, type, value) >= 0 else { throw WriteError(what: name) }
    H5Aclose(attribute)
  }
}
