import Autodiff
import Layers
import TensorCore
import TestSupport
import Testing

/// Layers of random legal options: oneDNN and the vector kernels against the plain Swift twins, outputs and the
/// gradients of everything before and inside the layer.
@Suite struct RandomConfigurationTests {
  /// A draw for a number, so that a failure can be seen again by its number alone.
  struct Draw {
    private var state: UInt64

    init(_ number: Int) { state = UInt64(number &+ 1) &* 0x9e37_79b9_7f4a_7c15 }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return range.lowerBound + Int(state % UInt64(range.count))
    }

    mutating func one<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }
    mutating func coin() -> Bool { number(0...1) == 1 }
    mutating func extent(_ rank: Int, _ range: ClosedRange<Int>) -> Extent {
      Extent((0..<rank).map { _ in number(range) })
    }

    mutating func activation() -> Activation {
      one([.linear, .tanh, .sigmoid, .softsign, .softplus, .silu, .elu])
    }
    mutating func padding() -> Padding { one([.valid, .same]) }
  }

  /// A layer and the lengths of the axes between batch and channels.
  static func layer(_ draw: inout Draw) -> (any Layer, space: [Int], channels: Int) {
    let channels = draw.number(1...5)
    func space(_ rank: Int, _ range: ClosedRange<Int> = 6...9) -> [Int] {
      (0..<rank).map { _ in draw.number(range) }
    }
    func convolution<Space: SpatialRank>(_: Space.Type) -> (any Layer, [Int]) {
      let strided = draw.coin()
      let layer = Conv<Space>(
        filters: draw.number(1...6), kernelSize: draw.extent(Space.rank, 1...3),
        strides: strided ? draw.extent(Space.rank, 1...2) : 1, padding: draw.padding(),
        dilationRate: strided ? 1 : draw.extent(Space.rank, 1...2), activation: draw.activation(),
        useBias: draw.coin())
      return (layer, space(Space.rank))
    }
    func transposed<Space: SpatialRank>(_: Space.Type) -> (any Layer, [Int]) {
      let layer = ConvTranspose<Space>(
        filters: draw.number(1...5), kernelSize: draw.extent(Space.rank, 2...3),
        strides: draw.extent(Space.rank, 1...2), padding: draw.padding(), activation: draw.activation(),
        useBias: draw.coin())
      return (layer, space(Space.rank, 3...5))
    }
    func pooling<Space: SpatialRank>(_: Space.Type) -> (any Layer, [Int]) {
      let (size, strides) = (draw.extent(Space.rank, 1...3), draw.extent(Space.rank, 1...3))
      let padding = draw.padding()
      return (
        draw.coin()
          ? MaxPooling<Space>(poolSize: size, strides: strides, padding: padding) as any Layer
          : AveragePooling<Space>(poolSize: size, strides: strides, padding: padding), space(Space.rank)
      )
    }
    let spaces: [any SpatialRank.Type] = [Space1D.self, Space2D.self, Space3D.self]
    let made: (any Layer, [Int]) =
      switch draw.number(0...13) {
      case 0: convolution(Space1D.self)
      case 1, 2: convolution(Space2D.self)
      case 3: convolution(Space3D.self)
      case 4: transposed(Space2D.self)
      case 5: transposed(Space3D.self)
      case 6: pooling(spaces[draw.number(0...2)])
      case 7:
        (
          DepthwiseConv2D(
            kernelSize: draw.extent(2, 1...3), padding: draw.padding(), depthMultiplier: draw.number(1...3),
            activation: draw.activation(), useBias: draw.coin()), space(2)
        )
      case 8:
        (
          SeparableConv2D(
            filters: draw.number(1...5), kernelSize: draw.extent(2, 1...3), padding: draw.padding(),
            depthMultiplier: draw.number(1...2), activation: draw.activation(), useBias: draw.coin()),
          space(2)
        )
      case 9:
        (
          Dense(units: draw.number(1...7), activation: draw.activation(), useBias: draw.coin()),
          space(draw.number(1...2))
        )
      case 10: (LayerNormalization(center: draw.coin(), scale: draw.coin()), space(draw.number(1...3)))
      case 11:
        (
          LSTM(
            units: draw.number(1...6), activation: draw.one([.tanh, .softsign, .sigmoid]),
            recurrentActivation: draw.one([.sigmoid, .hardSigmoid]), useBias: draw.coin(),
            returnSequences: draw.coin(), goBackwards: draw.coin()), space(1, 2...5)
        )
      default:
        (
          ConvLSTM2D(
            filters: draw.number(1...5), kernelSize: draw.extent(2, 1...3), strides: draw.extent(2, 1...2),
            padding: draw.padding(), activation: draw.one([.tanh, .softsign]),
            recurrentActivation: draw.one([.sigmoid, .hardSigmoid]), useBias: draw.coin(),
            returnSequences: draw.coin(), goBackwards: draw.coin()), [draw.number(2...4)] + space(2, 5...8)
        )
      }
    return (made.0, made.1, channels)
  }

  @Test(arguments: 0..<80) func backendsAgree(_ number: Int) throws {
    var draw = Draw(number)
    let (layer, space, channels) = Self.layer(&draw)
    let builder = GraphBuilder(seed: UInt64(number))
    let input = try builder.input(SymbolicShape([nil] + space.map(Optional.some) + [2]))
    // What lies before the layer learns through the gradient of its input.
    let before = try builder.add(Dense(units: channels))([input])
    var model = try builder.model(outputs: [builder.add(layer)(before)[0]])
    var random = RandomStream(seed: UInt64(number)).substream("values")
    model.visitParameters { name, parameter in
      guard parameter.isTrainable else { return }
      parameter.value = parameter.value + random.normal(shape: parameter.value.shape, deviation: 0.1)
    }
    let values = random.normal(shape: Shape([draw.number(1...3)] + space + [2]))
    let cotangent = random.normal(shape: try model(values).shape)
    func run(_ backend: Backend) throws -> (output: Tensor, gradients: Gradients) {
      try Backend.using(backend) {
        var output = Tensor(0)
        let (_, gradients) = try valueAndGradient(at: model) { model in
          var context = Context.inference
          let value = try model(values, context: &context)
          output = value.detached
          return (value * cotangent).sum()
        }
        return (output, gradients)
      }
    }
    let (fast, plain) = (try run(.oneDNN), try run(.plain))
    assertClose(fast.output, plain.output, tolerance: 1e-4, "\(layer)")
    #expect(fast.gradients.names == plain.gradients.names)
    for name in plain.gradients.names {
      assertClose(
        try #require(fast.gradients[name]), try #require(plain.gradients[name]), tolerance: 3e-4,
        "\(name) of \(layer)")
    }
  }
}
