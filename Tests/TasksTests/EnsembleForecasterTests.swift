import Contenders
import Foundation
import Layers
import NumPyFiles
import Readers
import Sampling
import Tasks
import Testing
import Training

/// Several models as one forecaster.
@Suite(.serialized) struct EnsembleForecasterTests {
  private static func forecaster(
    _ contender: String, seed: UInt64, normalizer: LogRainNormalizer? = nil, extrapolates: Bool = false
  ) throws -> TrainedForecaster {
    var signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 4, height: 16, width: 16)
    if extrapolates { signature.background = .advected }
    var notes = try FieldForecastTests.notes()
    if let normalizer { notes.normalizer = .logRain(normalizer) }
    return try TrainedForecaster(
      model: signature.model(small(contender), width: 3, initialization: .seed(seed)), notes: notes)
  }

  @Test func oneMemberForEachModel() throws {
    let source = try FieldForecastTests.rain(35, 43)
    let models = [
      try Self.forecaster(ConvLSTM2DForecaster.name, seed: 4),
      try Self.forecaster(
        Conv2DLSTMForecaster.name, seed: 5, normalizer: LogRainNormalizer(shift: 0.2, scale: 1.1)),
      try Self.forecaster(ConvLSTM2DForecaster.name, seed: 6, extrapolates: true),
    ]
    let ensemble = try EnsembleForecaster(models)
    #expect(ensemble.names == ["member 1", "member 2", "member 3"])
    let forecast = try Forecast(by: ensemble, from: source)
    #expect(forecast.members == 3 && forecast.leads == [5, 10, 15, 20])
    for (number, model) in models.enumerated() {
      #expect(try forecast.member(number) == Forecast(by: model, from: source))
    }
    #expect(forecast.member(0) != forecast.member(1))
    #expect(try Forecast(by: EnsembleForecaster([models[1]]), from: source) == forecast.member(1))
  }

  @Test func modelsThatDoNotGoTogether() throws {
    #expect(throws: ForecastingError.self) { try EnsembleForecaster([]) }
    let first = try Self.forecaster(ConvLSTM2DForecaster.name, seed: 4)
    func other(_ change: (inout ForecastNotes) -> Void) throws -> TrainedForecaster {
      var notes = first.notes
      change(&notes)
      return try TrainedForecaster(model: first.model, notes: notes)
    }
    for (member, words) in [
      (try other { $0.unit = .decibelsZ }, ["mm/h", "dBZ"]),
      (try other { $0.downsampling = 2 }, ["averaged by 1", "averaged by 2"]),
      (try other { $0.stepMinutes = 10 }, ["every 5 minutes", "every 10 minutes"]),
    ] {
      let error = #expect(throws: ForecastingError.self) {
        try EnsembleForecaster([first, member], names: ["seed-1", "seed-2"])
      }
      #expect(error?.place == "seed-2")
      for word in words + ["seed-1"] { #expect("\(error!)".contains(word), "\(error!)") }
    }
    var signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 5, height: 16, width: 16)
    signature.isResidual = true
    var notes = first.notes
    notes.forecastFrames = 5
    let longer = try TrainedForecaster(
      model: signature.model(small(ConvLSTM2DForecaster.name), width: 3, initialization: .seed(1)),
      notes: notes)
    let error = #expect(throws: ForecastingError.self) { try EnsembleForecaster([first, longer]) }
    #expect("\(error!)".contains("4 frames ahead") && "\(error!)".contains("5 frames ahead"))
  }

  /// Writes a model as `squall train` does.
  private static func write(_ seed: UInt64, to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let forecaster = try forecaster(ConvLSTM2DForecaster.name, seed: seed)
    try Checkpoint(forecaster.model, notes: forecaster.notes.encoded()).write(to: url)
  }

  @Test func foldersOfMembers() throws {
    try Commands.withFolder { folder in
      let model = folder.appending(path: "convlstm2d")
      for (name, seed) in [("seed-10.squall", 10), ("seed-2/model.squall", 2), ("seed-1.squall", 1)] {
        try Self.write(UInt64(seed), to: model.appending(path: "members/\(name)"))
      }
      try Self.write(9, to: model.appending(path: "members/last.squall"))
      let members = model.appending(path: "members")
      for place in [members, model] {
        #expect(try EnsembleForecaster(contentsOf: place).names == ["seed-1", "seed-2", "seed-10"])
      }
      // The model beside them is one by itself.
      try Self.write(3, to: model.appending(path: "model.squall"))
      let single = try EnsembleForecaster(contentsOf: model)
      #expect(single.members.count == 1 && single.names == ["convlstm2d"])
      let listed = try EnsembleForecaster(contentsOf: [
        model, members.appending(path: "seed-2"), members.appending(path: "seed-1.squall"),
      ])
      #expect(listed.names == ["convlstm2d", "seed-2", "seed-1"])

      let source = try FieldForecastTests.rain(20, 24)
      let forecast = try Forecast(by: EnsembleForecaster(contentsOf: members), from: source)
      #expect(
        try forecast.member(2)
          == Forecast(by: Self.forecaster(ConvLSTM2DForecaster.name, seed: 10), from: source))
      // A folder without any model names the file that is missing.
      let empty = folder.appending(path: "empty")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
      let error = #expect(throws: (any Error).self) { try EnsembleForecaster(contentsOf: empty) }
      #expect("\(error!)".contains("model.squall"))
    }
  }

  @Test(.enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
  func commands() throws {
    try Commands.withFolder { folder in
      for seed in 1...3 {
        try Self.write(UInt64(seed), to: folder.appending(path: "model/members/seed-\(seed).squall"))
      }
      let forecast =
        "squall forecast model/members generated:advected-cells:frames=20,height=32,width=40 "
      let made = try Commands.run(
        forecast + "--output f.npy --output f.nc --output f.gif --series s.csv --points 3,4 "
          + "--quantiles 0.1,0.9 --exceedance 0.5", in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect((made.output + made.errors).contains("3 members: seed-1, seed-2, seed-3"))
      let array = try NumPyFile(contentsOf: folder.appending(path: "f.npy")).array()
      #expect(array.shape == [3, 4, 32, 40])
      let series = try String(contentsOf: folder.appending(path: "s.csv"), encoding: .utf8)
      #expect(series.hasPrefix("time,lead_minutes,place,mean,p10,p50,p90\n"))
      for (options, word) in [
        ("--output f.nc --quantiles 2", "between 0 and 1"), ("--output f.nc --exceedance a", "1,5"),
        ("--output f.npy --quantiles 0.5", "FILE.nc"),
      ] {
        let refused = try Commands.run(forecast + options, in: folder)
        #expect(refused.status != 0 && refused.errors.contains(word), "\(refused.errors)")
      }
    }
  }
}
