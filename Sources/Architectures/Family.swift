/// The two ways to learn from sequences of images that Squall compares.
public enum Family: String, CaseIterable, Codable, Sendable {
  /// Conv2D + LSTM: each frame through convolutions, flattened, then an LSTM. Space first, then time.
  case sequential
  /// ConvLSTM2D: convolutions inside the LSTM's gates. The state stays a map.
  case integrated

  /// The name that reports show.
  public var displayName: String {
    switch self {
    case .sequential: "Conv2D + LSTM"
    case .integrated: "ConvLSTM2D"
    }
  }
}
