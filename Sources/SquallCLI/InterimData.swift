import ArgumentParser
import Foundation
import SequenceData

/// The data that a command reads.
struct InterimData: ParsableArguments {
  @Argument(help: "A folder of radar files, or generated:NAME.")
  var data: String

  enum Opened {
    case events([any FrameSource])
    case clips(LabeledClips)
  }

  func open() throws -> Opened {
    switch data {
    case "generated:advected-cells": .events([try AdvectedCells(seed: 1)])
    case "generated:motion-clips": .clips(try MotionClips().clips(seed: 1))
    case _ where data.hasPrefix("generated:"):
      throw ValidationError(
        "expected generated:advected-cells or generated:motion-clips, received \(data).")
    default: .events([try FrameFolder.knmi(URL(filePath: data))])
    }
  }
}

extension InterimData {
  /// Sequences to forecast.
  func events(for model: String) throws -> [any FrameSource] {
    guard case .events(let events) = try open() else {
      throw CleanError(
        description:
          "\(data): expected sequences of frames, as \(model) takes them, received clips with classes. "
          + "Use other data, or a classifier.")
    }
    return events
  }

  /// Clips to classify.
  func clips(for model: String) throws -> LabeledClips {
    guard case .clips(let clips) = try open() else {
      throw CleanError(
        description: "\(data): expected clips, as \(model) takes them, received sequences of frames. "
          + "Use other data, or a forecaster.")
    }
    return clips
  }
}
