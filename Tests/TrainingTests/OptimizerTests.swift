import Autodiff
import Foundation
import TensorCore
import TestSupport
import Testing
import Training

@Suite struct OptimizerTests {
  static let rules: [any OptimizerRule] = [
    SGD(learningRate: 0.1), SGD(learningRate: 0.1, momentum: 0.9, nesterov: true), Adam(),
    Adam(amsgrad: true),
    AdamW(weightDecay: 0.1), RMSprop(), RMSprop(momentum: 0.5, centered: true), Adamax(),
    Nadam(), Adagrad(), Adadelta(), Lion(weightDecay: 0.1),
  ]

  static func gradients(_ step: Int) -> Gradients {
    var random = RandomStream(seed: 9).substream(step)
    var gradients = Gradients()
    gradients["a"] = random.normal(shape: [3, 2])
    gradients["b"] = random.normal(shape: [5])
    return gradients
  }

  static var model: Weights { Weights([("a", .ones([3, 2])), ("b", .ones([5]))]) }

  /// The state, saved and restored in the middle, leads to the same bits.
  @Test(arguments: rules.indices)
  func continuesFromItsState(_ index: Int) throws {
    let start = try Optimizer(Self.rules[index], clipping: .norm(1.5))
    var (model, optimizer) = (Self.model, start)
    for step in 0..<3 { try optimizer.update(&model, along: Self.gradients(step)) }
    var restored = try JSONDecoder().decode(Optimizer.self, from: JSONEncoder().encode(optimizer))
    #expect(restored.iteration == 3)
    try restored.restore(
      iteration: restored.iteration, state: Dictionary(uniqueKeysWithValues: optimizer.state), for: model)
    var copy = model
    for step in 3..<6 {
      try optimizer.update(&model, along: Self.gradients(step))
      try restored.update(&copy, along: Self.gradients(step))
    }
    #expect(model["a"] == copy["a"] && model["b"] == copy["b"])
  }

  @Test func foreignStateIsRefused() throws {
    var optimizer = try Optimizer(Adam())
    var model = Self.model
    try optimizer.update(&model, along: Self.gradients(0))
    let state = Dictionary(uniqueKeysWithValues: optimizer.state)
    #expect(state.keys.sorted() == ["m/a", "m/b", "v/a", "v/b"])
    for change in [
      ("m/a", nil), ("m/a", Tensor.zeros([2, 3])), ("m/c", .zeros([1])), ("w/a", .zeros([3, 2])),
    ] as [(String, Tensor?)] {
      var damaged = state
      damaged[change.0] = change.1
      let error = #expect(throws: OptimizerError.self) {
        try optimizer.restore(iteration: 1, state: damaged, for: model)
      }
      #expect(error?.kind == .stateMismatch)
    }
    #expect(throws: OptimizerError.self) { try optimizer.restore(iteration: -1, state: state, for: model) }
  }

  @Test func foreignGradientsChangeNothing() throws {
    var optimizer = try Optimizer(Adam())
    var model = Self.model
    var gradients = Self.gradients(0)
    gradients["b"] = .ones([4])
    #expect(throws: OptimizerError.self) { try optimizer.update(&model, along: gradients) }
    #expect(model["a"] == .ones([3, 2]) && optimizer.iteration == 0)
  }

  @Test func frozenAndUnusedParametersStay() throws {
    var optimizer = try Optimizer(AdamW(weightDecay: 0.5))
    var model = Self.model
    model.values[0].isTrainable = false
    var gradients = Gradients()
    gradients["a"] = .ones([3, 2])
    try optimizer.update(&model, along: gradients)
    #expect(model["a"] == .ones([3, 2]) && model["b"] == .ones([5]))
  }

  @Test func clippingByValueLimitsEachNumber() throws {
    var optimizer = try Optimizer(SGD(learningRate: 1), clipping: .value(0.25))
    var model = Weights([("a", .zeros([3]))])
    var gradients = Gradients()
    gradients["a"] = Tensor([-2, 0.125, 0.5], shape: [3])
    try optimizer.update(&model, along: gradients)
    #expect(model["a"].values == [0.25, -0.125, -0.25])
  }

  @Test func clippingByNormShortensOnlyWhatIsLonger() throws {
    for (bound, expected) in [(2.5, Float(-1.5)), (10, -3)] {
      var optimizer = try Optimizer(SGD(learningRate: 1), clipping: .norm(bound))
      var model = Weights([("a", .zeros([2]))])
      var gradients = Gradients()
      gradients["a"] = Tensor([3, 4], shape: [2])
      try optimizer.update(&model, along: gradients)
      #expect(abs(model["a"].values[0] - expected) < 1e-6)
    }
  }

  @Test func learningRateOfOneStep() throws {
    var optimizer = try Optimizer(SGD(learningRate: 1))
    var model = Weights([("a", .zeros([1]))])
    var gradients = Gradients()
    gradients["a"] = .ones([1])
    try optimizer.update(&model, along: gradients, learningRate: 0.5)
    #expect(model["a"].values == [-0.5])
  }

  /// Sixteen at a time gives the bits of one by one, whatever the length, clipping and NaN.
  @Test(arguments: [false, true], [1, 16, 37, 160]) func vectorsGiveTheSameBits(_ amsgrad: Bool, _ count: Int)
  {
    var random = RandomStream(seed: 6)
    var gradient = random.normal(shape: [count], deviation: 1e-3).values
    gradient[count / 2] = .nan
    gradient[count - 1] = 3
    let start = (0..<4).map { _ in random.uniform(shape: [count], from: 0, to: 1e-3).values }
    let step = AdamStep(rate: 1e-3, rest1: 0.1, rest2: 1e-3, epsilon: 1e-7)
    func run(plainly: Bool) -> [[UInt32]] {
      var (w, m, v, top) = (start[0], start[1], start[2], start[3])
      for _ in 0..<3 {
        gradient.withUnsafeBufferPointer { g in
          w.withUnsafeMutableBufferPointer { w in
            m.withUnsafeMutableBufferPointer { m in
              v.withUnsafeMutableBufferPointer { v in
                top.withUnsafeMutableBufferPointer { top in
                  let clipped = ClippedGradient(values: g.baseAddress!, scale: 0.75, limit: 1)
                  let largest = amsgrad ? top.baseAddress! : nil
                  let (w, m, v) = (w.baseAddress!, m.baseAddress!, v.baseAddress!)
                  if plainly {
                    step.updatePlainly(w, by: clipped, m, v, largest, 0..<count)
                  } else {
                    step.update(w, by: clipped, m, v, largest, 0..<count)
                  }
                }
              }
            }
          }
        }
      }
      return [w, m, v, top].map { $0.map(\.bitPattern) }
    }
    #expect(run(plainly: false) == run(plainly: true))
  }

  /// Parameters and state are changed where they lie.
  @Test func stepsTakeNoMemory() throws {
    var optimizer = try Optimizer(Adam(amsgrad: true), clipping: .globalNorm(1))
    var model = Weights([("a", .ones([300, 1000]))])
    var gradients = Gradients()
    gradients["a"] = .ones([300, 1000])
    func place() -> UnsafePointer<Float>? { model["a"].withUnsafeValues(\.baseAddress) }
    let before = place()
    for _ in 0..<3 { try optimizer.update(&model, along: gradients) }
    #expect(place() == before)
  }

  @Test func optionsOutsideTheirRangeAreErrors() throws {
    for rule in [
      SGD(learningRate: -1), SGD(momentum: 2), Adam(beta1: 1), Adam(beta2: -0.1), Adam(epsilon: -1),
      RMSprop(rho: 1.5), Adamax(beta2: 1), Nadam(epsilon: .infinity), Adagrad(epsilon: -1),
      Adadelta(rho: -1), Lion(beta1: 1), Adam(learningRate: .nan), SGD(weightDecay: -1),
    ] as [any OptimizerRule] {
      let error = #expect(throws: OptimizerError.self) { try Optimizer(rule) }
      #expect(error?.kind == .invalidOption)
    }
    #expect(throws: OptimizerError.self) { try Optimizer(Adam(), clipping: .norm(0)) }
  }

  @Test func unknownNamesListTheValidOnes() throws {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Optimizer.self, from: Data(#"{"class_name": "Muon", "config": {}}"#.utf8))
    }
    #expect(
      String(describing: error).contains("SGD, Adam, AdamW, RMSprop"))
  }

  @Test func optionsSurviveJSON() throws {
    for rule in Self.rules {
      for clipping in [Clipping.none, .value(0.1), .norm(0.2), .globalNorm(0.3)] {
        let optimizer = try Optimizer(rule, clipping: clipping)
        let copy = try JSONDecoder().decode(Optimizer.self, from: JSONEncoder().encode(optimizer))
        #expect(AnyHashable(copy.rule) == AnyHashable(rule) && copy.clipping == clipping)
      }
    }
  }
}
