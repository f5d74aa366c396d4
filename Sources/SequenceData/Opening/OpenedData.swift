import Foundation

/// Data as they were found.
public enum OpenedData: Sendable {
  /// Sequences that windows never span two of: folders, files, samples of an array, or stretches of time.
  case events([any FrameSource])
  /// Clips with a class each.
  case clips(LabeledClips)

  /// The sequences; clips become one each.
  ///
  /// - Throws: ``DataError`` if a clip makes no frames.
  public func sources() throws -> [any FrameSource] {
    switch self {
    case .events(let events): return events
    case .clips(let clips):
      let length = clips.frames * clips.shape.count
      return try (0..<clips.count).map { clip in
        try FrameArray(
          (0..<clips.frames).map { frame in
            let start = clip * length + frame * clips.shape.count
            return try Frame(
              shape: clips.shape, values: Array(clips.values[start..<start + clips.shape.count]))
          }, unit: clips.unit)
      }
    }
  }
}
