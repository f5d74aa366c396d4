import Foundation
import Layers
import TensorCore

/// What both sides of a conversion compute of the same input, and how far they are apart.
public struct ParityCertificate: Sendable {
  /// One side: a file, what it gives, and by what.
  public struct Side: Sendable {
    public var name: String
    public var outputs: [Tensor]
    /// Versions and origin, for people.
    public var source: [(name: String, value: String)]

    public init(name: String, outputs: [Tensor], source: [(name: String, value: String)]) {
      self.name = name
      self.outputs = outputs
      self.source = source
    }

    /// Computed by Squall.
    public init(file: ModelFile, name: String, _ inputs: [Tensor]) throws {
      self.init(
        name: name, outputs: try file.predict(inputs), source: file.source + [("computed by", "Squall")])
    }
  }

  public let text: String
  /// The largest difference, relative to the root mean square of the original's outputs.
  public let largestDifference: Double

  /// - Throws: `InterchangeError` where the sides give outputs of different shapes.
  public init(original: Side, converted: Side, inputs: [Tensor], date: Date = Date()) throws {
    guard original.outputs.map(\.shape) == converted.outputs.map(\.shape) else {
      throw InterchangeError(
        .weightMismatch, in: converted.name, expected: "outputs of shapes \(original.outputs.map(\.shape))",
        received: "\(converted.outputs.map(\.shape))",
        remedy: "The two files are not the same model, or the conversion is wrong: report it.")
    }
    var lines = ["Parity certificate", "date: \(date.ISO8601Format())"]
    for (role, side) in [("original", original), ("converted", converted)] {
      lines.append("\(role): \(side.name)")
      lines += side.source.map { "\(role), \($0.name): \($0.value)" }
    }
    lines += inputs.enumerated().map { "input \($0): \($1.shape)" }
    var largest = 0.0
    for (index, pair) in zip(original.outputs, converted.outputs).enumerated() {
      let comparison = Self.comparison(pair.0.values, pair.1.values)
      largest = max(largest, comparison.relative)
      lines.append("output \(index): \(pair.0.shape)")
      lines += comparison.lines.map { "output \(index), \($0)" }
    }
    largestDifference = largest
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func comparison(_ x: [Float], _ y: [Float]) -> (lines: [String], relative: Double) {
    func first(_ values: [Float]) -> String { values.prefix(8).map { "\($0)" }.joined(separator: ", ") }
    let squares = x.reduce(0) { $0 + Double($1) * Double($1) }
    let root = (squares / Double(max(x.count, 1))).squareRoot()
    // A value that is no number on one side alone is as far away as can be.
    let difference = zip(x, y).reduce(0.0) { largest, pair in
      if pair.0.bitPattern == pair.1.bitPattern || pair.0.isNaN && pair.1.isNaN { return largest }
      let distance = abs(Double(pair.0) - Double(pair.1))
      return distance.isNaN ? .infinity : max(largest, distance)
    }
    let isSame = zip(x, y).allSatisfy { $0.bitPattern == $1.bitPattern }
    let relative = difference == 0 ? 0 : difference / max(root, .leastNormalMagnitude)
    return (
      [
        "original, first values: \(first(x))", "converted, first values: \(first(y))",
        "root mean square of the original: \(root)",
        "largest difference: \(difference)"
          + (isSame ? " (the same bits)" : ", \(relative) of the root mean square"),
      ], relative
    )
  }
}
