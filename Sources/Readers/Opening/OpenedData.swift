import Foundation

/// Data as they were found.
public enum OpenedData: Sendable {
  /// Sequences that windows never span two of: folders, files, samples of an array, or stretches of time.
  case events([any FrameSource])
  /// Clips with a class each.
  case clips(LabeledClips)

  /// The sequences; clips become one each, and are read when their frames are.
  ///
  /// - Throws: Nothing at present; reading frames does.
  public func sources() throws -> [any FrameSource] {
    switch self {
    case .events(let events): events
    case .clips(let clips): clips.sources()
    }
  }
}
