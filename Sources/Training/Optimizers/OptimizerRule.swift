import TensorCore

/// How one parameter moves along its gradient: the part in which optimizers differ.
///
/// A rule is only its options, under Keras 3's names and with its defaults; what it remembers of a parameter
/// (momentum and the like) is kept by the `Optimizer` and handed over for each update.
public protocol OptimizerRule: Codable, Hashable, Sendable {
  /// The name by which files know the rule: Keras' class name.
  static var name: OptimizerName { get }
  /// The size of a step, unless a schedule says otherwise.
  var learningRate: Double { get set }
  /// The share of a parameter, times the learning rate, that is taken off before each update; `nil` for none.
  var weightDecay: Double? { get }
  /// What the rule remembers of a parameter: one tensor of its shape under each of these names, zeros at first.
  var slots: [String] { get }
  /// The number with which the tensors of a slot begin, unless it is 0.
  func start(of slot: String) -> Float

  /// Checks that the options lie in their ranges.
  ///
  /// - Throws: `OptimizerError`.
  func validate() throws

  /// Moves a parameter in place.
  ///
  /// - Parameters:
  ///   - values: The numbers of the parameter.
  ///   - gradient: The gradient, clipped as it is read.
  ///   - slots: What is remembered, in the order of `slots`; changed in place.
  ///   - count: How many numbers there are, in the parameter and everywhere else.
  ///   - learningRate: The size of this step.
  ///   - iteration: Which step this is, counted from 1.
  func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int)
}

extension OptimizerRule {
  public func start(of slot: String) -> Float { 0 }

  /// Goes through the numbers of a parameter on all threads; each is moved by itself, so the division into pieces
  /// changes nothing.
  func forEachPart(of count: Int, _ body: (Range<Int>) -> Void) {
    ThreadTeam.forEach(count: count, grain: 1 << 15, body)
  }

  /// Checks that an option lies in its range.
  func require(_ option: String, _ value: Double, _ isValid: Bool, _ range: String) throws {
    guard isValid else {
      throw OptimizerError(
        .invalidOption, in: Self.name.rawValue, expected: "\(option) \(range)", received: "\(value)",
        remedy: "Correct the option.")
    }
  }

  func requireCommonOptions() throws {
    try require("learning_rate", learningRate, learningRate >= 0 && learningRate.isFinite, "≥ 0")
    let decay = weightDecay ?? 0
    try require("weight_decay", decay, decay >= 0 && decay.isFinite, "≥ 0")
  }
}

/// The optimizers as files and options name them: Keras' class names.
public enum OptimizerName: String, CaseIterable, Codable, Sendable {
  case sgd = "SGD"
  case adam = "Adam"
  case adamW = "AdamW"
  case rmsProp = "RMSprop"
  case adadelta = "Adadelta"
  case adagrad = "Adagrad"
  case adamax = "Adamax"
  case nadam = "Nadam"
  case lion = "Lion"
  case lamb = "Lamb"
  case ftrl = "Ftrl"

  var rule: any OptimizerRule.Type {
    switch self {
    case .sgd: SGD.self
    case .adam: Adam.self
    case .adamW: AdamW.self
    case .rmsProp: RMSprop.self
    case .adadelta: Adadelta.self
    case .adagrad: Adagrad.self
    case .adamax: Adamax.self
    case .nadam: Nadam.self
    case .lion: Lion.self
    case .lamb: Lamb.self
    case .ftrl: Ftrl.self
    }
  }
}
