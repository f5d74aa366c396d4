/// The order of an array's axes, such as `THWC`.
///
/// N counts samples, T time, H rows, W columns, C channels. H and W must be there; an axis that is absent has
/// length 1.
public struct ArrayAxes: Hashable, Sendable {
  /// One axis.
  public enum Axis: Character, Hashable, Sendable, CaseIterable {
    case sample = "N"
    case time = "T"
    case height = "H"
    case width = "W"
    case channel = "C"
  }

  /// Slowest first.
  public let order: [Axis]

  /// Decodes letters; lower case counts too.
  ///
  /// - Throws: ``DataError`` for another letter, one that occurs twice, or without H and W.
  public init(_ text: String) throws {
    let axes = text.uppercased().map { Axis(rawValue: $0) }
    let order = axes.compactMap { $0 }
    guard order.count == axes.count, Set(order).count == order.count, order.contains(.height),
      order.contains(.width)
    else {
      throw DataError(
        .invalidOption, expected: "axes such as THW, THWC, NTHW, TNHW or NTHWC, each letter once",
        received: "“\(text)”",
        remedy: "N is samples, T time, H rows, W columns, C channels; H and W must be there.")
    }
    self.order = order
  }

  /// The length of an axis in an array of `shape`; 1 where it is absent.
  func length(_ axis: Axis, in shape: [Int]) -> Int { order.firstIndex(of: axis).map { shape[$0] } ?? 1 }

  /// The order that a shape alone suggests, where only one makes sense.
  ///
  /// - Throws: ``DataError`` that lists what to declare, where more than one does.
  static func suggested(for shape: [Int], file: String) throws -> ArrayAxes {
    func isColour(_ length: Int) -> Bool { length <= 4 }
    let text = shape.map(String.init).joined(separator: "×")
    func ambiguous(_ readings: [String]) -> DataError {
      DataError(
        .wrongShape, file: file,
        expected: "a declared order of the axes, for \(text) can mean several things",
        received: "none", remedy: "Pass one of: " + readings.joined(separator: "; ") + ".")
    }
    switch shape.count {
    case 2: return try ArrayAxes("HW")
    case 3:
      if isColour(shape[2]) && !isColour(shape[0]) {
        throw ambiguous([
          "--axes THW (\(shape[0]) frames of \(shape[1])×\(shape[2]))",
          "--axes HWC (one frame of \(shape[0])×\(shape[1]), \(shape[2]) channels)",
          "--axes HWT (\(shape[2]) frames of \(shape[0])×\(shape[1]))",
        ])
      }
      return try ArrayAxes("THW")
    case 4:
      if isColour(shape[3]) && !isColour(shape[2]) && !isColour(shape[1]) { return try ArrayAxes("THWC") }
      throw ambiguous([
        "--axes NTHW (\(shape[0]) samples of \(shape[1]) frames of \(shape[2])×\(shape[3]))",
        "--axes TNHW (\(shape[1]) samples of \(shape[0]) frames, as Moving MNIST)",
        "--axes THWC (\(shape[0]) frames of \(shape[1])×\(shape[2]), \(shape[3]) channels)",
        "--axes TCHW (\(shape[0]) frames of \(shape[2])×\(shape[3]), \(shape[1]) channels)",
        "--axes NHWT (\(shape[0]) samples of \(shape[3]) frames of \(shape[1])×\(shape[2]), as SEVIR)",
      ])
    case 5:
      if isColour(shape[4]) && !isColour(shape[2]) { return try ArrayAxes("NTHWC") }
      if isColour(shape[2]) && !isColour(shape[4]) { return try ArrayAxes("NTCHW") }
      throw ambiguous([
        "--axes NTHWC (\(shape[4]) channels last)", "--axes NTCHW (\(shape[2]) channels before rows)",
        "--axes TNHWC (\(shape[1]) samples of \(shape[0]) frames)",
      ])
    default:
      throw DataError(
        .wrongShape, file: file, expected: "an array of 2 to 5 axes",
        received: shape.isEmpty ? "a single number" : text, remedy: "Pass frames as [time, height, width].")
    }
  }
}

extension ArrayAxes: CustomStringConvertible {
  public var description: String { String(order.map(\.rawValue)) }
}

extension ArrayAxes: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
