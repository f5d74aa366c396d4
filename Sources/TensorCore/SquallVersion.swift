/// The version of Squall.
public enum SquallVersion {
  public static let number = "0.1.0"

  /// The version with what computes: `squall 0.1.0 (oneDNN 2.6.3 …)`.
  public static var description: String { "squall \(number) (\(Backend.summary))" }
}
