import Contenders
import Foundation
import Readers
import Sampling
import Synthesis
import Tasks
import TensorCore
import Testing
import Training

/// What is chosen from the data, and what every command makes of the same settings.
@Suite struct ForecastSettingsTests {
  private static func fields(
    _ count: Int, _ height: Int, _ width: Int, unit: PhysicalUnit = .brightness, kilometres: Double? = nil
  ) throws -> FrameArray {
    let shape = FrameShape(height: height, width: width)
    let frames = try (0..<count).map { frame in
      try Frame(
        shape: shape, values: (0..<shape.count).map { $0 % 97 == frame % 97 ? 3 : 0 },
        time: Date(timeIntervalSince1970: Double(frame) * 300))
    }
    return try FrameArray(frames, unit: unit, grid: kilometres.map { GridMetadata(pixelWidth: $0) })
  }

  /// Losses that weigh by rain rates weigh normalised targets by normalised rates, whatever their name.
  @Test func rainWeightsTravelWithTheTargets() throws {
    let normalizer = try LogRainNormalizer(shift: 0.1, scale: 1.7)
    let expected = try RainWeights.shi2017.transformed { normalizer.normalize($0) }
    let loss = try ForecastLoss(named: "rain_weighted").loss(in: normalizer, unit: .millimetresPerHour)
    #expect(loss == .balancedRain(expected))
    guard
      case .balancedRain(let balanced) = try ForecastLoss.balancedRain.loss(
        in: normalizer, unit: .millimetresPerHour)
    else {
      Issue.record("not weighted")
      return
    }
    #expect(balanced.rates[1] == normalizer.normalize(0.5))
    for name in ["rain_weighted", "balanced-rain"] {
      #expect(throws: ForecastingError.self) {
        try ForecastLoss(named: name).loss(in: normalizer, unit: .brightness)
      }
    }
    #expect(try ForecastLoss(named: "huber").loss(in: normalizer, unit: .brightness) == .huber())
    #expect(throws: LossError.self) { try ForecastLoss(named: "nothing") }
  }

  /// A sum weighs rain in its terms as the losses alone do.
  @Test func rainWeightsTravelInSums() throws {
    let normalizer = try LogRainNormalizer(shift: 0.1, scale: 1.7)
    let named = try ForecastLoss(named: "balanced-rain + 0.1*facl")
    let rain = try ForecastLoss.balancedRain.loss(in: normalizer, unit: .millimetresPerHour)
    #expect(
      try named.loss(in: normalizer, unit: .millimetresPerHour)
        == .sum(LossSum([LossSum.Term(rain), LossSum.Term(.spectral(), weight: 0.1)])))
    #expect(throws: ForecastingError.self) { try named.loss(in: normalizer, unit: .brightness) }
    #expect(
      try ForecastLoss(named: "mse+facl").loss(in: normalizer, unit: .brightness) == Loss(named: "mse+facl"))
    #expect(try JSONDecoder().decode(ForecastLoss.self, from: JSONEncoder().encode(named)) == named)
    #expect(throws: LossError.self) { try ForecastLoss(named: "mse+nothing") }
  }

  /// Only rain is drawn by where it rains.
  @Test(arguments: [PhysicalUnit.millimetresPerHour, .brightness])
  func tilesOfOtherDataAreDrawnEvenly(_ unit: PhysicalUnit) throws {
    var settings = ForecastSettings.small
    settings.loss = .meanSquaredError
    let task = try ForecastTask(Self.fields(44, 32, 48, unit: unit), settings: settings)
    let acceptance = try task.sequences.training(seed: 1).sampler.dryAcceptance
    #expect(acceptance == (unit == .brightness ? 1 : 0.05))
  }

  /// Averaging and tiles follow from pixel size and frame size, and never from the kind of file.
  @Test func choicesFitTheData() throws {
    func chosen(
      _ source: FrameArray, downsampling: Int? = nil, tileSize: Int? = nil
    ) -> (factor: Int, tile: Int, loss: ForecastLoss) {
      var settings = ForecastSettings()
      let text = settings.adapt(
        to: source, ForecastWishes(downsampling: downsampling, tileSize: tileSize))
      #expect(text.contains("tiles of \(settings.tileSize) × \(settings.tileSize)"))
      return (settings.downsampling, settings.tileSize, settings.loss)
    }
    // A small array keeps its pixels.
    #expect(try chosen(Self.fields(1, 32, 32), tileSize: 32) == (1, 32, .meanSquaredError))
    #expect(try chosen(Self.fields(1, 30, 40)) == (1, 24, .meanSquaredError))
    let radar = PhysicalUnit.millimetresPerHour
    #expect(try chosen(Self.fields(1, 300, 280, unit: radar, kilometres: 1)) == (2, 64, .meanSquaredError))
    #expect(try chosen(Self.fields(1, 300, 280, unit: radar, kilometres: 0.5)) == (4, 64, .meanSquaredError))
    #expect(try chosen(Self.fields(1, 300, 280, unit: radar, kilometres: 4)) == (1, 64, .meanSquaredError))
    // Never so far that a tile would not fit.
    #expect(try chosen(Self.fields(1, 100, 90, unit: radar, kilometres: 1)) == (1, 64, .meanSquaredError))
    #expect(try chosen(Self.fields(1, 520, 600)) == (2, 64, .meanSquaredError))
    #expect(try chosen(Self.fields(1, 520, 600), downsampling: 3, tileSize: 40) == (3, 40, .meanSquaredError))
  }

  /// Of two events the first trains and the second tests; nothing is left out.
  @Test func twoEventsAreSplitByEvent() throws {
    let events = try (0..<2).map { event in
      var rain = AdvectedCells.Options()
      (rain.frames, rain.height, rain.width, rain.largestScale) = (40, 32, 48, 24)
      return try AdvectedCells(rain, seed: UInt64(event + 1)) as any FrameSource
    }
    let task = try ForecastTask(PreparedEvents(events), settings: .small)
    let split = task.sequences.split
    #expect(split.rule == .event && split.validatesOnHeldOutTiles)
    #expect(split.training == [0..<40] && split.validation == [0..<40] && split.test == [40..<80])
    let remark = try #require(task.sequences.remarks.first { $0.name == "Split" })
    #expect(remark.text.hasPrefix("by event: 40 frames for training") && !remark.text.contains("in no part"))
    // On the end of the first event, where tiles cannot be held out.
    var settings = ForecastSettings.small
    settings.validation = .time
    let ends = try ForecastTask(PreparedEvents(events), settings: settings).sequences.split
    #expect(ends.training == [0..<30] && ends.validation == [30..<40] && ends.test == [40..<80])
  }

  /// A sequence that is too short for the windows gets windows that fit it.
  @Test(arguments: [(40, 6, 12), (25, 4, 8), (60, 6, 18)])
  func aSplitThatFitsIsOffered(_ frames: Int, _ input: Int, _ forecast: Int) throws {
    var rain = AdvectedCells.Options()
    (rain.frames, rain.height, rain.width, rain.largestScale) = (frames, 32, 48, 24)
    let source = try AdvectedCells(rain, seed: 1)
    var settings = ForecastSettings.small
    (settings.inputFrames, settings.forecastFrames) = (input, forecast)
    let error = try #require(throws: DataError.self) { try ForecastTask(source, settings: settings) }
    let words = error.remedy.split { " ,;.".contains($0) }.map(String.init)
    func number(after option: String) -> Int? {
      words.firstIndex(of: option).flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil }
    }
    let offered = try #require(number(after: "--input-frames"), "\(error.remedy)")
    (settings.inputFrames, settings.forecastFrames) = (
      offered, try #require(number(after: "--forecast-frames"))
    )
    _ = try ForecastTask(source, settings: settings)
    #expect(error.remedy.contains("--train-fraction 1"))
    var everything = ForecastSettings.small
    (everything.inputFrames, everything.forecastFrames, everything.trainFraction) = (input, forecast, 1)
    _ = try ForecastTask(source, settings: everything)
  }

  @Test func settingsAreStoredWhole() throws {
    var settings = ForecastSettings.small
    settings.decoding = .autoregressive
    settings.sampling = ScheduledSampling(.linear, steps: 7)
    settings.loss = try ForecastLoss(named: "huber")
    settings.training.learningRate = 1.0 / 3
    settings.training.maximumSeconds = 12.5
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(ForecastSettings.self, from: data) == settings)
  }
}
