import Readers

extension TrainedForecaster {
  /// Refuses data whose interval is not that of the training.
  ///
  /// - Parameters:
  ///   - source: The data.
  ///   - picksFrames: Whether frames at the model's interval are picked from data that have more of them.
  func checkInterval(of source: any FrameSource, picksFrames: Bool) throws {
    guard let step = notes.stepMinutes, step > 0, let own = source.nominalStep, own > 0,
      abs(own - step) > DataFit.intervalTolerance * step
    else { return }
    let stride = (step / own).rounded()
    let isWhole = stride >= 2 && abs(stride * own / step - 1) <= DataFit.intervalTolerance
    // Frames are picked by their times.
    guard !(picksFrames && isWhole && source.timestamps != nil) else { return }
    throw ForecastingError(
      .otherData, in: "data", expected: "a frame every \(short(step)) minutes, as in training",
      received: "one every \(short(own)) minutes",
      remedy: isWhole
        ? "Take every nth frame with --stride \(Int(stride))." : "Train a model on data of this interval.")
  }

  /// Refuses data whose pixels are not of the training's size; those of unknown size pass.
  func checkPixels(of source: any FrameSource, resampling: Bool) throws {
    guard let known = notes.pixelSize, let own = source.grid?.pixelSize else {
      guard resampling else { return }
      throw ForecastingError(
        .otherData, in: "data", expected: "pixels of a known size in model and data, to resample these",
        received: notes.pixelSize == nil ? "a model that does not state it" : "data that do not state it",
        remedy: "Leave --resample out, or use data with a grid.")
    }
    guard !resampling else { return }
    let factor = Double(notes.downsampling)
    guard
      [own.width * factor / known.width, own.height * factor / known.height]
        .contains(where: { abs($0 - 1) > DataFit.pixelTolerance })
    else { return }
    func text(_ size: (width: Double, height: Double), _ factor: Double = 1) -> String {
      let (width, height) = (short(size.width * factor), short(size.height * factor))
      return width == height ? "\(width) km" : "\(width) × \(height) km"
    }
    let averaged =
      notes.downsampling > 1 ? " after averaging \(notes.downsampling) × \(notes.downsampling)" : ""
    throw ForecastingError(
      .otherData, in: "data", expected: "pixels of about \(text(known))\(averaged), as in training",
      received: "\(text(own, factor))\(averaged.isEmpty ? "" : ", pixels of the data having \(text(own))")",
      remedy:
        "Bring the data to the model's pixels with --pixel-size \(short(known.width / factor)), or with --resample, "
        + "which brings the forecast back to their grid.")
  }

  /// How many rows and columns of a sequence make one of the model's.
  func scale(of source: any FrameSource, resampling: Bool) -> (rows: Double, columns: Double) {
    guard resampling, let known = notes.pixelSize, let own = source.grid?.pixelSize else {
      return (Double(notes.downsampling), Double(notes.downsampling))
    }
    return (
      ResampledSource.factor(known.height / own.height), ResampledSource.factor(known.width / own.width)
    )
  }

  /// How frames that the model is run on compare with those of its training.
  ///
  /// - Parameters:
  ///   - source: The frames as the model sees them.
  ///   - frames: Which of them.
  /// - Throws: What reading throws.
  public func fit(of source: any FrameSource, frames: [Int]) throws -> DataFit {
    DataFit(
      of: try DataProfile(of: source, frames: frames), for: notes.profile,
      isPixelSizeKnown: notes.pixelSize != nil && source.grid?.pixelSize != nil)
  }
}

extension EnsembleForecaster {
  /// How the frames that a forecast starts from compare with those of the first member's training.
  ///
  /// - Parameters:
  ///   - source: The sequence as it was opened.
  ///   - auxiliary: Names and frames of the auxiliary channels, where the models take some.
  ///   - reference: The last frame to use.
  ///   - policy: What to do about late frames.
  ///   - resampling: Whether the sequence is brought to the model's pixel size.
  /// - Throws: As the forecast does.
  public func fit(
    of source: any FrameSource, auxiliary: [(name: String, source: any FrameSource)] = [],
    at reference: InputSelection.Reference = .latest, policy: LateFramePolicy = .refuse,
    resampling: Bool = false
  ) throws -> DataFit {
    let prepared = try members[0].prepared(
      source, auxiliary: auxiliary, resampling: resampling, picksFrames: true)
    let input = try ForecastInput(
      source, prepared: prepared, notes: notes, scale: members[0].scale(of: source, resampling: resampling),
      at: reference, policy: policy)
    return DataFit(
      of: try DataProfile(
        of: input.frames.frames, unit: source.unit, interval: notes.stepMinutes, grid: prepared.grid),
      for: notes.profile, isPixelSizeKnown: notes.pixelSize != nil && source.grid?.pixelSize != nil)
  }
}
