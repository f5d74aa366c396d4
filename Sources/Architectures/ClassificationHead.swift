/// How maps become a vector in a classifier.
public enum ClassificationHead: String, CaseIterable, Codable, Sendable {
  /// Every pixel of every channel: the vector grows with the frame and keeps places.
  case flatten
  /// The mean of each channel.
  case mean
  /// The maximum of each channel.
  case maximum

  var text: String {
    switch self {
    case .flatten: "flatten"
    case .mean: "mean of each channel"
    case .maximum: "maximum of each channel"
    }
  }
}
