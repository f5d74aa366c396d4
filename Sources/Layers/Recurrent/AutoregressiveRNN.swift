import Autodiff
import TensorCore

/// A recurrence that reads a sequence and then goes on by itself: every next value is made of its output and is read in
/// the next step.
///
/// Inputs: the sequence `[batch, time, …, channels]`, and perhaps guidance, `[batch, count, …, n]`, which is known of
/// each value to come. Outputs: the values to come, `[batch, count, …, outputChannels]`, and the cell's output after
/// the last value that was observed. A value is the product of the cell's output, with the guidance beside it, and a
/// kernel `[filters + n, outputChannels]`.
///
/// The first `outputChannels` of what is read are what is made; the others stay as they were observed last. With
/// `addsBackground` a value is the difference to a background, the first channels of the guidance or of the last
/// observed value: the sum is then what is read next.
public struct AutoregressiveRNN: Layer {
  public static let typeName = "AutoregressiveRNN"

  public var cell: AnyRecurrentCell
  /// How many values are made.
  public var count: Int
  public var outputChannels: Int
  public var addsBackground: Bool

  public var head = Parameter.unbuilt

  public init(_ cell: some RecurrentCell, count: Int, outputChannels: Int, addsBackground: Bool = false) {
    self.cell = AnyRecurrentCell(cell)
    self.count = count
    self.outputChannels = outputChannels
    self.addsBackground = addsBackground
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try cell.visitParameters(under: "cell", visit)
    try visit("head", &head)
  }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    let step = try oneStep(inputs)
    let output = try cell.outputShape(for: step)
    guard output.rank == step.rank, output.dimensions.dropLast() == step.dimensions.dropLast() else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "a cell that keeps the size of what it reads",
        received: "\(output) from \(step)", remedy: "Give the cell strides of 1 and padding `same`.")
    }
    var made = inputs[0]
    made[1] = count
    made[-1] = outputChannels
    return [made, output]
  }

  /// Checks the inputs; the shape of one value that is read.
  private func oneStep(_ inputs: [SymbolicShape]) throws -> SymbolicShape {
    guard inputs.count == 1 || inputs.count == 2 else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName, expected: "a sequence, alone or with guidance",
        received: "\(inputs.count) inputs", remedy: "Put all guidance side by side.")
    }
    try requirePositive("count", [count])
    try requirePositive("output channels", [outputChannels])
    try requireRank(
      cell.inputAxes.count + 2, inputs[0],
      axes: "[batch, time, " + cell.inputAxes.joined(separator: ", ") + "]")
    let channels = try requireChannels(inputs[0])
    guard channels >= outputChannels else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "at least \(outputChannels) channels, which are made",
        received: "\(channels) in \(inputs[0])", remedy: "Feed what is to be made as the first channels.")
    }
    if inputs.count == 2 {
      let guidance = inputs[1]
      var fitting = inputs[0]
      fitting[1] = count
      let fits =
        guidance.rank == fitting.rank
        && zip(guidance.dimensions, fitting.dimensions).dropLast().allSatisfy {
          $0 == nil || $1 == nil || $0 == $1
        }
      let least = addsBackground ? outputChannels : 1
      guard fits, guidance[-1].map({ $0 >= least }) ?? false else {
        throw ShapeError(
          .wrongLength, in: Self.typeName,
          expected: "guidance like \(fitting) with at least \(least) channels", received: "\(guidance)",
          remedy: "Give guidance for each of the \(count) values to come.")
      }
    }
    var step = inputs[0]
    step.dimensions.remove(at: 1)
    return step
  }

  public func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification] {
    let step = try oneStep(inputs)
    return try cell.parameterSpecifications(for: step).map {
      ParameterSpecification("cell/\($0.name)", $0.shape, $0.initializer, isTrainable: $0.isTrainable)
    } + [ParameterSpecification("head", [try seen(inputs), outputChannels], .glorotUniform)]
  }

  /// How many channels the head sees.
  private func seen(_ inputs: [SymbolicShape]) throws -> Int {
    let output = try cell.outputShape(for: oneStep(inputs))
    return (output[-1] ?? 0) + (inputs.count == 2 ? inputs[1][-1] ?? 0 : 0)
  }

  public func operations(for inputs: [SymbolicShape]) throws -> Int? {
    let step = try oneStep(inputs)
    guard let time = inputs[0][1], let each = try cell.operations(for: step),
      let channels = step[-1], let pixels = step.sample.map({ $0.count / channels })
    else { return nil }
    return (time + count - 1) * each + 2 * count * pixels * (try seen(inputs)) * outputChannels
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    try requireBuilt(head)
    let traversal = Traversal(lastOutputOnly: true)
    let observed = inputs[0]
    let last = observed.entry(observed.shape[1] - 1, axis: 1)
    let channels = observed.shape[-1]
    let held = channels > outputChannels ? last.slice(axis: -1, outputChannels..<channels) : nil
    let guidance = inputs.count == 2 ? inputs[1].unstacked(axis: 1) : nil
    var state = try cell.sequence(observed, from: nil, traversal, context: &context).last
    let read = state.output
    var made: [Tensor] = []
    for number in 0..<count {
      let value = product(of: state.output, guidance?[number])
      made.append(value)
      guard number + 1 < count else { break }
      var next = value
      if addsBackground { next = next + (guidance?[number] ?? last).slice(axis: -1, 0..<outputChannels) }
      if let held { next = .concatenated([next, held], axis: -1) }
      // A sequence of one step takes the cell's fastest way.
      state = try cell.sequence(next.withTime, from: state, traversal, context: &context).last
    }
    return [.stacked(made, axis: 1), read]
  }

  private func product(of output: Tensor, _ guidance: Tensor?) -> Tensor {
    let seen = guidance.map { Tensor.concatenated([output, $0], axis: -1) } ?? output
    let columns = seen.shape[-1]
    return seen.reshaped(to: [seen.count / columns, columns]).matrixProduct(with: head.value)
      .reshaped(to: Shape(seen.shape.dimensions.dropLast() + [outputChannels]))
  }
}

extension AutoregressiveRNN {
  private enum CodingKeys: String, CodingKey {
    case cell, count
    case outputChannels = "output_channels"
    case addsBackground = "adds_background"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    cell = AnyRecurrentCell(try options.decode(RecurrentCellRecord.self, forKey: .cell).cell)
    count = try options.decode(Int.self, forKey: .count)
    outputChannels = try options.decode(Int.self, forKey: .outputChannels)
    addsBackground = try options.value(.addsBackground, default: false)
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(RecurrentCellRecord(cell.base), forKey: .cell)
    try options.encode(count, forKey: .count)
    try options.encode(outputChannels, forKey: .outputChannels)
    try options.encode(addsBackground, forKey: .addsBackground)
  }
}
