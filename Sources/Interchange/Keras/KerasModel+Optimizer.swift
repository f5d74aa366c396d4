import Foundation
import Layers
import TensorCore
import Training

extension KerasModel {
  /// How the model was compiled and where its optimizer stood when the file was saved, so that training goes on
  /// from there; `nil` if the file says nothing of an optimizer.
  ///
  /// - Throws: `UnsupportedModelError` with every option of optimizer, schedule and loss that Squall does not have,
  ///   `OptimizerError` or `InterchangeError` where the variables are not those of this model.
  public func compiled() throws -> Compilation? {
    guard let record = optimizerRecord, let className = record["class_name"]?.string else { return nil }
    var config = (record["config"]?.object ?? [:]).filter { !Self.unimportant.contains($0.key) }
    var problems: [UnsupportedModelError.Problem] = []
    func report(_ option: String?, _ reason: String) {
      problems.append(.init(layer: "optimizer", className: className, option: option, reason: reason))
    }
    var schedule = LearningRateSchedule.constant
    let followsSchedule = config["learning_rate"]?.object != nil
    if followsSchedule {
      do { (schedule, config["learning_rate"]) = try self.schedule(config["learning_rate"] ?? nil) } catch {
        report("learning_rate", Self.reason(error))
        config["learning_rate"] = nil
      }
    } else if optimizerVariables.count > 1, optimizerVariables[1].count == 1 {
      config["learning_rate"] = .number(Double(optimizerVariables[1].scalar))
    }
    var optimizer: Optimizer?
    do {
      optimizer = try JSONValue.object(["class_name": .string(className), "config": .object(config)])
        .decoded(Optimizer.self)
      let kept = try JSONValue(encoding: optimizer)["config"] ?? [:]
      for (option, reason) in KerasOptions.lost(original: .object(config), kept: kept) {
        report(option, reason)
      }
    } catch { report(nil, Self.reason(error)) }
    var loss: Loss?
    do { loss = try self.loss() } catch let error as UnsupportedModelError {
      problems += error.problems
    }
    guard var optimizer, problems.isEmpty else {
      throw UnsupportedModelError(place: "compilation", problems: problems)
    }
    if let steps = optimizerVariables.first {
      let values = Array(optimizerVariables.dropFirst(followsSchedule ? 1 : 2))
      try optimizer.restore(
        iteration: Int(steps.scalar), state: state(of: optimizer, values), for: graph)
    }
    return Compilation(optimizer: optimizer, schedule: schedule, loss: loss)
  }

  /// The loss that the model was compiled with; `nil` if there is none or several.
  ///
  /// - Throws: `UnsupportedModelError` for a loss or an option that Squall does not have.
  public func loss() throws -> Loss? {
    guard var value = compilation?["loss"], !value.isNull else { return nil }
    if let list = value.array {
      guard list.count == 1 else { return nil }
      value = list[0]
    } else if let members = value.object, members["class_name"] == nil {
      guard members.count == 1, let only = members.values.first else { return nil }
      value = only
    }
    let className = value.string ?? value["class_name"]?.string ?? "nothing"
    func unsupported(_ option: String?, _ reason: String) -> UnsupportedModelError {
      UnsupportedModelError(
        place: "loss", problems: [.init(layer: "loss", className: className, option: option, reason: reason)])
    }
    do {
      if let name = value.string { return try Loss(named: name) }
      // A function by name: {"class_name": "function", "config": "mean_squared_error"}.
      if let name = value["config"]?.string { return try Loss(named: name) }
      let config = (value["config"]?.object ?? [:]).filter { Self.neutralInLosses[$0.key] != $0.value }
      let loss = try JSONValue.object(["class_name": .string(className), "config": .object(config)])
        .decoded(Loss.self)
      let kept = try JSONValue(encoding: loss)["config"] ?? [:]
      let lost = KerasOptions.lost(original: .object(config), kept: kept)
      guard lost.isEmpty else {
        throw UnsupportedModelError(
          place: "loss",
          problems: lost.map {
            .init(layer: "loss", className: className, option: $0.option, reason: $0.reason)
          })
      }
      return loss
    } catch let error as LossError { throw unsupported(nil, "\(error)") } catch let error as DecodingError {
      throw unsupported(nil, Self.reason(error))
    }
  }

  /// Where Keras 3 and Keras 2 keep the optimizer.
  private var optimizerRecord: JSONValue? { compilation?["optimizer"] ?? compilation?["optimizer_config"] }

  /// Options that do not change the steps.
  private static let unimportant: Set<String> = [
    "name", "ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer",
  ]

  /// Options of losses that say nothing with these values.
  private static let neutralInLosses: [String: JSONValue] = [
    "reduction": "sum_over_batch_size", "axis": -1, "label_smoothing": 0,
  ]

  /// A schedule and the rate that it begins with.
  private func schedule(_ record: JSONValue) throws -> (LearningRateSchedule, JSONValue) {
    var schedule = try record.decoded(LearningRateSchedule.self)
    let config = record["config"]
    var rate = config?["initial_learning_rate"]?.number
    if case .piecewise(_, let values) = schedule { rate = values.first }
    if case .cosine(let steps, let warmup, let share) = schedule {
      if let target = config?["warmup_target"]?.number, warmup > 0 {
        guard rate == 0 else {
          throw InterchangeError(
            .invalidOption, in: "CosineDecay", expected: "a warm-up that begins with 0",
            received: "\(rate ?? .nan)", remedy: "Start it with 0, or give a learning rate.")
        }
        rate = target
      } else {
        schedule = .cosine(decaySteps: steps, warmupSteps: 0, finalShare: share)
      }
    }
    return (schedule, .number(rate ?? 0.001))
  }

  private static func reason(_ error: any Error) -> String {
    if case DecodingError.dataCorrupted(let context) = error { return context.debugDescription }
    return "\(error)"
  }

  private func state(of optimizer: Optimizer, _ values: [Tensor]) throws -> [String: Tensor] {
    // Compiled but never trained: nothing is remembered yet.
    if values.isEmpty { return [:] }
    // Nadam also keeps the product of its momenta, which follows from the number of steps.
    let values = optimizer.rule is Nadam ? values.dropLast() : values[...]
    let names = trainableNames
    let keys = KerasCompilation.blocks(of: optimizer).flatMap { block in
      names.flatMap { name in block.map { "\($0)/\(name)" } }
    }
    guard keys.count == values.count else {
      throw InterchangeError(
        .weightMismatch, in: "optimizer", expected: "\(keys.count) variables beside the number of steps",
        received: "\(values.count)", remedy: "Go on with a new optimizer.")
    }
    return Dictionary(zip(keys, values)) { first, _ in first }
  }

  /// What is trained, in the order in which Keras lists it.
  private var trainableNames: [String] {
    plan.layers.sorted { $0.order.lexicographicallyPrecedes($1.order) }.flatMap { planned in
      (graph[layer: planned.name]?.parameters ?? []).filter(\.parameter.isTrainable).map {
        "\(planned.name)/\($0.name)"
      }
    }
  }
}
