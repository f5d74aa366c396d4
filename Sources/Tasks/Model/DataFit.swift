import Readers
import Support

/// How data compare with those that a model was trained on: what is beyond what the training saw.
///
/// A warning is due where
/// - the wet share and that of the training differ by more than a factor of ``shareFactor``;
/// - the 90th or 99th percentile of the wet values and that of the training differ by more than a factor of
///   ``valueFactor``; in dBZ by more than 5 dBZ, which is the same factor in rain;
/// - the size of a pixel of rain is unknown on one side.
public struct DataFit: Sendable {
  public static let shareFactor = 3.0
  public static let valueFactor = 2.0
  /// 10 log₁₀ of the factor to the power of 1.6 (Marshall and Palmer), rounded.
  static let decibels = 5.0
  /// Pixels within this share of the training's size count as equal.
  public static let pixelTolerance = 0.2
  /// So do intervals within this share.
  public static let intervalTolerance = 0.1

  /// What is to be said, in sentences; empty where nothing is.
  public let warnings: [String]

  /// - Parameters:
  ///   - data: The frames that a model is run on, as it sees them.
  ///   - training: What the model's training saw; `nil` for a model that does not say.
  ///   - isPixelSizeKnown: Whether data and model both state the size of a pixel.
  public init(of data: DataProfile, for training: DataProfile?, isPixelSizeKnown: Bool) {
    var warnings: [String] = []
    if !isPixelSizeKnown, data.isRain {
      warnings.append(
        "The size of a pixel is unknown in \(data.pixelWidth == nil ? "these data" : "the model's file"): whether "
          + "it is that of the training cannot be checked.")
    }
    if let training {
      warnings += [Self.share(data, training), Self.values(data, training)].compactMap { $0 }
    }
    self.warnings = warnings
  }

  private static func share(_ data: DataProfile, _ training: DataProfile) -> String? {
    guard let here = data.wetShare, let there = training.wetShare, there > 0 else { return nil }
    guard here > shareFactor * there || here < there / shareFactor else { return nil }
    let unit = data.unit.symbol.isEmpty ? "" : " " + data.unit.symbol
    let limit = "above \(short(Double(data.wetThreshold)))\(unit)"
    return data.isRain
      ? "These frames are wet (\(limit)) over \(percent(here)) of the area; the model was trained on data that were "
        + "\(percent(there)) wet."
      : "These frames are \(limit) over \(percent(here)) of the area; in the training's data it was \(percent(there))."
  }

  /// The higher of the percentiles that is off.
  private static func values(_ data: DataProfile, _ training: DataProfile) -> String? {
    for (level, name) in [(0.99, "99th"), (0.9, "90th")] {
      guard let here = data.quantile(level), let there = training.quantile(level) else { continue }
      let isOff: Bool
      if data.unit == .decibelsZ {
        isOff = abs(here - there) > decibels
      } else {
        guard here > 0, there > 0 else { continue }
        isOff = here > valueFactor * there || here < there / valueFactor
      }
      guard isOff else { continue }
      let unit = data.unit.symbol.isEmpty ? "" : " " + data.unit.symbol
      return
        "The \(name) percentile of \(data.isRain ? "rain" : "values above \(short(Double(data.wetThreshold)))") is "
        + "\(rounded(here))\(unit) here and was \(rounded(there))\(unit) in training."
    }
    return nil
  }

  private static func rounded(_ value: Double) -> String { NumberText.significant(value, 2) }
}
