import Contenders
import Layers
import TensorCore
import Testing

/// Contenders at the settings of their papers have the sizes that were published.
@Suite struct PublishedSizeTests {
  /// Trained parameters, without building them.
  private func trained(_ model: ModelGraph) throws -> Int {
    try model.layers.reduce(0) { total, entry in
      guard let node = model.nodes.first(where: { $0.layer == entry.name }) else { return total }
      let specifications = try entry.layer.parameterSpecifications(for: node.inputs.map(model.shape))
      return total + specifications.filter(\.isTrainable).reduce(0) { $0 + $1.shape.count }
    }
  }

  /// The network with which Tran et al. (2015), section 3, compare kernels on UCF101: 17.5 million.
  @Test func c3d() throws {
    let signature = ClassificationSignature(
      frames: 16, height: 112, width: 112, channels: 3, classes: 101, stages: 5)
    let model = try signature.model(Contenders.classifier("c3d"), width: 2048, initialization: .none)
    #expect(try trained(model) == 17_444_965)
  }

  /// R(2+1)D-18 for the 400 classes of Kinetics: 31,505,325 in torchvision; 40.52 billion multiply-adds a clip of 16
  /// frames of 112 × 112, which count two operations each here.
  @Test func r2plus1d() throws {
    let signature = ClassificationSignature(
      frames: 16, height: 112, width: 112, channels: 3, classes: 400, stages: 4)
    let contender = try Contenders.classifier("r2plus1d:blocks=2")
    let model = try signature.model(contender, width: 512, initialization: .none)
    #expect(try trained(model) == 31_505_325)
    let multiplyAdds = Double(try #require(model.operations)) / 2e9
    #expect(abs(multiplyAdds - 40.519) < 0.02 * 40.519, "\(multiplyAdds)")
  }

  /// RainNet (Ayzel et al. 2020): 31.4 million for four frames in and one out.
  @Test func rainNet() throws {
    let signature = ForecastSignature(inputFrames: 4, forecastFrames: 1, height: 928, width: 928)
    let model = try signature.model(Contenders.forecaster("unet"), width: 1024, initialization: .none)
    let count = try trained(model)
    #expect(abs(Double(count) - 31.4e6) < 0.05e6, "\(count)")
    #expect(model.layers.filter { $0.layer is Conv2D }.count == 20)
  }

  /// OpenSTL's table for Moving MNIST, ten frames of 64 × 64 from ten: parameters in millions and multiply-adds in
  /// billions, which count two operations each here.
  private func openSTL(_ text: String, width: Int) throws -> (parameters: Int, multiplyAdds: Double) {
    let signature = ForecastSignature(inputFrames: 10, forecastFrames: 10, height: 64, width: 64)
    let model = try signature.model(Contenders.forecaster(text), width: width, initialization: .none)
    return (try trained(model), Double(try #require(model.operations)) / 2e9)
  }

  /// SimVP+gSTA-S: 46.8 million, 16.5 billion.
  @Test func simVP() throws {
    let (parameters, multiplyAdds) = try openSTL("simvp:stages=2:blocks=8", width: 512)
    #expect(abs(Double(parameters) - 46.8e6) < 0.05e6, "\(parameters)")
    #expect(abs(multiplyAdds - 16.5) < 0.02 * 16.5, "\(multiplyAdds)")
  }

  /// PredRNN.V2: 23.9 million, 116.6 billion. The published operations include the adapter of the decoupling, which
  /// only training uses: 0.6 billion.
  @Test func predRNN() throws {
    let (parameters, multiplyAdds) = try openSTL("predrnn-v2", width: 128)
    #expect(abs(Double(parameters) - 23.9e6) < 0.05e6, "\(parameters)")
    #expect(abs(multiplyAdds - 116.6) < 0.02 * 116.6, "\(multiplyAdds)")
    let adapter = Double(128 * 128 * 8 * 19) * 256 / 1e9
    #expect(abs(multiplyAdds + adapter - 116.6) < 0.1, "\(multiplyAdds)")
  }

  /// ConvLSTM-S: 56.8 billion, and 15.0 million parameters. OpenSTL's cell declares two convolutions that its forward
  /// pass never calls, [c, h] to the gate o with 5 × 5 and to the output with 1 × 1: together 3.4 million in four layers.
  /// They change no output and take no operations, and a contender without them has the rest, 11.7 million.
  @Test func stackedConvLSTM() throws {
    let (parameters, multiplyAdds) = try openSTL("convlstm-stacked", width: 128)
    let unused = 4 * (25 * 2 * 128 * 128 + 2 * 128 * 128)
    #expect(abs(Double(parameters + unused) - 15.0e6) < 0.1e6, "\(parameters) and \(unused)")
    #expect(parameters == 11_675_648)
    #expect(abs(multiplyAdds - 56.8) < 0.02 * 56.8, "\(multiplyAdds)")
  }
}
