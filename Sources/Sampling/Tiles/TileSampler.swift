import Readers
import TensorCore

/// Which window on which tile: all that a sample is.
public struct Sample: Hashable, Sendable {
  public let window: Window
  public let tile: Tile

  public init(window: Window, tile: Tile) {
    self.window = window
    self.tile = tile
  }
}

/// Draws training samples: random windows on random square tiles, wet ones more often.
///
/// Sample i of epoch e depends on nothing but the seed, e and i, so that every model sees the same ones in the
/// same order. It is drawn thus:
/// 1. A window and a position of the tile are drawn evenly.
/// 2. The tile is refused if it shares a pixel with an ``excluded`` tile, or if less than
///    ``minimumValidShare`` of its pixels are valid in the last input or the last target frame.
/// 3. Let w be the share of wet pixels (rain > ``wetThreshold``) among the valid ones of those two frames. The
///    tile is kept with probability min(1, ``dryAcceptance`` + w / ``wetShareForCertainty``).
/// 4. After ``maximumAttempts`` refusals the wettest tile that passed step 2 is taken.
/// 5. If none did, as on a field hardly larger than its tiles, all positions outside the excluded ones are tried in an order
///    drawn at random.
///
/// Preferring wet tiles in this way is importance sampling as in Ravuri et al. 2021 ("Skilful precipitation
/// nowcasting using deep generative models of radar"), with a simpler rule.
public struct TileSampler: Equatable, Sendable {
  /// The side of a tile in pixels.
  public var size: Int
  public var seed: UInt64
  /// Tiles that training must not touch, such as those of validation.
  public var excluded: [Tile] = []
  /// The share of a tile's pixels that must be valid.
  public var minimumValidShare = 0.5
  /// A pixel is wet if its value is greater than this, in the unit of the source (mm/h).
  public var wetThreshold: Float = 0.5
  /// The probability of keeping a tile without a wet pixel.
  public var dryAcceptance: Float = 0.05
  /// The share of wet pixels from which a tile is always kept (nearly: ``dryAcceptance`` comes on top).
  public var wetShareForCertainty: Float = 0.25
  /// How many tiles are drawn before the wettest is taken.
  public var maximumAttempts = 256

  public init(size: Int, seed: UInt64) {
    self.size = size
    self.seed = seed
  }

  /// Draws a sample.
  ///
  /// - Throws: `DataError` if the tile does not fit, or no admissible one was found; whatever reading throws.
  public func sample(
    epoch: Int, index: Int, of source: some FrameSource, windows: WindowIndex
  ) throws -> Sample {
    let shape = source.shape
    guard size >= 1, size <= min(shape.height, shape.width) else {
      throw DataError(
        .noTile, expected: "a tile size from 1 to \(min(shape.height, shape.width)) for frames of \(shape)",
        received: "\(size)", remedy: "Choose smaller tiles, or average fewer pixels into one.")
    }
    var random = RandomStream(seed: seed).substream("tiles").substream(epoch).substream(index)
    var wettest: (sample: Sample, share: Float)?
    for _ in 0..<max(1, maximumAttempts) {
      let window = windows[random.integer(below: windows.count)]
      let tile = Tile(
        row: random.integer(below: shape.height - size + 1),
        column: random.integer(below: shape.width - size + 1), size: size)
      let luck = random.uniform()
      guard !excluded.contains(where: { $0.overlaps(tile) }),
        let share = try wetShare(of: tile, in: window, of: source)
      else { continue }
      let sample = Sample(window: window, tile: tile)
      if luck < dryAcceptance + share / wetShareForCertainty { return sample }
      if share > wettest?.share ?? -1 { wettest = (sample, share) }
    }
    guard let sample = try wettest?.sample ?? anyAdmissible(&random, of: source, windows: windows) else {
      throw DataError(
        .noTile, expected: "a tile of \(size)×\(size) with \(minimumValidShare) of its pixels valid",
        received: "none in \(maximumAttempts) tries, nor anywhere in the windows tried last",
        remedy: "Choose smaller tiles, a smaller share, or hold out fewer tiles.")
    }
    return sample
  }

  /// A tile that passes step 2, sought at every position in some windows.
  private func anyAdmissible(
    _ random: inout RandomStream, of source: some FrameSource, windows: WindowIndex
  ) throws -> Sample? {
    let columns = source.shape.width - size + 1
    var places = (0..<(source.shape.height - size + 1) * columns).filter { place in
      let tile = Tile(row: place / columns, column: place % columns, size: size)
      return !excluded.contains { $0.overlaps(tile) }
    }
    guard !places.isEmpty else { return nil }
    for _ in 0..<Self.windowsTriedLast {
      let window = windows[random.integer(below: windows.count)]
      for last in places.indices.reversed() {
        places.swapAt(last, random.integer(below: last + 1))
        let tile = Tile(row: places[last] / columns, column: places[last] % columns, size: size)
        if try wetShare(of: tile, in: window, of: source) != nil { return Sample(window: window, tile: tile) }
      }
    }
    return nil
  }

  private static let windowsTriedLast = 4

  /// The share of wet pixels among the valid ones, or `nil` if too few are valid.
  private func wetShare(of tile: Tile, in window: Window, of source: some FrameSource) throws -> Float? {
    var wet = 0
    var valid = 0
    var values: [Float] = []
    var mask: [Bool] = []
    for index in [window.lastInput, window.target.upperBound - 1] {
      values.removeAll(keepingCapacity: true)
      mask.removeAll(keepingCapacity: true)
      try source.append(tile, ofFrame: index, to: &values, &mask)
      let measured = mask.count { $0 }
      if Double(measured) < minimumValidShare * Double(mask.count) { return nil }
      for (value, isValid) in zip(values, mask) where isValid && value > wetThreshold { wet += 1 }
      valid += measured
    }
    return valid == 0 ? nil : Float(wet) / Float(valid)
  }
}

extension Frame {
  /// How many values of a tile are valid, and how many of those exceed a threshold.
  func counts(in tile: Tile, above threshold: Float) -> (valid: Int, wet: Int) {
    var valid = 0
    var wet = 0
    let rowLength = tile.width * shape.channels
    values.withUnsafeBufferPointer { values in
      isValid.withUnsafeBufferPointer { mask in
        for row in tile.row..<tile.row + tile.height {
          let start = (row * shape.width + tile.column) * shape.channels
          for index in start..<start + rowLength where mask[index] {
            valid += 1
            if values[index] > threshold { wet += 1 }
          }
        }
      }
    }
    return (valid, wet)
  }
}
