import CHDF5

/// How much of a foreign file is believed.
package struct HDF5Limits: Hashable, Codable, Sendable {
  /// Groups, data sets and attributes.
  package var objects: Int
  /// Groups within groups.
  package var depth: Int
  /// Bytes of all values together.
  package var valueBytes: Int
  /// Bytes of one attribute.
  package var attributeBytes: Int

  package init(
    objects: Int = 100_000, depth: Int = 40, valueBytes: Int = 1 << 32, attributeBytes: Int = 1 << 24
  ) {
    self.objects = objects
    self.depth = depth
    self.valueBytes = valueBytes
    self.attributeBytes = attributeBytes
  }
}

extension HDF5File {
  /// What can be reached from the root by hard links alone.
  package enum Node: Hashable, Sendable {
    case group(String)
    case dataset(String)
  }

  /// All groups and data sets, parents before their children.
  ///
  /// - Throws: ``HDF5Error`` for links that lead elsewhere (soft, external), which are never followed, and for
  ///   more objects than the limits allow (links may go round in circles).
  package func nodes(limits: HDF5Limits) throws -> [Node] {
    var found: [Node] = []
    try walk("", depth: 0, limits: limits, into: &found)
    return found
  }

  private func walk(_ path: String, depth: Int, limits: HDF5Limits, into found: inout [Node]) throws {
    guard depth <= limits.depth, found.count < limits.objects else {
      throw HDF5Error(
        .wrongShape, file: self.path,
        expected: "at most \(limits.objects) objects, \(limits.depth) deep", received: "more",
        remedy: "The file is damaged or made to do harm.")
    }
    let group = squall_h5_group_open(handle, path.isEmpty ? "/" : path)
    guard group >= 0 else { throw unreadable("the group /\(path)") }
    defer { H5Gclose(group) }
    found.append(.group(path))
    let count = squall_h5_link_count(group)
    guard count >= 0 else { throw unreadable("the group /\(path)") }
    guard count <= limits.objects - found.count else {
      throw HDF5Error(
        .wrongShape, file: self.path, expected: "at most \(limits.objects) objects",
        received: "\(count) and more",
        remedy: "The file is damaged or made to do harm.")
    }
    for index in 0..<count {
      let name = try linkName(group, hsize_t(index), in: path)
      let child = path.isEmpty ? name : path + "/" + name
      let link = squall_h5_link_leads_elsewhere(group, name)
      guard link >= 0 else { throw unreadable("the link /\(child)") }
      guard link == 0 else {
        throw HDF5Error(
          .externalData, file: self.path, expected: "everything inside the file",
          received: "/\(child), which points elsewhere",
          remedy: "Such links are not followed: copy what they point to into the file.")
      }
      let object = H5Oopen(group, name, squall_h5_default())
      guard object >= 0 else { throw unreadable("/\(child)") }
      let kind = H5Iget_type(object)
      H5Oclose(object)
      switch kind {
      case H5I_GROUP: try walk(child, depth: depth + 1, limits: limits, into: &found)
      case H5I_DATASET: found.append(.dataset(child))
      default: break  // a named type holds nothing
      }
    }
  }

  private func linkName(_ group: hid_t, _ index: hsize_t, in path: String) throws -> String {
    let length = squall_h5_link_name(group, index, nil, 0)
    guard length > 0, length <= 4096 else { throw unreadable("the names in /\(path)") }
    var buffer = [CChar](repeating: 0, count: length + 1)
    guard squall_h5_link_name(group, index, &buffer, buffer.count) == length else {
      throw unreadable("the names in /\(path)")
    }
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
