import Foundation
import HDF5

/// An array of numbers in an HDF5 file, opened anew for each block, so that it may be larger than memory.
///
/// Attributes of CF and of HDF5 images are heeded: `scale_factor`, `add_offset`, `_FillValue`, `missing_value`.
struct HDF5Blocks: ArrayBlocks {
  let shape: [Int]
  let whiteLevel: Float?
  let file: String
  let dataset: String
  private let packing: Packing

  /// - Parameter dataset: The path; without it the only array of two axes or more that holds numbers.
  /// - Throws: ``DataError`` if there is none, several, or the file is damaged.
  init(_ url: URL, dataset: String?) throws {
    file = url.path
    (self.dataset, shape, whiteLevel, packing) = try HDF5File.readingData(url) { file in
      let name = try dataset ?? Self.only(in: file)
      guard let found = try file.describe(name), found.isNumeric else {
        throw DataError(
          .wrongType, file: file.path, expected: "an array of numbers in \(name)", received: "something else",
          remedy: "Name another by --dataset: " + (try Self.list(file)))
      }
      let packing = Packing(file, name)
      return (name, found.dimensions, found.isByte && packing.isPlain ? 255 : nil, packing)
    }
  }

  func block(_ leading: [Int]) throws -> [Float] {
    var values: [Float] = try HDF5File.readingData(URL(fileURLWithPath: file)) {
      try $0.numbers(in: dataset, leading: leading)
    }
    packing.unpack(&values)
    return values
  }

  /// The array with the times that stand beside it, if there are any.
  func array(_ options: DataOptions) throws -> LabeledArray {
    var array = try LabeledArray(self, options: options)
    guard options.start == nil else { return array }
    let frames = array.frames
    let texts = try HDF5File.readingData(URL(fileURLWithPath: file)) {
      try ArrayDates.texts(in: $0, beside: dataset, count: frames)
    }
    guard let texts, let times = try ArrayDates.dates(texts, interval: options.interval, file: file) else {
      return array
    }
    if options.interval == nil {
      var options = options
      options.interval = medianStep(of: times)
      array = try LabeledArray(self, options: options)
    }
    array.times = times
    return array
  }

  private static func candidates(_ file: HDF5File) throws -> [(name: String, shape: [Int])] {
    try file.nodes(limits: HDF5Limits()).compactMap { node in
      guard case .dataset(let name) = node, let found = try file.describe(name), found.isNumeric,
        found.dimensions.count >= 2
      else { return nil }
      return (name, found.dimensions)
    }
  }

  private static func list(_ file: HDF5File) throws -> String {
    let all = try candidates(file)
    guard !all.isEmpty else { return "there is none." }
    return all.prefix(12).map { "\($0.name) (\($0.shape.map(String.init).joined(separator: "×")))" }
      .joined(separator: ", ") + (all.count > 12 ? " …" : "")
  }

  private static func only(in file: HDF5File) throws -> String {
    let all = try candidates(file)
    // Among several the one of most axes, if that is but one.
    let rank = all.map(\.shape.count).max() ?? 0
    let best = all.filter { $0.shape.count == rank }
    guard let only = best.first, best.count == 1 else {
      throw DataError(
        .missingObject, file: file.path, expected: "one array of frames, or the name of one",
        received: try list(file), remedy: "Name it by --dataset.")
    }
    return only.name
  }
}

/// How numbers are packed: value = stored · factor + offset, and which stored numbers mean “missing”.
struct Packing: Sendable {
  var factor = 1.0
  var offset = 0.0
  var missing: [Double] = []
  /// Stored numbers outside are missing.
  var valid: ClosedRange<Double>?

  init() {}

  init(_ file: HDF5File, _ dataset: String) {
    func numbers(_ name: String) -> [Double]? {
      file.hasAttribute(name, of: dataset) ? try? file.numbers(name, of: dataset) : nil
    }
    self.init(numbers: numbers)
  }

  /// From the attributes of CF conventions, section 8.1 and 2.5.1.
  init(numbers: (String) -> [Double]?) {
    factor = numbers("scale_factor")?.first ?? 1
    offset = numbers("add_offset")?.first ?? 0
    missing = (numbers("_FillValue") ?? []) + (numbers("missing_value") ?? [])
    let range = numbers("valid_range") ?? []
    let low = numbers("valid_min")?.first ?? (range.count == 2 ? range[0] : nil)
    let high = numbers("valid_max")?.first ?? (range.count == 2 ? range[1] : nil)
    if low != nil || high != nil, low ?? -.infinity <= high ?? .infinity {
      valid = (low ?? -.infinity)...(high ?? .infinity)
    }
  }

  /// Whether stored numbers are values.
  var isPlain: Bool { factor == 1 && offset == 0 && missing.isEmpty && valid == nil }

  /// Values out of stored numbers, in place; missing ones become NaN.
  func unpack(_ values: inout [Float]) {
    guard !isPlain else { return }
    let missing = missing.map { Float($0) }
    let valid = valid.map { Float($0.lowerBound)...Float($0.upperBound) }
    for index in values.indices {
      let stored = values[index]
      if missing.contains(stored) || !(valid?.contains(stored) ?? true) {
        values[index] = .nan
      } else if factor != 1 || offset != 0 {
        values[index] = Float(Double(stored) * factor + offset)
      }
    }
  }
}
