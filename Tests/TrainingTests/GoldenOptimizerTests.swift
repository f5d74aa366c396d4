import Autodiff
import Foundation
import TensorCore
import TestSupport
import Testing
import Training

/// Ten steps of every optimizer against Keras.
@Suite struct GoldenOptimizerTests {
  @Test(arguments: Golden.names("optimizers"))
  func agreesWithKeras(_ name: String) throws {
    let golden = try Golden.load("optimizers", name)
    var optimizer = try Self.optimizer(of: golden)
    let suffixes = golden.tensorIfPresent("initial") != nil ? [""] : [".0", ".1"]
    var model = Weights(try suffixes.map { ("w\($0)", try golden.tensor("initial\($0)")) })
    for step in 0..<10 {
      var gradients = Gradients()
      for suffix in suffixes {
        gradients["w\(suffix)"] = try golden.tensor("gradients\(suffix)").entry(step, axis: 0)
      }
      try optimizer.update(&model, along: gradients)
      for suffix in suffixes {
        let start = try golden.tensor("initial\(suffix)")
        let value = try golden.tensor("values\(suffix)").entry(step, axis: 0)
        // Ftrl takes weights far away from where they began, of whose size its rounding stays.
        let shrunk = (Reduction.sumOfSquares(start) / Reduction.sumOfSquares(value)).squareRoot()
        assertClose(model["w\(suffix)"], value, tolerance: 1e-6 * max(1, shrunk), "step \(step)")
        // The values move little; what they moved by must be right too.
        assertClose(
          model["w\(suffix)"] - start, value - start, tolerance: 1e-3, "change up to step \(step)")
      }
    }
    #expect(optimizer.iteration == 10)
  }

  static func optimizer(of golden: Golden) throws -> Optimizer {
    let name = try #require(golden.metadata["optimizer"])
    let config = try #require(golden.metadata["config"])
    let json = "{\"class_name\": \"\(name)\", \"config\": \(config)}"
    return try JSONDecoder().decode(Optimizer.self, from: Data(json.utf8))
  }
}
