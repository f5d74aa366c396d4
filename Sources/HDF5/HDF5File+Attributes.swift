import CHDF5
import Foundation

extension HDF5File {
  /// The most bytes or numbers that an attribute may hold.
  private static let maximumAttribute = 1 << 16

  /// The text of an attribute, whether its string has fixed or variable length.
  package func string(_ name: String, of object: String) throws -> String {
    try withAttribute(name, of: object) { attribute, type, count in
      guard H5Tget_class(type) == H5T_STRING, count == 1 else {
        throw wrongType(
          "\(object)@\(name)", expected: "one string", received: Self.name(of: type, count: count))
      }
      return try readString(attribute, type: type, what: "\(object)@\(name)")
    }
  }

  /// The numbers of an attribute; a string that is a number counts as one.
  package func numbers(_ name: String, of object: String) throws -> [Double] {
    try withAttribute(name, of: object) { attribute, type, count in
      let what = "\(object)@\(name)"
      switch H5Tget_class(type) {
      case H5T_INTEGER where HDF5NumberType(type) != nil, H5T_FLOAT where HDF5NumberType(type) != nil:
        var values = [Double](repeating: 0, count: count)
        guard H5Aread(attribute, squall_h5_double(), &values) >= 0 else { throw unreadable(what) }
        return values
      case H5T_STRING where count == 1:
        let text = try readString(attribute, type: type, what: what)
        guard let value = Double(text) else {
          throw wrongType(what, expected: "a number", received: "“\(text)”")
        }
        return [value]
      default:
        throw wrongType(what, expected: "numbers", received: Self.name(of: type, count: count))
      }
    }
  }

  /// Whether the object exists and has the attribute.
  package func hasAttribute(_ name: String, of object: String) -> Bool {
    exists(object) && H5Aexists_by_name(handle, object, name, squall_h5_default()) > 0
  }

  /// What an attribute holds.
  package enum AttributeValue: Sendable {
    case text(String)
    case numbers([Double])
  }

  /// All attributes of an object that are one text or some numbers, in one pass; others are left out.
  package func attributes(of object: String) throws -> [String: AttributeValue] {
    let place = H5Oopen(handle, object.isEmpty ? "/" : object, squall_h5_default())
    guard place >= 0 else { throw unreadable("/\(object)") }
    defer { H5Oclose(place) }
    let count = H5Aget_num_attrs(place)
    guard count >= 0, count <= 4096 else { throw unreadable("the attributes of /\(object)") }
    var found: [String: AttributeValue] = [:]
    for index in 0..<count {
      let attribute = H5Aopen_by_idx(
        place, ".", H5_INDEX_NAME, H5_ITER_NATIVE, hsize_t(index), squall_h5_default(), squall_h5_default())
      guard attribute >= 0 else { throw unreadable("the attributes of /\(object)") }
      defer { H5Aclose(attribute) }
      var buffer = [CChar](repeating: 0, count: 256)
      let length = H5Aget_name(attribute, buffer.count, &buffer)
      guard length > 0, length < buffer.count else { continue }
      let name = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      found[name] = try? value(of: attribute, "/\(object)@\(name)")
    }
    return found
  }

  private func value(of attribute: hid_t, _ what: String) throws -> AttributeValue? {
    let type = H5Aget_type(attribute)
    let space = H5Aget_space(attribute)
    defer {
      if type >= 0 { H5Tclose(type) }
      if space >= 0 { H5Sclose(space) }
    }
    let count = H5Sget_simple_extent_npoints(space)
    guard type >= 0, count >= 1, count <= Self.maximumAttribute else { return nil }
    switch H5Tget_class(type) {
    case H5T_STRING where count == 1: return .text(try readString(attribute, type: type, what: what))
    case H5T_INTEGER where HDF5NumberType(type) != nil, H5T_FLOAT where HDF5NumberType(type) != nil:
      var values = [Double](repeating: 0, count: Int(count))
      guard H5Aread(attribute, squall_h5_double(), &values) >= 0 else { throw unreadable(what) }
      return .numbers(values)
    default: return nil
    }
  }

  private func withAttribute<Result>(
    _ name: String, of object: String,
    _ body: (_ attribute: hid_t, _ type: hid_t, _ count: Int) throws -> Result
  ) throws -> Result {
    guard hasAttribute(name, of: object) else { throw missing("the attribute \(object)@\(name)") }
    let attribute = H5Aopen_by_name(handle, object, name, squall_h5_default(), squall_h5_default())
    guard attribute >= 0 else { throw unreadable("\(object)@\(name)") }
    defer { H5Aclose(attribute) }
    let type = H5Aget_type(attribute)
    let space = H5Aget_space(attribute)
    defer {
      if type >= 0 { H5Tclose(type) }
      if space >= 0 { H5Sclose(space) }
    }
    let count = H5Sget_simple_extent_npoints(space)
    guard type >= 0, count >= 1, count <= Self.maximumAttribute else {
      throw wrongType("\(object)@\(name)", expected: "a value", received: "\(max(count, 0)) values")
    }
    return try body(attribute, type, Int(count))
  }

  private func readString(_ attribute: hid_t, type: hid_t, what: String) throws -> String {
    if H5Tis_variable_str(type) > 0 {
      var text: UnsafeMutablePointer<CChar>?
      guard H5Aread(attribute, type, &text) >= 0 else { throw unreadable(what) }
      defer { H5free_memory(text) }
      return Self.trimmed(text.map { String(cString: $0) } ?? "")
    }
    let size = H5Tget_size(type)
    guard size > 0, size <= Self.maximumAttribute else {
      throw wrongType(what, expected: "a short string", received: "one of \(size) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    guard H5Aread(attribute, type, &bytes) >= 0 else { throw unreadable(what) }
    return Self.trimmed(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
  }

  /// Strings may be padded with spaces instead of zeros.
  private static func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
