import Layers

/// How maps become a vector in a classifier.
public enum ClassificationHead: String, CaseIterable, Codable, Sendable {
  /// Every pixel of every channel: the vector grows with the frame and keeps places.
  case flatten
  /// The mean of each channel.
  case mean
  /// The maximum of each channel.
  case maximum

  /// In words, for a summary.
  public var text: String {
    switch self {
    case .flatten: "flatten"
    case .mean: "mean of each channel"
    case .maximum: "maximum of each channel"
    }
  }
}

extension ClassificationHead {
  private var layer: any UnaryLayer {
    switch self {
    case .flatten: Flatten()
    case .mean: GlobalAveragePooling2D()
    case .maximum: GlobalMaxPooling2D()
    }
  }

  /// The vector of maps `[batch, height, width, channels]`.
  ///
  /// - Throws: `ShapeError` for something else than maps.
  public func vector(of maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
    func called(_ layer: some UnaryLayer) throws -> SymbolicTensor { try layer(maps, name: name) }
    return try called(layer)
  }

  /// The vector of each frame of maps `[batch, time, height, width, channels]`.
  ///
  /// - Throws: `ShapeError` for something else than a sequence of maps.
  public func vectorOfEachFrame(_ maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
    func called(_ layer: some UnaryLayer) throws -> SymbolicTensor {
      try TimeDistributed(layer)(maps, name: name)
    }
    return try called(layer)
  }

  /// The vector of maps over time and space alike, `[batch, time, height, width, channels]`.
  ///
  /// - Throws: `ShapeError` for something else than a sequence of maps.
  public func vectorOfVolume(_ maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
    switch self {
    case .flatten: try Flatten()(maps, name: name)
    case .mean: try GlobalAveragePooling3D()(maps, name: name)
    case .maximum: try GlobalMaxPooling3D()(maps, name: name)
    }
  }
}
