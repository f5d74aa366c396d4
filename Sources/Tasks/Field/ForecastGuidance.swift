import Contenders
import Readers

/// In which coordinates a forecaster sees the observed frames.
public enum ForecastCoordinates: String, CaseIterable, Codable, Sendable {
  /// Where they were measured.
  case eulerian
  /// Carried along the motion to the time of the last frame, so that only growth and decay are left to see.
  case lagrangian
}

/// What a forecaster reads of the motion over the whole domain, in physical units.
public struct GuidanceFields: Sendable {
  /// The nowcast that is its background, `[lead][pixel]`.
  public var background: [[Float]]?
  /// The observed frames in Lagrangian coordinates, `[frame][pixel]` of the first channel; not a number where missing.
  public var aligned: [[Float]]?
}

/// Which of that a forecaster reads.
public struct ForecastGuidance: Hashable, Sendable {
  public var background: BaselineForecast?
  public var coordinates: ForecastCoordinates
  /// How many frames ahead.
  public var leads: Int

  public init(background: BaselineForecast?, coordinates: ForecastCoordinates, leads: Int) {
    self.background = background
    self.coordinates = coordinates
    self.leads = leads
  }

  /// What a model reads by its inputs and notes. A model from elsewhere with the input for it reads motion-extrapolated
  /// frames.
  init(of forecaster: TrainedForecaster) {
    let settings = forecaster.notes.settings
    self.init(
      background: ForecastSignature.readsAdvectedFrames(forecaster.model)
        ? settings?.background.nowcast ?? .lagrangian : nil,
      coordinates: settings?.coordinates ?? .eulerian, leads: forecaster.notes.forecastFrames)
  }

  /// The fields after some observed frames.
  ///
  /// - Parameter observed: The observed frames of the whole domain, oldest first.
  /// - Throws: `MotionError` for frames that motion cannot be found in.
  public func fields(after observed: [Frame]) throws -> GuidanceFields {
    let pixels = observed.first?.shape.pixels ?? 0
    return GuidanceFields(
      background: try background.map { method in
        let values = try method.values(after: observed, leads: leads)
        return (0..<leads).map { Array(values[$0 * pixels..<($0 + 1) * pixels]) }
      },
      aligned: coordinates == .lagrangian ? try AlignedFrames.fields(of: observed) : nil)
  }
}

extension ForecastBackground {
  /// The forecast without training that it is.
  package var nowcast: BaselineForecast? {
    switch self {
    case .lastFrame: nil
    case .advected: .lagrangian
    case .sprog: .sprog
    }
  }
}
