import Contenders
import Foundation
import HDF5
import Readers
import Sampling
import Tasks
import Testing
import Verification

/// What a model says of the data that it was trained on, and how others compare.
@Suite struct DataFitTests {
  /// Frames of one value each in the wet part, the first columns, and dry elsewhere.
  static func frames(
    _ values: [Float], wet: Int = 8, height: Int = 16, width: Int = 16, step: Double = 5,
    pixel: Double? = nil,
    unit: PhysicalUnit = .millimetresPerHour
  ) throws -> FrameArray {
    try FrameArray(
      values.enumerated().map { number, value in
        try Frame(
          shape: FrameShape(height: height, width: width),
          values: (0..<height * width).map { $0 % width < wet ? value : 0 },
          time: Date(timeIntervalSince1970: Double(number) * step * 60))
      }, unit: unit, grid: pixel.map { GridMetadata(pixelWidth: $0, pixelHeight: $0) })
  }

  // MARK: Profile

  @Test func aProfileByHand() throws {
    // 0, 1/8, … 199/8 mm/h; every second of the upper half is missing, and 0 is dry.
    let frame = try Frame(
      shape: FrameShape(height: 10, width: 20), values: (0..<200).map { Float($0) / 8 },
      isValid: (0..<200).map { $0 < 100 || $0 % 2 == 0 })
    let grid = GridMetadata(pixelWidth: 2, pixelHeight: 1)
    let source = try FrameArray([frame, frame], unit: .millimetresPerHour, grid: grid)
    let profile = try DataProfile(of: source, frames: [0, 1])
    #expect(profile.unit == .millimetresPerHour && profile.interval == nil)
    #expect(
      profile.pixelWidth == 2 && profile.pixelHeight == 1 && profile.height == 10 && profile.width == 20)
    #expect(profile.frames == 2 && profile.pixels == 300)
    #expect(profile.wetThreshold == 0.1)
    #expect(abs(try #require(profile.wetShare) - 298 / 300) < 1e-12)
    // 149 wet values, each twice: the middle of the 298 lies between the 75th and the 75th.
    #expect(profile.quantile(0.5) == 75.0 / 8)
    // Place 0.9 · 297 = 267.3 among them: 0.3 of the way from value 133 of 149 (from 0), 100 + 2 · 34, to the next.
    #expect(abs(try #require(profile.quantile(0.9)) - 168.6 / 8) < 1e-4)
    #expect(profile.quantiles.map(\.level) == [0.5, 0.9, 0.99, 0.999])
    #expect(profile.lines.first?.text == "10 × 20 pixels of 2 × 1 km")
    let few = try DataProfile(of: Self.frames([3], wet: 1), frames: [0])
    #expect(few.quantiles.isEmpty && few.wetShare == 1 / 16)
  }

  @Test func aProfileIsBounded() throws {
    let source = try Self.frames([Float](repeating: 1, count: 100), wet: 100, height: 200, width: 200)
    let profile = try DataProfile(of: source, frames: Array(0..<100))
    #expect(profile.frames == 64 && profile.pixels == 64 * 16_384)
    #expect(abs(try #require(profile.wetShare) - 0.5) < 0.01)
    #expect(try DataProfile(of: source, frames: Array(0..<100)) == profile)
  }

  @Test func notesKeepWhatIsKnownAndOlderOnesLoad() throws {
    var notes = try FieldForecastTests.notes()
    let plain = try notes.encoded()
    #expect(plain["data_profile"] == nil && plain["skill"] == nil)
    #expect(try ForecastNotes(plain).profile == nil)
    notes.profile = try DataProfile(of: Self.frames([1, 2, 3]), frames: [0, 1, 2])
    notes.skill = try Self.skill()
    let read = try ForecastNotes(notes.encoded())
    #expect(read.profile == notes.profile && read.skill == notes.skill)
    let added = try ForecastNotes.adding(Self.skill(), to: plain)
    #expect(try ForecastNotes(added).skill == notes.skill && added.count == plain.count + 1)
    #expect(throws: ForecastingError.self) { try ForecastNotes(plain.merging(["skill": "{}"]) { $1 }) }
  }

  @Test func trainingMeasuresItsPart() throws {
    var settings = ForecastSettings.small
    settings.downsampling = 2
    let source = try Self.frames(
      (0..<40).map { Float($0 < 20 ? 2 : 8) }, wet: 16, height: 48, width: 48, pixel: 1)
    let task = try ForecastTask(source, settings: settings)
    let profile = try #require(try ForecastNotes(task.notes(contender: nil, width: nil)).profile)
    #expect(profile.interval == 5 && profile.pixelWidth == 2 && profile.height == 24)
    #expect(profile.frames == task.sequences.split.trainingFrames.count)
    #expect(abs(try #require(profile.wetShare) - 1 / 3) < 0.01)
    // The later frames, the test, are no part of it.
    #expect(profile.quantile(0.99) == 2)
  }

  // MARK: Warnings

  private func profile(_ wet: Double, _ high: Double, unit: PhysicalUnit = .millimetresPerHour) throws
    -> DataProfile
  {
    var profile = try DataProfile(
      of: Self.frames([Float](repeating: Float(high), count: 3), unit: unit), frames: [0, 1, 2])
    profile.wetShare = wet
    return profile
  }

  private func warnings(_ data: DataProfile, _ training: DataProfile?) -> [String] {
    DataFit(of: data, for: training, isPixelSizeKnown: true).warnings
  }

  @Test func whatIsWithinTheTrainingIsNotSaid() throws {
    let training = try profile(0.3, 4)
    for (wet, high) in [(0.3, 4.0), (0.101, 2.01), (0.89, 7.9)] {
      #expect(try warnings(profile(wet, high), training).isEmpty)
    }
    #expect(try warnings(profile(0.01, 100), nil).isEmpty)
  }

  @Test func whatIsBeyondItIsSaidWithNumbers() throws {
    let training = try profile(0.41, 14)
    #expect(
      try warnings(profile(0.03, 2.1), training) == [
        "These frames are wet (above 0.1 mm/h) over 3% of the area; the model was trained on data that were 41% wet.",
        "The 99th percentile of rain is 2.1 mm/h here and was 14 mm/h in training.",
      ])
    #expect(try warnings(profile(0.41, 29), training).count == 1)
    #expect(try warnings(profile(0, 14), training).first?.contains("over 0% of the area") ?? false)
    #expect(try warnings(profile(0.0002, 14), training).first?.contains("less than 0.1%") ?? false)
    // Reflectivity differs by 5 dBZ where rain differs by a factor of 2.
    #expect(try warnings(profile(0.41, 34, unit: .decibelsZ), profile(0.41, 30, unit: .decibelsZ)).isEmpty)
    #expect(
      try warnings(profile(0.41, 36, unit: .decibelsZ), profile(0.41, 30, unit: .decibelsZ))
        == ["The 99th percentile of rain is 36 dBZ here and was 30 dBZ in training."])
  }

  @Test func unknownPixelsAreSaid() throws {
    let data = try profile(0.3, 4)
    let fit = DataFit(of: data, for: data, isPixelSizeKnown: false)
    #expect(fit.warnings.count == 1 && fit.warnings[0].contains("in these data"))
  }

  // MARK: Refusals

  /// A model of 2 km and 10 minutes, or others.
  private func model(pixel: Double? = 2, step: Double = 10, downsampling: Int = 1) throws -> TrainedForecaster
  {
    let plain = try FieldForecastTests.forecaster(ConvLSTM2DForecaster.name)
    var notes = plain.notes
    (notes.stepMinutes, notes.downsampling) = (step, downsampling)
    notes.grid = pixel.map { GridMetadata(pixelWidth: $0, pixelHeight: $0) }
    return try TrainedForecaster(model: plain.model, notes: notes)
  }

  private func refusal(_ body: () throws -> Any) -> String? {
    do {
      _ = try body()
      return nil
    } catch { return (error as? ForecastingError)?.kind == .otherData ? "\(error)" : "other: \(error)" }
  }

  @Test func otherIntervalsAreRefused() throws {
    let model = try model()
    func data(_ step: Double) throws -> FrameArray {
      try Self.frames([Float](repeating: 1, count: 24), step: step, pixel: 2)
    }
    // Frames are picked for a forecast; windows are cut from neighbouring ones.
    let (quick, same) = try (data(5), data(10))
    #expect(refusal { try Forecast(by: model, from: quick) } == nil)
    #expect(
      try Forecast(by: model, from: quick).reference == quick.timestamps?.last)
    let evaluation = refusal { try ForecastEvaluation(of: model, on: [quick], thresholds: [0.5], part: .all) }
    #expect(
      evaluation?.contains("a frame every 10 minutes, as in training; found one every 5 minutes") ?? false)
    #expect(evaluation?.contains("--stride 2") ?? false)
    #expect(refusal { try ForecastEvaluation(of: model, on: [same], thresholds: [0.5], part: .all) } == nil)
    let slow = try data(12)
    #expect(refusal { try Forecast(by: model, from: slow) }?.contains("found one every 12 minutes") ?? false)
    let odd = try data(6)
    #expect(refusal { try Forecast(by: model, from: odd) }?.contains("found one every 6 minutes") ?? false)
  }

  @Test func otherPixelsAreRefused() throws {
    func data(_ pixel: Double?) throws -> FrameArray {
      try Self.frames([1, 2, 3, 4], height: 32, width: 32, step: 10, pixel: pixel)
    }
    let (model, fine) = try (model(), data(1))
    let text = refusal { try Forecast(by: model, from: fine) }
    #expect(text?.contains("pixels of about 2 km, as in training; found 1 km") ?? false, "\(text ?? "")")
    #expect(text?.contains("--resample") ?? false)
    for pixel in [1.7, 2, 2.3] {
      let near = try data(pixel)
      #expect(refusal { try Forecast(by: model, from: near) } == nil)
    }
    // A model that averages 2 × 2 takes pixels of 1 km as they come.
    let averaging = try self.model(pixel: 1, downsampling: 2)
    #expect(refusal { try Forecast(by: averaging, from: fine) } == nil)
    let coarse = try data(2)
    #expect(
      refusal { try Forecast(by: averaging, from: coarse) }?
        .contains(
          "about 2 km after averaging 2 × 2, as in training; found 4 km, pixels of the data having 2 km")
        ?? false)
    // What is unknown passes, with a warning, and cannot be resampled.
    let unknown = try data(nil)
    #expect(refusal { try Forecast(by: model, from: unknown) } == nil)
    #expect(
      try EnsembleForecaster([model]).fit(of: unknown).warnings.first?.contains("cannot be checked") ?? false)
    #expect(try EnsembleForecaster([model]).fit(of: coarse).warnings.isEmpty)
    #expect(
      refusal { try Forecast(by: model, from: unknown, resampling: true) }?.contains("do not state it")
        ?? false)
    let silent = try self.model(pixel: nil)
    #expect(
      refusal { try Forecast(by: silent, from: fine, resampling: true) }?.contains("a model that does not")
        ?? false)
  }

  // MARK: Resampling

  @Test func resampledDataGiveWhatAveragedDataGive() throws {
    let rain = try FieldForecastTests.rain(34, 46)
    let source = try FrameArray(
      (0..<rain.count).map { try rain.frame(at: $0) }, unit: .millimetresPerHour,
      grid: GridMetadata(pixelWidth: 1, pixelHeight: 1))
    let (resampling, averaging) = try (model(pixel: 2, step: 5), model(pixel: 1, step: 5, downsampling: 2))
    let expected = try Forecast(by: averaging, from: source)
    let got = try Forecast(by: resampling, from: source, resampling: true)
    #expect(got == expected && got.height == 34)
    let coarse = try Forecast(by: resampling, from: source, onModelGrid: true, resampling: true)
    #expect(coarse.height == 17 && coarse.width == 23)
    let scores = try ForecastEvaluation(
      of: resampling, on: [source], thresholds: [0.5], part: .all, resampling: true)
    let plain = try ForecastEvaluation(of: averaging, on: [source], thresholds: [0.5], part: .all)
    #expect(scores.model == plain.model && scores.baselines[0].scores == plain.baselines[0].scores)
    // Data of larger pixels: bilinear to the model's, means over areas on the way back.
    let large = try FrameArray(
      (0..<rain.count).map { try rain.frame(at: $0) }, unit: .millimetresPerHour,
      grid: GridMetadata(pixelWidth: 4, pixelHeight: 4))
    let back = try Forecast(by: resampling, from: large, resampling: true)
    #expect(back.height == 34 && back.width == 46)
    let own = try Forecast(by: resampling, from: large, onModelGrid: true, resampling: true)
    #expect(own.height == 68 && own.width == 92)
    for (row, column) in [(0, 0), (7, 20), (33, 45)] {
      let block = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
        own.values[own.pixels + (2 * row + $0.0) * 92 + 2 * column + $0.1]
      }
      #expect(abs(back.values[back.pixels + row * 46 + column] - block.reduce(0, +) / 4) < 1e-4)
    }
  }

  // MARK: Skill

  /// Two leads, two thresholds and a baseline, of a few pixels.
  static func skill() throws -> ModelSkill {
    func scores(_ forecast: [Float]) throws -> LeadTimeScores {
      var scores = try LeadTimeScores(leadTimes: [5, 10], thresholds: [0.5, 100])
      try scores.add(forecast: forecast, observation: [1, 1, 0, 0, 1, 1, 1, 0], samples: 1)
      return scores
    }
    return try ModelSkill(
      part: .validation, unit: .millimetresPerHour, scores: scores([1, 0, 1, 0, 2, 1, 1, 0]),
      baselines: [("Eulerian persistence", scores([0, 0, 0, 0, 0, 1, 1, 1]))])
  }

  @Test func skillByHand() throws {
    let skill = try Self.skill()
    // First lead: a hit, a miss, a false alarm. Second: three hits.
    #expect(skill.model.csi == [[1 / 3, 1], [nil, nil]])
    #expect(skill.model.frequencyBias[0] == [1, 1])
    #expect(skill.model.meanError == [0, 0.25] && skill.model.meanAbsoluteError == [0.5, 0.25])
    #expect(skill.baselines[0].csi[0] == [0, 0.5])
    #expect(skill.lines.first == "skill on the validation part, CSI > 0.5 mm/h")
    #expect(skill.lines[2].contains("0.333") && skill.lines[2].contains("0.000"))
    let other = try LeadTimeScores(leadTimes: [5], thresholds: [0.5, 100])
    let scores = try LeadTimeScores(leadTimes: [5, 10], thresholds: [0.5, 100])
    #expect(throws: ForecastingError.self) {
      try ModelSkill(part: .test, unit: .millimetresPerHour, scores: scores, baselines: [("other", other)])
    }
  }

  @Test func netCDFHoldsTheSkill() throws {
    try Commands.withFolder { folder in
      let files = ForecastFiles(try ForecastFilesTests.known(), skill: try Self.skill())
      let file = try files.write(to: folder.appending(path: "f.nc"))[0]
      try HDF5File.reading(file) { file throws in
        #expect(try file.dimensions(of: "csi_model") == [2, 2])
        #expect(try file.numbers(in: "csi_model", as: Float.self) == [1 / 3, 1, 9.96921e36, 9.96921e36])
        #expect(try file.numbers(in: "csi_eulerian_persistence", as: Float.self)[1] == 0.5)
        #expect(try file.numbers(in: "frequency_bias_model", as: Float.self)[0] == 1)
        #expect(try file.numbers(in: "mean_error_model", as: Float.self) == [0, 0.25])
        #expect(try file.numbers(in: "mean_absolute_error_model", as: Float.self) == [0.5, 0.25])
        #expect(try file.numbers(in: "skill_threshold", as: Float.self) == [0.5, 100])
        #expect(try file.string("units", of: "skill_lead") == "minutes")
        #expect(try file.string("units", of: "mean_error_model") == "mm h-1")
        #expect(
          try file.string("comment", of: "csi_model")
            == "scored on the validation part of the training's data")
      }
      let plain = try ForecastFiles(ForecastFilesTests.known()).write(to: folder.appending(path: "p.nc"))[0]
      try HDF5File.reading(plain) { file throws in
        #expect(try file.dimensions(of: "rainfall_rate") == [13, 3, 4])
        #expect(throws: HDF5Error.self) { try file.dimensions(of: "csi_model") }
      }
    }
  }

  // MARK: Commands

  @Test(.enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
  func commandsWarnAndShowTheTrainingsData() throws {
    try Commands.withFolder { folder in
      func cells(_ threshold: String) -> String {
        "generated:advected-cells:frames=40,height=32,width=32" + threshold
      }
      let trained = try Commands.run(
        "squall train \(cells("")) --input-frames 3 --forecast-frames 2 --tile-size 16 --parameters 3000 --epochs 1 "
          + "--batches-per-epoch 1 --batch-size 2 --threads 1 --no-predict --output m", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let info = try Commands.run("squall info m", in: folder)
      #expect(info.output.contains("training data, frames: 32 × 32 pixels"), "\(info.output)")
      #expect(info.output.contains("training data, wet: ") && !info.output.contains("data_profile"))
      let scores = try Commands.run("squall evaluate m \(cells("")) --json s.json", in: folder)
      #expect(scores.status == 0, "\(scores.errors)")
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "s.json")))
          as? [String: Any])
      let warnings = try #require(json["warnings"] as? [String])
      for warning in warnings { #expect(scores.errors.contains("warning: \(warning)")) }
      // A dry field, of which no pixel's size is known.
      let dry = try Commands.run(
        "squall generate advected-cells --samples 1 --frames 12 --height 32 --width 32 --output a.npy && "
          + "squall forecast m a.npy --unit mm/h --gain 0.0001 --interval 5 --start 2020-01-01T00:00 --output f.npy",
        in: folder)
      #expect(dry.status == 0, "\(dry.errors)")
      #expect(
        dry.errors.contains("warning: These frames are wet (above 0.1 mm/h) over 0% of the area"),
        "\(dry.errors)")
      #expect(dry.errors.contains("warning: The size of a pixel is unknown"), "\(dry.errors)")
      let both = try Commands.run("squall evaluate m \(cells("")) --grid tiles --resample", in: folder)
      #expect(both.status != 0 && both.errors.contains("--resample: expected without --grid tiles"))
    }
  }
}
