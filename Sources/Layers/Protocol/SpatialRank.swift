/// The number of space axes as a type. A layer is written once, and `MaxPooling1D`, `MaxPooling2D` and
/// `MaxPooling3D` are names of it.
public protocol SpatialRank: Sendable {
  /// How many space axes there are.
  static var rank: Int { get }
  /// The space axes by name.
  static var axes: String { get }
}

/// Sequences and profiles: `[batch, length, channels]`.
public enum Space1D: SpatialRank {
  public static let rank = 1
  public static let axes = "length"
}

/// Maps: `[batch, height, width, channels]`.
public enum Space2D: SpatialRank {
  public static let rank = 2
  public static let axes = "height, width"
}

/// Volumes, or maps with time as an axis of space: `[batch, depth, height, width, channels]`.
public enum Space3D: SpatialRank {
  public static let rank = 3
  public static let axes = "depth, height, width"
}
