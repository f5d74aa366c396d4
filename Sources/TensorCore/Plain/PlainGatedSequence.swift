/// An LSTM or ConvLSTM over a sequence as the equations say, one step after another, generic over `Float` and
/// `Double`. Every elementwise activation is served.
///
/// Each step's arrays are `[batch, positions…, channels]`; gates are in the order i, f, c, o.
package struct PlainGatedSequence<S: PlainScalar> {
  /// The linear map of an input or a state to the pre-activations, and its transposes.
  package struct Map {
    let apply: ([S]) -> [S]
    let inputGradient: ([S]) -> [S]
    let kernelGradient: (_ input: [S], _ outputGradient: [S]) -> [S]
  }

  /// What the forward pass went through: each step's input and pre-activations, and the states before and after.
  package struct Trace: Sendable {
    package internal(set) var inputs: [[S]]
    package internal(set) var preactivations: [[S]] = []
    /// One more than there are steps: the first is the initial state.
    package internal(set) var hidden: [[S]]
    package internal(set) var cells: [[S]]
  }

  /// Cotangents of everything that went in.
  package struct Gradients {
    package internal(set) var inputs: [[S]]
    package internal(set) var kernel: [S]
    package internal(set) var recurrentKernel: [S]
    package internal(set) var bias: [S]
    package internal(set) var hidden: [S]
    package internal(set) var cell: [S]
  }

  let inputMap: Map
  let recurrentMap: Map
  let units: Int
  let activation: Activation
  let recurrentActivation: Activation

  /// i, f, o = recurrentActivation(z), g = activation(z), c = f c₋ + i g, h = o activation(c),
  /// with z = W x + U h₋ + b. In bfloat16, h is rounded; c is not.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func forward(_ inputs: [[S]], bias: [S]?, hidden: [S], cell: [S]) -> Trace {
    var trace = Trace(inputs: inputs, hidden: [hidden], cells: [cell])
    for input in inputs {
      var z = inputMap.apply(input)
      let recurrent = recurrentMap.apply(trace.hidden.last!)
      for j in z.indices { z[j] += recurrent[j] + (bias?[j % (4 * units)] ?? 0) }
      var c = trace.cells.last!
      var h = c
      for j in c.indices {
        let at = j / units * 4 * units + j % units
        let i = recurrentActivation.value(z[at])
        let f = recurrentActivation.value(z[at + units])
        let g = activation.value(z[at + 2 * units])
        let o = recurrentActivation.value(z[at + 3 * units])
        c[j] = f * c[j] + i * g
        h[j] = o * activation.value(c[j])
      }
      trace.preactivations.append(z)
      trace.cells.append(c)
      trace.hidden.append(Precision.operand(h))
    }
    return trace
  }

  /// The cotangents of all inputs from those of each step's hidden state and of the last state.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func gradient(_ trace: Trace, sequence: [[S]]?, hidden: [S]?, cell: [S]?) -> Gradients {
    let zeros = [S](repeating: 0, count: trace.cells[0].count)
    var dh = hidden ?? zeros
    var dc = cell ?? zeros
    var result = Gradients(
      inputs: trace.inputs, kernel: [], recurrentKernel: [],
      bias: [S](repeating: 0, count: 4 * units), hidden: [], cell: [])
    for step in trace.inputs.indices.reversed() {
      if let sequence { for j in dh.indices { dh[j] += sequence[step][j] } }
      let dz = gateGradient(trace, step, dh, &dc)
      for (j, value) in dz.enumerated() { result.bias[j % (4 * units)] += value }
      result.inputs[step] = inputMap.inputGradient(dz)
      Self.add(inputMap.kernelGradient(trace.inputs[step], dz), to: &result.kernel)
      Self.add(recurrentMap.kernelGradient(trace.hidden[step], dz), to: &result.recurrentKernel)
      dh = recurrentMap.inputGradient(dz)
    }
    result.hidden = dh
    result.cell = dc
    return result
  }

  /// One step's ∂/∂z from ∂/∂h and ∂/∂c; the latter becomes ∂/∂c₋. In bfloat16 gates and cells are those that 16
  /// bits would have kept, and ∂/∂z is rounded, as an operand of products.
  private func gateGradient(_ trace: Trace, _ step: Int, _ dh: [S], _ dc: inout [S]) -> [S] {
    let z = trace.preactivations[step]
    let c = Precision.operand(trace.cells[step + 1])
    let previous = step > 0 ? Precision.operand(trace.cells[step]) : trace.cells[step]
    let isNarrow = Precision.use == .bfloat16
    func kept(_ x: S) -> S { isNarrow ? S(Precision.rounded(Float(x))) : x }
    var dz = z
    for j in c.indices {
      let at = j / units * 4 * units + j % units
      let i = kept(recurrentActivation.value(z[at]))
      let f = kept(recurrentActivation.value(z[at + units]))
      let g = kept(activation.value(z[at + 2 * units]))
      let o = kept(recurrentActivation.value(z[at + 3 * units]))
      let a = activation.value(c[j])
      let d = dc[j] + dh[j] * o * activation.derivative(at: c[j], value: a)
      dz[at] = d * g * recurrentActivation.derivative(at: z[at], value: i)
      dz[at + units] = d * previous[j] * recurrentActivation.derivative(at: z[at + units], value: f)
      dz[at + 2 * units] = d * i * activation.derivative(at: z[at + 2 * units], value: g)
      dz[at + 3 * units] = dh[j] * a * recurrentActivation.derivative(at: z[at + 3 * units], value: o)
      dc[j] = d * f
    }
    return Precision.operand(dz)
  }

  private static func add(_ values: [S], to sums: inout [S]) {
    if sums.isEmpty {
      sums = values
    } else {
      for j in sums.indices { sums[j] += values[j] }
    }
  }
}

extension PlainGatedSequence {
  /// The steps of `[batch, time, count]`, each `[batch, count]`, in the order the loop takes them.
  static func steps(_ values: [S], batch: Int, time: Int, goBackwards: Bool) -> [[S]] {
    let count = values.count / (batch * time)
    return (0..<time).map { step -> [S] in
      let t = goBackwards ? time - 1 - step : step
      var result: [S] = []
      for b in 0..<batch {
        let start = (b * time + t) * count
        result += values[start..<(start + count)]
      }
      return result
    }
  }

  /// The reverse of `steps`.
  static func joined(_ steps: [[S]], batch: Int, goBackwards: Bool) -> [S] {
    let ordered = goBackwards ? steps.reversed() : steps
    let count = (steps.first?.count ?? 0) / batch
    var result: [S] = []
    for b in 0..<batch {
      for step in ordered { result += step[(b * count)..<((b + 1) * count)] }
    }
    return result
  }
}
