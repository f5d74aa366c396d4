import Autodiff
import Foundation
import TensorCore
import TestSupport
import Testing
import Training

/// Every loss against Keras (the rain-weighted one against numpy): value and gradient, with and without a mask.
@Suite struct GoldenLossTests {
  @Test(arguments: Golden.names("losses"))
  func agreesWithReference(_ name: String) throws {
    let golden = try Golden.load("losses", name)
    let loss = try Self.loss(of: golden)
    let target = try golden.tensor("target")
    let mask = golden.tensorIfPresent("mask")
    let (value, gradient) = try valueAndGradient(at: [golden.tensor("prediction")]) {
      try loss(prediction: $0[0], target: target, mask: mask)
    }
    assertClose(value, try golden.tensor("value"), tolerance: 1e-6, "value")
    assertClose(
      try #require(gradient[0]), try golden.tensor("grad.prediction"), tolerance: 1e-5, "gradient")
    let measure = try loss.measured(prediction: golden.tensor("prediction"), target: target, mask: mask)
    let elements = loss.isCategorical ? try golden.tensor("prediction").count / 6 : target.count
    #expect(measure.validCount == mask.map { Int($0.values.reduce(0, +)) } ?? elements)
  }

  /// What stands where the mask is 0, NaN and foreign classes included, changes nothing.
  @Test(arguments: Golden.names("losses").filter { $0.hasSuffix("-masked") })
  func maskedElementsDoNotCount(_ name: String) throws {
    let golden = try Golden.load("losses", name)
    let loss = try Self.loss(of: golden)
    let mask = try golden.tensor("mask")
    func poisoned(_ key: String) throws -> Tensor {
      var tensor = try golden.tensor(key)
      let stride = tensor.count / mask.count
      let isValid = mask.values
      tensor.withUnsafeMutableValues { values in
        for i in values.indices where isValid[i / stride] == 0 { values[i] = .nan }
      }
      return tensor
    }
    let (value, gradient) = try valueAndGradient(at: [poisoned("prediction")]) {
      try loss(prediction: $0[0], target: poisoned("target"), mask: mask)
    }
    assertClose(value, try golden.tensor("value"), tolerance: 1e-6, "value")
    assertClose(try #require(gradient[0]), try golden.tensor("grad.prediction"), tolerance: 1e-5, "gradient")
  }

  static func loss(of golden: Golden) throws -> Loss {
    let name = try #require(golden.metadata["loss"])
    let config = try #require(golden.metadata["config"])
    let json = "{\"class_name\": \"\(name)\", \"config\": \(config)}"
    return try JSONDecoder().decode(Loss.self, from: Data(json.utf8))
  }
}
