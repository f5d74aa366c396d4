import Foundation
import Layers
import TensorCore
import Training

extension KerasModel {
  /// The optimizer that the model was compiled with, as it stood when the file was saved, so that training goes on
  /// from there; `nil` if the file says nothing of one.
  ///
  /// - Throws: `UnsupportedModelError` for an optimizer or an option that Squall does not have, `OptimizerError` or
  ///   `InterchangeError` where its variables are not those of this model.
  public func optimizer() throws -> Optimizer? {
    guard let record = compilation?["optimizer"], let className = record["class_name"]?.string else {
      return nil
    }
    func unsupported(_ option: String?, _ reason: String) -> UnsupportedModelError {
      UnsupportedModelError(
        place: "optimizer",
        problems: [.init(layer: "optimizer", className: className, option: option, reason: reason)])
    }
    var config = record["config"]?.object ?? [:]
    for (option, neutral) in Self.unused where config[option].map({ $0 != neutral && !$0.isNull }) ?? false {
      throw unsupported(option, "\(config[option]!) has no counterpart")
    }
    if config["learning_rate"]?.object != nil {
      throw unsupported("learning_rate", "a schedule has no counterpart yet: give a learning rate")
    }
    if optimizerVariables.count > 1, optimizerVariables[1].count == 1 {
      config["learning_rate"] = .number(Double(optimizerVariables[1].scalar))
    }
    var optimizer: Optimizer
    do {
      optimizer = try JSONValue.object(["class_name": .string(className), "config": .object(config)])
        .decoded(Optimizer.self)
    } catch let error as DecodingError { throw unsupported(nil, "\(error)") }
    guard optimizerVariables.count > 0 else { return optimizer }
    let iteration = Int(optimizerVariables[0].scalar)
    try optimizer.restore(iteration: iteration, state: state(of: optimizer, className), for: graph)
    return optimizer
  }

  /// The loss that the model was compiled with, by Keras' name; `nil` if there is none or several.
  public func loss() throws -> Loss? {
    guard let value = compilation?["loss"] else { return nil }
    if let name = value.string { return try Loss(named: name) }
    guard value["class_name"] != nil else { return nil }
    return try value.decoded(Loss.self)
  }

  /// Options that change training in ways that are not taken over, and what they are when unused.
  private static let unused: [(String, JSONValue)] = [
    ("use_ema", false), ("gradient_accumulation_steps", nil), ("loss_scale_factor", nil),
  ]

  /// Keras adds variables slot by slot, or two slots in turn for each weight.
  private func state(of optimizer: Optimizer, _ className: String) throws -> [String: Tensor] {
    let slots = optimizer.rule.slots
    let blocks: [[String]] =
      switch className {
      case "Adam", "AdamW": [["m", "v"], ["largest_v"]]
      case "Adamax": [["momentum", "norm"]]
      case "Nadam": [["momentum", "velocity"]]
      case "Adagrad": [["accumulator"]]
      case "Adadelta": [["accumulated_grad", "accumulated_delta_var"]]
      case "RMSprop": [["v"], ["momentum"], ["mean"]]
      default: [["momentum"]]
      }
    let wanted = blocks.map { $0.filter(slots.contains) }.filter { !$0.isEmpty }
    let names = trainableNames
    let values = optimizerVariables.dropFirst(2)
    // Compiled but never trained: nothing is remembered yet.
    if values.isEmpty { return [:] }
    let keys = wanted.flatMap { block in names.flatMap { name in block.map { "\($0)/\(name)" } } }
    guard keys.count == values.count else {
      throw InterchangeError(
        .weightMismatch, in: "optimizer", expected: "\(keys.count) variables beside the number of steps",
        received: "\(values.count)", remedy: "Go on with a new optimizer.")
    }
    return Dictionary(uniqueKeysWithValues: zip(keys, values))
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
