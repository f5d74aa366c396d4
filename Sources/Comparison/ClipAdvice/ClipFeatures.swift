/// The features of clips, block by block. A block is `[clips, features]`.
struct ClipFeatures {
  /// Features that are scaled together.
  enum Block: Hashable, CaseIterable {
    case lastPixels, meanPixels, deviationPixels
    /// Autocorrelations in space and moments of the last frame, and their mean over all frames.
    case lastShapes, meanShapes
    case direction, motion, localMotion, components

    /// Whether each feature has deviation 1. Pixels have one scale together, else empty corners would count like the
    /// rest.
    var standardizesEach: Bool {
      switch self {
      case .lastPixels, .meanPixels, .deviationPixels, .components: false
      case .lastShapes, .meanShapes, .direction, .motion, .localMotion: true
      }
    }
  }

  /// Components of a frame.
  static let mostComponents = 24
  /// Times of a clip whose components count.
  static let mostTimes = 12

  private(set) var blocks: [Block: [Float]] = [:]
  /// Averaged pixels a frame, of each clip.
  private(set) var speeds: [Float] = []

  init(_ clips: AveragedClips) {
    for index in 0..<clips.count { append(clips, index) }
    blocks[.components] = Self.components(clips)
    for (block, values) in blocks {
      blocks[block] = Self.scaled(values, rows: clips.count, each: block.standardizesEach)
    }
  }

  private mutating func append(_ clips: AveragedClips, _ index: Int) {
    let (values, size) = (clips.frames[index], clips.frameSize)
    let times = values.count / size
    var (mean, deviation) = ([Float](repeating: 0, count: size), [Float](repeating: 0, count: size))
    for place in values.indices { mean[place % size] += values[place] }
    for place in mean.indices { mean[place] /= Float(times) }
    for place in values.indices {
      let difference = values[place] - mean[place % size]
      deviation[place % size] += difference * difference
    }
    blocks[.lastPixels, default: []] += values.suffix(size)
    blocks[.meanPixels, default: []] += mean
    blocks[.deviationPixels, default: []] += deviation.map { ($0 / Float(times)).squareRoot() }
    // Shapes.
    let near = FrameCorrelations(
      height: clips.height, width: clips.width, channels: clips.channels, radius: 5)
    let shapes = (0..<times).map { time in
      Self.shapes(Array(values[time * size..<(time + 1) * size]), clips.channels, near)
    }
    blocks[.lastShapes, default: []] += shapes[times - 1]
    blocks[.meanShapes, default: []] += shapes[0].indices.map { place in
      shapes.reduce(0) { $0 + $1[place] } / Float(times)
    }
    // Motion, without what stays where it is.
    let moving = values.indices.map { values[$0] - mean[$0 % size] }
    let reach = FrameCorrelations(
      height: clips.height, width: clips.width, channels: clips.channels, radius: 4)
    var sums = [Float](repeating: 0, count: reach.shifts * FrameCorrelations.cells * FrameCorrelations.cells)
    moving.withUnsafeBufferPointer { all in
      for time in 0..<max(0, times - 1) {
        reach.add(
          UnsafeBufferPointer(rebasing: all[time * size..<(time + 1) * size]),
          UnsafeBufferPointer(rebasing: all[(time + 1) * size..<(time + 2) * size]), to: &sums)
      }
    }
    let energy = max(moving.reduce(0) { $0 + $1 * $1 }, 1e-6)
    let correlations = sums.map { $0 / energy }
    let overall = reach.overall(correlations)
    blocks[.motion, default: []] += reach.parts(overall)
    let cells = FrameCorrelations.cells * FrameCorrelations.cells
    blocks[.localMotion, default: []] += (0..<cells).flatMap { cell in
      reach.parts((0..<reach.shifts).map { correlations[$0 * cells + cell] })
    }
    let peak = reach.peak(overall)
    let speed = (peak.rows * peak.rows + peak.columns * peak.columns).squareRoot()
    speeds.append(speed)
    blocks[.direction, default: []] += [peak.rows, peak.columns, speed]
  }

  /// Autocorrelations in space, as shares of the variance, then mean, deviation and skewness of each channel.
  private static func shapes(_ frame: [Float], _ channels: Int, _ near: FrameCorrelations) -> [Float] {
    var centred = frame
    var moments: [Float] = []
    for channel in 0..<channels {
      let places = stride(from: channel, to: frame.count, by: channels)
      let count = Float(frame.count / channels)
      let mean = places.reduce(0) { $0 + frame[$1] } / count
      for place in places { centred[place] -= mean }
      let variance = places.reduce(0) { $0 + centred[$1] * centred[$1] } / count
      let cube = places.reduce(0) { $0 + centred[$1] * centred[$1] * centred[$1] } / count
      moments += [mean, variance.squareRoot(), cube / max(variance * variance.squareRoot(), 1e-6)]
    }
    var sums = [Float](repeating: 0, count: near.shifts * FrameCorrelations.cells * FrameCorrelations.cells)
    centred.withUnsafeBufferPointer { near.add($0, $0, to: &sums) }
    let overall = near.overall(sums)
    let energy = max(overall[near.shifts / 2], 1e-6)
    return overall.prefix(near.shifts / 2).map { $0 / energy } + moments
  }

  /// The components of frames evenly over each clip, `[clips, times × components]`. Classes are not looked at.
  private static func components(_ clips: AveragedClips) -> [Float] {
    let size = clips.frameSize
    var mean = [Float](repeating: 0, count: size)
    let times = min(mostTimes, clips.frames.map { $0.count / size }.max() ?? 1)
    let chosen = clips.frames.map { clip in
      let count = clip.count / size
      return (0..<times).flatMap { time -> ArraySlice<Float> in
        let frame = times > 1 ? time * (count - 1) / (times - 1) : count - 1
        return clip[frame * size..<(frame + 1) * size]
      }
    }
    for clip in chosen { for place in clip.indices { mean[place % size] += clip[place] } }
    for place in mean.indices { mean[place] /= Float(chosen.count * times) }
    let centred = chosen.map { clip in clip.indices.map { clip[$0] - mean[$0 % size] } }
    let fitted = Array((0..<chosen.count * times)).spread(1500).flatMap { row -> ArraySlice<Float> in
      centred[row / times][row % times * size..<(row % times + 1) * size]
    }
    let basis = PrincipalComponents(fitted, columns: size, most: mostComponents)
    return basis.components(centred.flatMap { $0 })
  }

  /// Of mean zero; rows of mean square 1.
  private static func scaled(_ values: [Float], rows: Int, each: Bool) -> [Float] {
    let columns = values.count / rows
    var result = values
    for column in 0..<columns {
      var (sum, square) = (0.0, 0.0)
      for row in 0..<rows { sum += Double(values[row * columns + column]) }
      let mean = Float(sum / Double(rows))
      for row in 0..<rows {
        result[row * columns + column] -= mean
        square += Double(result[row * columns + column]) * Double(result[row * columns + column])
      }
      guard each else { continue }
      let deviation = (square / Double(rows)).squareRoot()
      let scale = deviation > 1e-6 ? Float(1 / deviation) : 0
      for row in 0..<rows { result[row * columns + column] *= scale }
    }
    let square = result.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(rows)
    let scale = square > 1e-12 ? Float(1 / square.squareRoot()) : 0
    return result.map { $0 * scale }
  }
}
