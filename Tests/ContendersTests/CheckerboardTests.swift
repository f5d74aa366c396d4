import Autodiff
import Contenders
import Layers
import TensorCore
import Testing
import Verification

/// Decoders with random weights show no pattern that repeats with their patches or strides.
@Suite struct CheckerboardTests {
  /// Frames of 64 × 64, on which contenders take patches of 4.
  private static let signature = ForecastSignature(
    inputFrames: 2, forecastFrames: 2, height: 64, width: 64)

  /// The largest ratio of power to background at 8, 4, 8/3 and 2 pixels over several models, each with weights of its
  /// own and forecasts of noise.
  private func ratio(_ forecast: (_ seed: UInt64) throws -> Tensor) throws -> Double {
    var artifacts = try PatchArtifacts(height: 64, width: 64)
    for seed in 1...8 {
      let forecast = try forecast(UInt64(seed))
      let values = forecast.values
      // Each model counts alike, however strong its output is.
      let mean = values.reduce(0, +) / Float(values.count)
      let scale = 1 / (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot()
      for start in stride(from: 0, to: values.count, by: 64 * 64) {
        let field = values[start..<start + 64 * 64].map { ($0 - mean) * scale }
        try artifacts.add(forecast: field, observation: field, height: 64, width: 64)
      }
    }
    return try #require(artifacts.forecast(patch: 8))
  }

  /// Noise around 1: a pattern that repeats with the pixels of a patch is the answer to the mean.
  private func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    (1 + 0.3 * RandomStream.normal(shape, seed: seed)).detached
  }

  /// The largest that was measured is 1.7, of ConvGRU2D; decoders that are not used any more have 70 to 130.
  private static let bound = 2.1

  @Test(arguments: ForecastCase.contenders.filter { !$0.hasPrefix("unet") })
  func noneShows(_ text: String) throws {
    let contender = try Contenders.forecaster(text)
    let found = try ratio { seed in
      let model = try Self.signature.model(contender, width: 16, initialization: .seed(seed))
      return try model(noise([4, 2, 64, 64, 1], seed))
    }
    #expect(found < Self.bound, "\(text): \(found)")
  }

  /// What the bound is for: decoders that make several pixels of one vector by weights of their own.
  @Test func othersShow() throws {
    let decoders: [(String, () -> [any Layer])] = [
      (
        "transposed convolutions",
        {
          [
            Conv2DTranspose(filters: 8, kernelSize: 4, strides: 2, padding: .same, activation: .relu),
            Conv2DTranspose(filters: 1, kernelSize: 4, strides: 2, padding: .same),
          ]
        }
      ),
      (
        "patches and a last convolution",
        {
          [
            Conv2D(filters: 64, kernelSize: 3, padding: .same, activation: .relu), DepthToSpace(size: 4),
            Conv2D(filters: 1, kernelSize: 3, padding: .same),
          ]
        }
      ),
      (
        "pixels of a vector",
        { [Conv2D(filters: 16, kernelSize: 3, padding: .same), DepthToSpace(size: 4)] }
      ),
    ]
    for (name, layers) in decoders {
      let found = try ratio { seed in
        let builder = GraphBuilder(seed: seed)
        var maps = try builder.input([nil, 16, 16, 16])
        for layer in layers() { maps = try builder.add(layer)([maps])[0] }
        return try builder.model(outputs: [maps])(noise([4, 16, 16, 16], seed))
      }
      #expect(found > 10 * Self.bound, "\(name): \(found)")
    }
  }

  /// A stack that rolls itself out and SimVP keep their pixel shuffle: its pixels start equal, and it would show
  /// if they did not.
  @Test(arguments: [
    ("convlstm-stacked", "roll_out/head"), ("predrnn-v2", "roll_out/head"),
    ("simvp", "decoder_3_conv/kernel"),
  ]) func pixelsStartEqual(_ text: String, _ name: String) throws {
    let contender = try Contenders.forecaster(text)
    func model(_ seed: UInt64) throws -> ModelGraph {
      try Self.signature.model(contender, width: 16, initialization: .seed(seed))
    }
    let weights = try #require(try model(1).parameters.first { $0.name == name }).parameter.value
    let (outputs, pixels) = (weights.shape[-1], name.hasPrefix("roll_out") ? 16 : 4)
    let drawn = weights.values
    for i in drawn.indices {
      #expect(drawn[i] == drawn[i / outputs * outputs + i % outputs % (outputs / pixels)])
    }
    #expect(Set(drawn).count > drawn.count / pixels / 2)

    func ratio(equal: Bool) throws -> Double {
      try self.ratio { seed in
        var model = try model(seed)
        var random = RandomStream(seed: seed)
        model.visitParameters { each, parameter in
          guard each == name, !equal else { return }
          parameter.value = Initializer.glorotUniform.values(shape: parameter.value.shape, random: &random)
        }
        return try model(noise([4, 2, 64, 64, 1], seed))
      }
    }
    let (equal, unequal) = (try ratio(equal: true), try ratio(equal: false))
    #expect(unequal > 1.25 * equal, "\(text): \(equal), \(unequal)")
  }
}
