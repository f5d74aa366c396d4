import Foundation
import Readers
import Sampling
import Tasks

extension DataArguments {
  /// Sequences to forecast.
  ///
  /// - Parameter grouped: Whether the sequences of one path are a group, as they were in the model's training.
  func events(for model: String, grouped: Bool = false) throws -> PreparedEvents {
    guard let events = try sequences(grouped: grouped) else {
      throw CleanError(
        description:
          "\(name): expected sequences of frames, as \(model) takes them, received clips with classes. "
          + "Use other data, or a classifier.")
    }
    return events
  }

  /// Clips with classes to score on.
  func clips(for model: String) throws -> LabeledClips {
    guard case .clips(let clips) = try open() else {
      throw CleanError(
        description:
          "\(name): expected clips with classes, as \(model) takes them, received sequences of frames. "
          + "Name their classes by folders or --labels, or use a forecaster.")
    }
    return clips
  }

  /// Clips to classify, with classes or without, and what they are called.
  func unlabeledClips(for classifier: TrainedClassifier) throws -> (clips: LabeledClips, names: [String]) {
    switch try open() {
    case .clips(let clips): return (clips, (0..<clips.count).map { clips.name(of: $0) })
    case .events(let sequences):
      let clips = try classifier.clips(of: sequences)
      let isOneEach = data.count == sequences.count
      return (
        clips, (0..<clips.count).map { isOneEach ? URL(filePath: data[$0]).lastPathComponent : "\($0)" }
      )
    }
  }
}
