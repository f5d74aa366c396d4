/// What a cheap classifier is shown of a clip.
package enum ClipView: String, CaseIterable, Codable, Sendable {
  /// The last frame: its pixels, and what of its shapes does not depend on their place.
  case lastFrame = "last-frame"
  /// The mean of all frames.
  case meanFrame = "mean-frame"
  /// Mean and deviation of each pixel over time, and the mean of the frames' shapes: what shuffled frames tell.
  case orderFree = "order-free"
  /// How far and which way things move, and nothing of what they look like.
  case direction
  /// Correlations of consecutive frames for shifts in a neighbourhood, over the whole frame: the same law everywhere.
  case motion
  /// The same in 3 × 3 cells of the frame: local, in the manner of ConvLSTM2D.
  case localMotion = "local-motion"
  /// The principal components of each frame, one frame after the other: the linear twin of Conv2D + LSTM.
  case wholeClip = "whole-clip"
  /// Products of appearance and direction: which shape goes which way.
  case together = "appearance-and-motion"

  /// Whether it depends on the order of the frames. The last frame is one of them, whatever their order.
  package var knowsOrder: Bool {
    switch self {
    case .lastFrame, .meanFrame, .orderFree: false
    case .direction, .motion, .localMotion, .wholeClip, .together: true
    }
  }

  /// What it shows, in a few words.
  package var text: String {
    switch self {
    case .lastFrame: "last frame alone"
    case .meanFrame: "mean frame"
    case .orderFree: "frames in any order"
    case .direction: "direction of motion alone"
    case .motion: "motion, same law everywhere"
    case .localMotion: "motion in 3 × 3 cells"
    case .wholeClip: "whole clip, place by place"
    case .together: "appearance and motion together"
    }
  }
}
