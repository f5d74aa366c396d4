import Autodiff
import TensorCore

/// A weighted sum of losses of one prediction, such as `mse+0.1*facl`.
public struct LossSum: Hashable, Codable, Sendable {
  /// One loss and what it is multiplied by.
  public struct Term: Hashable, Codable, Sendable {
    public let weight: Float
    public let loss: Loss

    public init(_ loss: Loss, weight: Float = 1) {
      self.loss = loss
      self.weight = weight
    }
  }

  public let terms: [Term]

  /// - Throws: `LossError` without a term, or for a weight that is not positive.
  public init(_ terms: [Term]) throws {
    guard !terms.isEmpty, terms.allSatisfy({ $0.weight > 0 && $0.weight.isFinite }) else {
      throw LossError(
        .invalidWeights, in: Self.typeName, expected: "losses with positive weights",
        received: "weights \(terms.map(\.weight))", remedy: "Name losses as in mse+0.1*facl.")
    }
    self.terms = terms
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(container.decode([Term].self, forKey: .terms))
  }

  private enum CodingKeys: CodingKey { case terms }

  /// The name of sums in files.
  static let typeName = "Sum"

  /// Weights and names in `mse+0.1*facl`; a name alone has the weight 1.
  ///
  /// - Throws: `LossError` for a weight that is no positive number or a name that is missing.
  package static func parts(of text: String) throws -> [(weight: Float, name: String)] {
    try text.split(separator: "+", omittingEmptySubsequences: false).map { term in
      let pieces = term.split(separator: "*", omittingEmptySubsequences: false)
        .map { String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
      let weight = pieces.count == 1 ? 1 : Float(pieces[0])
      guard pieces.count <= 2, let weight, weight > 0, weight.isFinite, pieces.last?.isEmpty == false else {
        throw LossError(
          .invalidWeights, in: "loss", expected: "losses and positive weights such as mse+0.1*facl",
          received: "\"\(text)\"", remedy: "Write the weight, *, and the name of the loss.")
      }
      return (weight, pieces[pieces.count - 1])
    }
  }
}

extension Loss {
  /// Each term's mean over the same elements, added up.
  static func sum(_ sum: LossSum, _ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws
    -> Measure
  {
    let parts = try sum.terms.map { term in
      let part = try term.loss.measured(
        prediction: prediction, target: target, mask: count.mask, weights: count.weights)
      return Measure(value: part.value * term.weight, validCount: part.validCount)
    }
    return Measure(
      value: parts.dropFirst().reduce(parts[0].value) { $0 + $1.value }, validCount: parts[0].validCount)
  }
}
