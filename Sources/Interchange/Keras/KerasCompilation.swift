import Autodiff
import Layers
import TensorCore
import Training

/// How a model is trained: what `compile` was told, and where the optimizer stands.
public struct Compilation: Sendable {
  public var optimizer: Optimizer
  public var schedule: LearningRateSchedule
  /// `nil` where a file says nothing of a loss, or of one for each of several outputs.
  public var loss: Loss?

  public init(optimizer: Optimizer, schedule: LearningRateSchedule = .constant, loss: Loss?) {
    self.optimizer = optimizer
    self.schedule = schedule
    self.loss = loss
  }
}

/// A training in Keras' words.
enum KerasCompilation {
  /// What `compile_config` says.
  static func record(_ training: Compilation) throws -> JSONValue {
    let optimizer = try JSONValue(encoding: training.optimizer)
    let className = optimizer["class_name"]?.string ?? ""
    var config = optimizer["config"]?.object ?? [:]
    config["name"] = .string(className.lowercased())
    if let schedule = try schedule(training) { config["learning_rate"] = schedule }
    return [
      "optimizer": [
        "module": "keras.optimizers", "class_name": .string(className), "config": .object(config),
        "registered_name": nil,
      ],
      "loss": try training.loss.map(loss) ?? nil, "loss_weights": nil, "metrics": nil,
      "weighted_metrics": nil, "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
    ]
  }

  /// `nil` for losses of Squall's own.
  private static func loss(_ loss: Loss) throws -> JSONValue {
    switch loss {
    case .balancedRain, .spectral, .sum: return nil
    default: break
    }
    let record = try JSONValue(encoding: loss)
    var config = record["config"]?.object ?? [:]
    config["name"] = .string(loss.name?.aliases.first ?? loss.typeName)
    return [
      "module": "keras.losses", "class_name": .string(loss.typeName), "config": .object(config),
      "registered_name": nil,
    ]
  }

  private static func schedule(_ training: Compilation) throws -> JSONValue? {
    let record = try JSONValue(encoding: training.schedule)
    guard let className = record["class_name"]?.string, var config = record["config"]?.object else {
      return nil
    }
    let rate = training.optimizer.rule.learningRate
    config = config.filter { !$0.value.isNull }
    switch training.schedule {
    case .constant, .reduceOnPlateau: return nil
    case .piecewise: break
    case .cosine(_, let warmupSteps, _) where warmupSteps > 0:
      config["initial_learning_rate"] = 0
      config["warmup_target"] = .number(rate)
    default: config["initial_learning_rate"] = .number(rate)
    }
    return [
      "module": "keras.optimizers.schedules", "class_name": .string(className), "config": .object(config),
      "registered_name": nil,
    ]
  }

  /// The optimizer's variables in Keras' order, behind the number of steps.
  static func variables(
    _ training: Compilation, trainable: [(name: String, shape: Shape)]
  ) throws -> [Tensor] {
    let optimizer = training.optimizer
    let state = Dictionary(optimizer.state.map { ($0.name, $0.tensor) }) { first, _ in first }
    let followsSchedule = try schedule(training) != nil
    let rate = followsSchedule ? [] : [Tensor(Float(optimizer.rule.learningRate))]
    let product = (optimizer.rule as? Nadam).map {
      Tensor(Float($0.momentumProduct(steps: optimizer.iteration)))
    }
    return rate
      + blocks(of: optimizer).flatMap { block in
        trainable.flatMap { parameter in
          block.map { slot in
            state["\(slot)/\(parameter.name)"]
              ?? Tensor(shape: parameter.shape) {
                $0.initialize(repeating: optimizer.rule.start(of: slot))
              }
          }
        }
      } + (product.map { [$0] } ?? [])
  }

  /// Keras adds variables slot by slot, or two slots in turn for each weight.
  static func blocks(of optimizer: Optimizer) -> [[String]] {
    let slots = optimizer.rule.slots
    let wanted: [[String]] =
      switch type(of: optimizer.rule).name {
      case .adam, .adamW: [["m", "v"], ["largest_v"]]
      case .rmsProp: [["v"], ["momentum"], ["mean"]]
      default: [slots]
      }
    return wanted.map { $0.filter(slots.contains) }.filter { !$0.isEmpty }
  }
}
