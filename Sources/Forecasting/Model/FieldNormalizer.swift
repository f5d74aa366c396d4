import Foundation
import SequenceData

/// The normaliser that fits the unit of the data: logarithmic for rain rates, linear for anything else.
public enum FieldNormalizer: Normalizer {
  case logRain(LogRainNormalizer)
  case linear(LinearScale)

  /// y = (value − mean) / deviation; missing values become the mean.
  public struct LinearScale: Codable, Hashable, Sendable {
    public var mean: Float
    public var deviation: Float
  }

  /// Fits the constants on the valid values of some frames: the training part, and nothing else.
  ///
  /// - Throws: `DataError` if no frame holds a valid value (or rain), or all values are equal.
  public init(fittedOn source: any FrameSource, frames: [Int]) throws {
    // Neighbouring frames are much alike: some hundred tell the distribution.
    let step = max(1, frames.count / 400)
    let chosen = Swift.stride(from: 0, to: frames.count, by: step).map { frames[$0] }
    if source.unit == .millimetresPerHour {
      let part = FramePart(source, frames: chosen)
      self = .logRain(try LogRainNormalizer(fittedOn: part, frames: 0..<part.count))
      return
    }
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    for index in chosen {
      let frame = try source.frame(at: index)
      for (value, isValid) in zip(frame.values, frame.isValid) where isValid {
        count += 1
        sum += Double(value)
        squares += Double(value) * Double(value)
      }
    }
    let mean = sum / max(count, 1)
    let deviation = max(0, squares / max(count, 1) - mean * mean).squareRoot()
    guard count > 0, deviation > 0 else {
      throw DataError(
        .badValue, expected: "frames with different values to train on",
        received: count == 0 ? "no valid value" : "the same value everywhere",
        remedy: "Train on another part of the data.")
    }
    self = .linear(LinearScale(mean: Float(mean), deviation: Float(deviation)))
  }

  public var fillValue: Float {
    switch self {
    case .logRain(let normalizer): normalizer.fillValue
    case .linear: 0
    }
  }

  public func normalize(_ value: Float) -> Float {
    switch self {
    case .logRain(let normalizer): normalizer.normalize(value)
    case .linear(let scale): (value - scale.mean) / scale.deviation
    }
  }

  public func denormalize(_ value: Float) -> Float {
    switch self {
    case .logRain(let normalizer): normalizer.denormalize(value)
    case .linear(let scale): value * scale.deviation + scale.mean
    }
  }

  /// Stored as the normaliser itself, so that files tell them apart by their constants.
  public init(from decoder: any Decoder) throws {
    if let scale = try? LinearScale(from: decoder) {
      self = .linear(scale)
    } else {
      self = .logRain(try LogRainNormalizer(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .logRain(let normalizer): try normalizer.encode(to: encoder)
    case .linear(let scale): try scale.encode(to: encoder)
    }
  }
}
