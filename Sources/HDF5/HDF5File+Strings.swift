import CHDF5
import Foundation

extension HDF5File {
  /// All attributes of an object that are text: one string or several, each in its list.
  package func stringAttributes(of object: String, limits: HDF5Limits) throws -> [String: [String]] {
    let place = H5Oopen(handle, object.isEmpty ? "/" : object, squall_h5_default())
    guard place >= 0 else { throw unreadable("/\(object)") }
    defer { H5Oclose(place) }
    let count = H5Aget_num_attrs(place)
    guard count >= 0, Int(count) <= limits.objects else { throw unreadable("the attributes of /\(object)") }
    var found: [String: [String]] = [:]
    for index in 0..<UInt32(count) {
      let attribute = H5Aopen_by_idx(
        place, ".", H5_INDEX_NAME, H5_ITER_NATIVE, hsize_t(index), squall_h5_default(), squall_h5_default())
      guard attribute >= 0 else { throw unreadable("the attributes of /\(object)") }
      defer { H5Aclose(attribute) }
      let length = H5Aget_name(attribute, 0, nil)
      guard length >= 0, length <= 4096 else { throw unreadable("the attributes of /\(object)") }
      var buffer = [CChar](repeating: 0, count: length + 1)
      guard H5Aget_name(attribute, buffer.count, &buffer) == length else {
        throw unreadable("the attributes of /\(object)")
      }
      let name = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if let strings = try strings(attribute, "/\(object)@\(name)", limits: limits) { found[name] = strings }
    }
    return found
  }

  private func strings(_ attribute: hid_t, _ what: String, limits: HDF5Limits) throws -> [String]? {
    let type = H5Aget_type(attribute)
    let space = H5Aget_space(attribute)
    defer {
      if type >= 0 { H5Tclose(type) }
      if space >= 0 { H5Sclose(space) }
    }
    guard type >= 0, space >= 0 else { throw unreadable(what) }
    guard H5Tget_class(type) == H5T_STRING else { return nil }
    let count = H5Sget_simple_extent_npoints(space)
    let size = H5Tget_size(type)
    let (total, overflows) = Int(clamping: count).multipliedReportingOverflow(by: size)
    guard count >= 0, !overflows, size > 0, total <= limits.attributeBytes else {
      throw wrongType(
        what, expected: "at most \(limits.attributeBytes) bytes", received: "\(count) strings of \(size)")
    }
    guard count > 0 else { return [] }
    if H5Tis_variable_str(type) > 0 {
      var texts = [UnsafeMutablePointer<CChar>?](repeating: nil, count: Int(count))
      guard H5Aread(attribute, type, &texts) >= 0 else { throw unreadable(what) }
      defer { for text in texts { H5free_memory(text) } }
      return texts.map { $0.map { String(cString: $0) } ?? "" }
    }
    var bytes = [UInt8](repeating: 0, count: total)
    guard H5Aread(attribute, type, &bytes) >= 0 else { throw unreadable(what) }
    return (0..<Int(count)).map { index in
      String(decoding: bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
