import Autodiff
import Synchronization
import TensorCore

/// A loss of a program's own: a few lines that train, save and load like the built-in ones.
///
/// ```swift
/// struct QuantileLoss: CustomLoss {
///   static let typeName = "Quantile"
///   var quantile: Float
///   func elements(prediction: Tensor, target: Tensor) -> Tensor {
///     let error = target - prediction
///     return Tensor.maximum(error * quantile, error * (quantile - 1))
///   }
/// }
/// LossRegistry.register(QuantileLoss.self)
/// let loss = Loss.custom(AnyLoss(QuantileLoss(quantile: 0.9)))
/// ```
public protocol CustomLoss: Codable, Hashable, Sendable {
  /// The name by which files know the loss.
  static var typeName: String { get }
  /// The loss of each element, on the prediction's tape: the prediction's shape, or that without the class axis.
  /// The mean over valid elements is taken of it; where an element is missing, prediction and target are 1 here.
  func elements(prediction: Tensor, target: Tensor) throws -> Tensor
}

/// Any loss of a program's own, as a value.
public struct AnyLoss: Hashable, Sendable {
  public let loss: any CustomLoss

  public init(_ loss: some CustomLoss) { self.loss = loss }

  public static func == (a: AnyLoss, b: AnyLoss) -> Bool { AnyHashable(a.loss) == AnyHashable(b.loss) }

  public func hash(into hasher: inout Hasher) { AnyHashable(loss).hash(into: &hasher) }
}

/// The losses of a program's own that files may name; they are registered before such a file is read.
public enum LossRegistry {
  private static let types = Mutex<[String: any CustomLoss.Type]>([:])

  /// Makes a loss known under its `typeName`.
  public static func register(_ type: any CustomLoss.Type) { types.withLock { $0[type.typeName] = type } }

  /// The names of all registered losses.
  public static var names: [String] { types.withLock { $0.keys.sorted() } }

  static func type(named name: String) -> (any CustomLoss.Type)? { types.withLock { $0[name] } }
}

extension Loss {
  /// The mean of the elements that a loss of the program's own gives.
  static func custom(
    _ custom: AnyLoss, _ prediction: Tensor, _ target: Tensor, _ count: ElementCount
  ) throws -> Measure {
    let name = type(of: custom.loss).typeName
    let perSample = Shape(prediction.shape.dimensions.dropLast())
    let mask = count.mask?.detached
    let elements = try custom.loss.elements(
      prediction: prediction.filled(where: mask, perSample), target: target.filled(where: mask, perSample))
    guard elements.shape == prediction.shape || elements.shape == perSample else {
      throw ShapeError(
        .wrongLength, in: name, expected: "elements of shape \(prediction.shape) or \(perSample)",
        received: "\(elements.shape)", remedy: "Return one number for each element, before any mean.")
    }
    try count.require(name, elements.shape)
    let valid = mask.map { Elementwise.map($0) { $0 != 0 ? 1 : 0 } }
    let validCount = valid.map { Int(Reduction.sum($0)) } ?? elements.count
    guard validCount > 0 else {
      throw LossError(
        .nothingValid, in: name, expected: "at least one valid element",
        received: mask == nil ? "a prediction of shape \(prediction.shape)" : "a mask of zeros",
        remedy: "Leave out batches in which everything is missing.")
    }
    var counted = elements
    if let valid { counted = counted * valid }
    if let weights = count.weights { counted = counted * weights.detached }
    return Measure(value: counted.sum() * (1 / Float(validCount)), validCount: validCount)
  }
}

extension Tensor {
  /// Ones where nothing is valid, so that whatever stands there, NaN included, reaches neither value nor gradient.
  fileprivate func filled(where mask: Tensor?, _ perSample: Shape) -> Tensor {
    guard var mask else { return self }
    if mask.shape == perSample, mask.shape != shape {
      mask = mask.viewed(as: Shape(perSample.dimensions + [1]))
    }
    guard let shape = try? Elementwise.broadcastShape(shape, mask.shape), shape == self.shape else {
      return self
    }
    let selection = mask
    return recorded(Elementwise.map(detached, selection) { $1 != 0 ? $0 : 1 }, from: [self]) { g in
      [Elementwise.map(g, selection) { $1 != 0 ? $0 : 0 }]
    }
  }
}
