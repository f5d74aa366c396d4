import Autodiff
import Foundation
import Layers
import SafeTensors
import TensorCore

/// The convolutional LSTM as it is usually written in PyTorch: one convolution of input and hidden state together,
/// `conv.weight` `[4·filters, channels + filters, kernel, kernel]` and `conv.bias`, gates in the order i, f, o, g.
///
///     PyTorch   conv.weight[gate·F…, :C]      →  kernel[:, :, :, gate'·F…]            C input channels
///               conv.weight[gate·F…, C:]      →  recurrent_kernel[:, :, :, gate'·F…]  F filters
///               conv.bias[gate·F…]            →  bias[gate'·F…]
///               i, f, o, g                    →  i, f, c, o      (g is the candidate c)
///
/// The axes turn from `[output, input, height, width]` to `[height, width, input, output]`. Layers follow each other
/// as `cell_list.0.conv.weight`, `cell_list.1.conv.weight`, … (or any other prefix with a number); padding is half
/// the kernel, which is Keras' `same` for odd kernels.
public enum PyTorchConvLSTM {
  /// A stack of `ConvLSTM2D` that returns sequences, from a state dictionary.
  ///
  /// - Parameters:
  ///   - file: the state dictionary in a safetensors file.
  ///   - returnSequences: whether the last layer returns all steps.
  /// - Throws: `UnsupportedModelError` for tensors that are not such cells', `InterchangeError` for shapes that
  ///   contradict each other.
  public static func model(
    from file: SafeTensorsFile, place: String, returnSequences: Bool = true
  ) throws -> ModelGraph {
    let cells = try cells(in: file, place: place)
    let builder = GraphBuilder(name: "pytorch_conv_lstm", initialization: .zeros)
    let channels = cells[0].kernel.shape[-2]
    var value = try builder.input([nil, nil, nil, nil, channels], name: "frames")
    for (index, cell) in cells.enumerated() {
      let layer = ConvLSTM2D(
        filters: cell.filters, kernelSize: Extent(Array(cell.kernel.shape.dimensions.prefix(2))),
        padding: .same,
        useBias: cell.bias != nil, unitForgetBias: false,
        returnSequences: returnSequences || index + 1 < cells.count)
      value = try layer(value, name: "conv_lstm_\(index)")
    }
    var graph = try builder.model(outputs: [value])
    for (index, cell) in cells.enumerated() {
      guard var layer = graph[layer: "conv_lstm_\(index)"] as? ConvLSTM2D else { continue }
      layer.cell.kernel.value = cell.kernel
      layer.cell.recurrentKernel.value = cell.recurrentKernel
      if let bias = cell.bias { layer.cell.bias.value = bias }
      graph[layer: "conv_lstm_\(index)"] = layer
    }
    return graph
  }

  /// Whether a file looks like such a state dictionary.
  public static func recognises(_ file: SafeTensorsFile) -> Bool {
    file.entries.contains { $0.name.hasSuffix("conv.weight") && $0.shape.count == 4 }
  }

  /// The state dictionary of a stack of `ConvLSTM2D` layers, `prefix0.conv.weight` and so on.
  ///
  /// - Throws: `UnsupportedModelError` where a layer has an option that the usual cell does not have.
  public static func file(of graph: ModelGraph, prefix: String = "cell_list.") throws -> SafeTensorsFile {
    var file = try SafeTensorsFile(metadata: ["format": "pt"])
    var problems: [UnsupportedModelError.Problem] = []
    for (index, entry) in graph.layers.enumerated() {
      guard let layer = entry.layer as? ConvLSTM2D, strangeness(layer) == nil else {
        let reason = (entry.layer as? ConvLSTM2D).flatMap(strangeness) ?? "is no ConvLSTM2D"
        problems.append(
          .init(layer: entry.name, className: type(of: entry.layer).typeName, reason: reason))
        continue
      }
      let both = Tensor.joined(layer.cell.kernel.value, layer.cell.recurrentKernel.value)
      let weight = reordered(Movement.transposed(both, [3, 2, 0, 1]), axis: 0)
      try file.append(
        SafeTensorsEntry(
          "\(prefix)\(index).conv.weight", shape: weight.shape.dimensions, floats: weight.values))
      guard layer.cell.useBias else { continue }
      let bias = reordered(layer.cell.bias.value, axis: 0)
      try file.append(
        SafeTensorsEntry("\(prefix)\(index).conv.bias", shape: bias.shape.dimensions, floats: bias.values))
    }
    guard problems.isEmpty else { throw UnsupportedModelError(place: graph.name, problems: problems) }
    return file
  }

  private static func strangeness(_ layer: ConvLSTM2D) -> String? {
    let cell = layer.cell
    let kernel = cell.kernelSize.values(rank: 2)
    if cell.activation != .tanh || cell.recurrentActivation != .sigmoid { return "has other activations" }
    if cell.padding != .same || kernel.contains(where: { $0 % 2 == 0 }) {
      return "needs padding same and odd kernels"
    }
    if cell.strides.lengths.contains(where: { $0 != 1 })
      || cell.dilationRate.lengths.contains(where: { $0 != 1 })
    {
      return "needs strides and dilation of 1"
    }
    return nil
  }

  // MARK: Cells

  private struct Cell {
    var filters: Int
    var kernel: Tensor
    var recurrentKernel: Tensor
    var bias: Tensor?
  }

  private static func cells(in file: SafeTensorsFile, place: String) throws -> [Cell] {
    var problems: [UnsupportedModelError.Problem] = []
    var numbered: [(number: Int, prefix: String)] = []
    for entry in file.entries {
      guard let prefix = prefix(of: entry.name),
        entry.name != prefix + "conv.bias" || file[prefix + "conv.weight"] != nil
      else {
        problems.append(
          .init(
            layer: entry.name, className: "\(entry.shape)", reason: "is no conv.weight or conv.bias of a cell"
          ))
        continue
      }
      if entry.name == prefix + "conv.weight" { numbered.append((number(of: prefix), prefix)) }
    }
    guard problems.isEmpty else { throw UnsupportedModelError(place: place, problems: problems) }
    guard !numbered.isEmpty, Set(numbered.map(\.number)).count == numbered.count else {
      throw mismatch(place, "cells with a number of their own each", "\(numbered.map(\.prefix))")
    }
    return try numbered.sorted { $0.number < $1.number }.map { try cell($0.prefix, in: file, place: place) }
  }

  private static func prefix(of name: String) -> String? {
    for ending in ["conv.weight", "conv.bias"] where name.hasSuffix(ending) {
      let prefix = String(name.dropLast(ending.count))
      if prefix.isEmpty || prefix.hasSuffix(".") { return prefix }
    }
    return nil
  }

  /// The last number in a prefix such as `cell_list.1.`; 0 without one.
  private static func number(of prefix: String) -> Int {
    prefix.split { !$0.isNumber }.last.flatMap { Int($0) } ?? 0
  }

  private static func cell(_ prefix: String, in file: SafeTensorsFile, place: String) throws -> Cell {
    let entry = try file.entry(prefix + "conv.weight")
    guard entry.shape.count == 4, entry.shape[0] > 0, entry.shape[0] % 4 == 0,
      entry.shape[1] > entry.shape[0] / 4,
      entry.shape[2] % 2 == 1, entry.shape[3] % 2 == 1
    else {
      throw mismatch(
        "\(place), \(entry.name)", "[4 · filters, channels + filters, odd, odd]", "\(entry.shape)")
    }
    let filters = entry.shape[0] / 4
    let weight = Tensor(try entry.floats(), shape: Shape(entry.shape))
    let both = Movement.transposed(reordered(weight, axis: 0), [2, 3, 1, 0])
    let channels = both.shape[2] - filters
    let bias = try file[prefix + "conv.bias"].map { entry in
      guard entry.shape == [4 * filters] else {
        throw mismatch("\(place), \(entry.name)", "[\(4 * filters)]", "\(entry.shape)")
      }
      return reordered(Tensor(try entry.floats(), shape: [4 * filters]), axis: 0)
    }
    return Cell(
      filters: filters, kernel: Movement.slice(both, axis: 2, 0..<channels),
      recurrentKernel: Movement.slice(both, axis: 2, channels..<channels + filters), bias: bias)
  }

  /// Third and fourth of the four gates along an axis change places: i, f, o, g ↔ i, f, c, o.
  private static func reordered(_ value: Tensor, axis: Int) -> Tensor {
    let length = value.shape[axis] / 4
    let parts = [0, 1, 3, 2].map { Movement.slice(value, axis: axis, $0 * length..<($0 + 1) * length) }
    return Movement.concatenated(parts, axis: axis)
  }

  private static func mismatch(_ place: String, _ expected: String, _ received: String) -> InterchangeError {
    InterchangeError(
      .weightMismatch, in: place, expected: expected, received: received,
      remedy: "Only the usual cell with one convolution of input and state is read.")
  }
}

extension Tensor {
  /// Kernels of input and state side by side, inputs first.
  fileprivate static func joined(_ kernel: Tensor, _ recurrentKernel: Tensor) -> Tensor {
    Movement.concatenated([kernel, recurrentKernel], axis: 2)
  }
}
