import CHDF5
import Foundation

/// A NetCDF-4 file in memory: variables on named dimensions with attributes.
///
/// Every dimension has a variable of its own name, its coordinates. The file is HDF5 as the NetCDF library writes it:
/// dimension scales attached to the variables, objects in the order of their creation.
package struct NetCDFImage: Sendable {
  package enum Values: Sendable {
    case floats([Float])
    case doubles([Double])
    case integers([Int32])

    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .doubles(let values): values.count
      case .integers(let values): values.count
      }
    }
  }

  package enum Attribute: Sendable {
    case text(String)
    case float(Float)
    case numbers([Double])
  }

  package struct Variable: Sendable {
    package var name: String
    /// Names of dimensions, slowest first; none for a single value.
    package var dimensions: [String]
    package var values: Values
    package var attributes: [(name: String, value: Attribute)]

    package init(
      _ name: String, dimensions: [String] = [], values: Values,
      attributes: [(name: String, value: Attribute)] = []
    ) {
      (self.name, self.dimensions, self.values) = (name, dimensions, values)
      self.attributes = attributes
    }
  }

  package var attributes: [(name: String, value: Attribute)]
  package var variables: [Variable]

  package init(
    attributes: [(name: String, value: Attribute)] = [], variables: [Variable] = []
  ) {
    self.attributes = attributes
    self.variables = variables
  }

  /// The bytes of the file.
  ///
  /// - Throws: `HDF5Error` if a dimension has no coordinates, sizes do not agree, or libhdf5 fails.
  package func encoded() throws -> Data {
    try HDF5Writer.image(tracksOrder: true) { writer in
      for (name, value) in attributes { try write(value, name, of: writer.file) }
      var scales: [String: (dataset: hid_t, count: Int)] = [:]
      defer { for scale in scales.values { H5Dclose(scale.dataset) } }
      let isScale: (Variable) -> Bool = { $0.dimensions == [$0.name] }
      for variable in variables where isScale(variable) {
        let dataset = try create(variable, [variable.values.count], in: writer.file)
        scales[variable.name] = (dataset, variable.values.count)
        guard H5DSset_scale(dataset, variable.name) >= 0 else {
          throw HDF5Writer.failure("the dimension \(variable.name)")
        }
      }
      for variable in variables where !isScale(variable) {
        let lengths = try variable.dimensions.map { name in
          guard let scale = scales[name] else {
            throw HDF5Error(
              .missingObject, expected: "coordinates for the dimension \(name)", received: "none",
              remedy: "Add a variable of that name.")
          }
          return scale.count
        }
        let dataset = try create(variable, lengths, in: writer.file)
        defer { H5Dclose(dataset) }
        for (index, name) in variable.dimensions.enumerated() {
          guard let scale = scales[name], H5DSattach_scale(dataset, scale.dataset, UInt32(index)) >= 0 else {
            throw HDF5Writer.failure("the dimension \(name) of \(variable.name)")
          }
        }
      }
    }
  }

  private func create(_ variable: Variable, _ lengths: [Int], in file: hid_t) throws -> hid_t {
    guard lengths.reduce(1, *) == variable.values.count, !lengths.contains(0) else {
      throw HDF5Error(
        .wrongShape, expected: "values for \(lengths) of \(variable.name), no dimension empty",
        received: "\(variable.values.count)", remedy: "Give one value for each place.")
    }
    let extents = lengths.map { hsize_t($0) }
    let space =
      lengths.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(lengths.count), extents, nil)
    let properties = H5Pcreate(squall_h5_dataset_create())
    defer {
      H5Sclose(space)
      H5Pclose(properties)
    }
    H5Pset_attr_creation_order(properties, squall_h5_creation_order())
    if lengths.count > 1 {
      // One field a chunk: whoever reads a time step unpacks no other.
      var chunk = extents
      for axis in chunk.indices.dropLast(2) { chunk[axis] = 1 }
      H5Pset_chunk(properties, Int32(chunk.count), chunk)
      H5Pset_shuffle(properties)
      H5Pset_deflate(properties, 4)
    }
    let (stored, memory): (hid_t, hid_t)
    switch variable.values {
    case .floats: (stored, memory) = (squall_h5_float_le(), squall_h5_float())
    case .doubles: (stored, memory) = (squall_h5_double_le(), squall_h5_double())
    case .integers: (stored, memory) = (squall_h5_int32_le(), squall_h5_int32())
    }
    let dataset = squall_h5_dataset_create_with(file, variable.name, stored, space, properties)
    guard dataset >= 0 else { throw HDF5Writer.failure("the variable \(variable.name)") }
    func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
      H5Dwrite(
        dataset, memory, squall_h5_whole(), squall_h5_whole(), squall_h5_default(), bytes.baseAddress) >= 0
    }
    let isWritten =
      switch variable.values {
      case .floats(let values): values.withUnsafeBytes(put)
      case .doubles(let values): values.withUnsafeBytes(put)
      case .integers(let values): values.withUnsafeBytes(put)
      }
    guard isWritten else { throw HDF5Writer.failure("the values of \(variable.name)") }
    for (name, value) in variable.attributes { try write(value, name, of: dataset) }
    return dataset
  }

  private func write(_ value: Attribute, _ name: String, of place: hid_t) throws {
    let type: hid_t
    let space: hid_t
    switch value {
    case .text(let text):
      type = H5Tcopy(squall_h5_string())
      H5Tset_size(type, max(1, text.utf8.count))
      H5Tset_cset(type, text.utf8.allSatisfy { $0 < 128 } ? H5T_CSET_ASCII : H5T_CSET_UTF8)
      space = H5Screate(H5S_SCALAR)
    case .float:
      type = H5Tcopy(squall_h5_float())
      space = H5Screate_simple(1, [1], nil)
    case .numbers(let numbers):
      type = H5Tcopy(squall_h5_double())
      space = H5Screate_simple(1, [hsize_t(numbers.count)], nil)
    }
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    let attribute = squall_h5_attribute_create(place, name, type, space)
    guard attribute >= 0 else { throw HDF5Writer.failure("the attribute \(name)") }
    defer { H5Aclose(attribute) }
    let status: herr_t
    switch value {
    case .text(let text):
      let bytes = text.isEmpty ? [0] : Array(text.utf8)
      status = H5Awrite(attribute, type, bytes)
    case .float(let number): status = H5Awrite(attribute, type, [number])
    case .numbers(let numbers): status = H5Awrite(attribute, type, numbers)
    }
    guard status >= 0 else { throw HDF5Writer.failure("the attribute \(name)") }
  }
}
