import Foundation
import Motion
import Nowcasting
import SafeTensors
import Testing

/// Nowcasts and their parts against pysteps (`Reference/nowcasts.py`).
@Suite struct GoldenNowcastTests {
  struct Golden {
    let file: SafeTensorsFile
    let height: Int
    let width: Int

    init(_ name: String, field: String = "rain") throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      file = try SafeTensorsFile(contentsOf: folder.appending(path: "Goldens/nowcasts/\(name).safetensors"))
      let shape = try file.shape(field)
      (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    }

    func values(_ name: String) throws -> [Double] { try file.floats(name).map(Double.init) }

    /// A tensor cut into rows of `length`; of fields by default.
    func rows(_ name: String, of length: Int? = nil) throws -> [[Double]] {
      let (values, length) = (try values(name), length ?? height * width)
      return stride(from: 0, to: values.count, by: length).map { Array(values[$0..<$0 + length]) }
    }

    func rain() throws -> [ImageField] {
      try rows("rain").map { values in
        try ImageField(
          height: height, width: width, values: values.map(Float.init), isValid: values.map { $0 >= 0 })
      }
    }
  }

  /// max |a − b| ≤ tolerance × RMS of the reference.
  func expectClose(
    _ ours: [Double], _ theirs: [Double], _ what: String, tolerance: Double = 1e-6,
    location: SourceLocation = #_sourceLocation
  ) {
    guard ours.count == theirs.count, !theirs.isEmpty else {
      Issue.record("\(what): \(ours.count) of \(theirs.count) values", sourceLocation: location)
      return
    }
    let scale = (theirs.reduce(0) { $0 + $1 * $1 } / Double(theirs.count)).squareRoot()
    let worst = zip(ours, theirs).reduce(0) { $1.0.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity }
    #expect(worst <= tolerance * scale, "\(what): \(worst / scale) of the RMS", sourceLocation: location)
  }

  @Test(arguments: ["cascade-tall", "cascade-wide", "cascade-masked"]) func cascade(name: String) throws {
    let golden = try Golden(name)
    let bands = try #require(golden.file.metadata["levels"].flatMap { Int($0) })
    let filter = BandpassFilter(height: golden.height, width: golden.width, bands: bands)
    let half = golden.width / 2 + 1
    let weights = filter.weights.map { band in
      (0..<golden.height).flatMap { band[$0 * golden.width..<$0 * golden.width + half] }
    }
    expectClose(weights.flatMap { $0 }, try golden.values("weights"), "weights")
    let transform = RainDecibels(threshold: 0.1)
    let fields = try golden.rain().map { transform.decibels($0) }
    let isMasked = golden.file.metadata["masked"] == "true"
    let mask =
      isMasked ? fields[0].indices.map { pixel in fields.allSatisfy { $0[pixel] >= -10 } } : nil
    if let mask { #expect(mask.contains(true) && mask.contains(false)) }
    let cascades = Cascade.decomposing(fields, filter, mask: mask)
    expectClose(cascades.flatMap { $0.levels.flatMap { $0 } }, try golden.values("levels"), "levels")
    expectClose(cascades.flatMap(\.means), try golden.values("means"), "means")
    expectClose(cascades.flatMap(\.deviations), try golden.values("deviations"), "deviations")
    expectClose(cascades.flatMap { $0.recomposed() }, try golden.values("recomposed"), "recomposed")
    var (lags, adjusted, coefficients, first, advanced): ([Double], [Double], [Double], [Double], [Double]) =
      ([], [], [], [], [])
    for level in 0..<bands {
      let series = cascades.map { $0.levels[level] }
      let correlations = Autocorrelation.lags(series, mask: mask)
      let (one, two) = (try #require(correlations[0]), try #require(correlations[1]))
      lags += [one, two]
      adjusted += [one, AutoregressiveModel.adjusted(two, first: one)]
      let model = AutoregressiveModel(fitting: correlations)
      coefficients += model.coefficients + [model.innovation]
      let simple = AutoregressiveModel(fitting: [one])
      first += simple.coefficients + [simple.innovation]
      var history = [series[2], series[1]]
      model.advance(&history)
      #expect(history[1] == series[2])
      advanced += history[0]
    }
    expectClose(lags, try golden.values("correlations"), "correlations")
    expectClose(adjusted, try golden.values("adjusted"), "adjusted correlations")
    expectClose(coefficients, try golden.values("coefficients"), "coefficients")
    expectClose(first, try golden.values("coefficients.1"), "coefficients of order 1")
    expectClose(advanced, try golden.values("advanced"), "advanced")
  }

  @Test(arguments: ["wet", "wetter", "drier"]) func matching(key: String) throws {
    let golden = try Golden("matching", field: "field")
    var field = try golden.values("field")
    EmpiricalDistribution(of: try golden.values("\(key).target")).match(&field)
    expectClose(field, try golden.values("\(key).matched"), "matched")
  }

  @Test func adjustedCorrelations() throws {
    let golden = try Golden("matching", field: "field")
    let ours = try golden.rows("correlations", of: 2).map {
      AutoregressiveModel.adjusted($0[1], first: $0[0])
    }
    expectClose(ours, try golden.values("adjusted"), "adjusted correlations")
  }

  struct Options: Decodable {
    let n_cascade_levels: Int
    let ar_order: Int
    let conditional: Bool?
  }

  @Test(arguments: [
    ("sprog", ProbabilityMatching.distribution), ("sprog-missing", .distribution), ("sprog-mean", .mean),
    ("sprog-unmatched", .none), ("sprog-conditional", .distribution), ("sprog-first-order", .distribution),
  ])
  func forecast(name: String, matching: ProbabilityMatching) throws {
    let golden = try Golden(name)
    let text = try #require(golden.file.metadata["options"])
    let options = try JSONDecoder().decode(Options.self, from: Data(text.utf8))
    var method = SPROG()
    method.cascadeLevels = options.n_cascade_levels
    method.order = options.ar_order
    method.conditional = options.conditional ?? false
    method.matching = matching
    let motion = try golden.rows("motion")
    let field = try MotionField(
      height: golden.height, width: golden.width, dx: motion[0].map(Float.init), dy: motion[1].map(Float.init)
    )
    let expected = try golden.rows("forecast")
    let ours = try method.forecast(golden.rain(), along: field, steps: expected.count)
    for (lead, (ours, theirs)) in zip(ours, expected).enumerated() {
      #expect(ours.isValid == theirs.map { $0 >= 0 })
      #expect(ours.isValid.contains(true) && theirs.contains { $0 > 1 })
      expectClose(ours.values.map(Double.init), theirs.map { max($0, 0) }, "lead \(lead + 1)")
    }
  }
}
