import Layers

extension ForecastSignature {
  /// A forecast by one recurrence that reads the frames and then its own forecasts, in training too.
  ///
  /// Frames are read as patches, the forecast channel first. Motion-extrapolated frames are seen by the convolution of
  /// 1 × 1 that makes a patch of the recurrence's output. Auxiliary channels stay as they were observed last. With a
  /// residual forecast what is read is the sum of background and difference.
  ///
  /// - Throws: `ShapeError` for frames that the patches do not divide.
  func rolledOut(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, by cell: some RecurrentCell, patchSize: Int,
    contender: any ForecastContender
  ) throws -> SymbolicTensor {
    try requireMultiples(of: patchSize, contender: contender, hint: "\(contender.name):patch=2")
    func patches(_ frames: SymbolicTensor, _ name: String) throws -> SymbolicTensor {
      try SpaceToDepth(size: patchSize)(frames, name: name)
    }
    var inputs = [try patches(try channel(frames, 0..<1, name: "field_read"), "patches")]
    if channels > 1 {
      let others = try patches(try channel(frames, 1..<channels, name: "others_read"), "other_patches")
      inputs[0] = try Concatenate()([inputs[0], others], name: "all_patches")[0]
    }
    if let guidance { inputs.append(try patches(guidance, guidanceName + "patches")) }
    let recurrence = AutoregressiveRNN(
      cell, count: forecastFrames, outputChannels: patchSize * patchSize, addsBackground: isResidual)
    let made = try recurrence(inputs, name: "roll_out")[0]
    return try DepthToSpace(size: patchSize)(made, name: headName)
  }

  /// Some of the channels. As in ``field(_:)`` time counts as the channels and the real ones as the last axis of space.
  private func channel(
    _ frames: SymbolicTensor, _ range: Range<Int>, name: String
  ) throws -> SymbolicTensor {
    guard range.count < channels else { return frames }
    let crop = Cropping3D(
      cropping: Borders([[0, 0], [0, 0], [range.lowerBound, channels - range.upperBound]]),
      dataFormat: .channelsFirst)
    return try crop(frames, name: name)
  }

  /// Side of the patches that become channels: 4, or 2 on frames of less than 64 pixels.
  var usualPatchSize: Int { min(height, width) < 64 ? 2 : 4 }
}

/// Where a report looks into a contender that rolls itself out.
let rollOutProbes = [
  LayerProbe(
    layer: "roll_out", output: 1, text: "output after the last observed frame", takesLastFrame: false)
]
