import Readers

/// The measured domain of each grid among joined sequences: archives that were brought to one size cover different parts
/// of a frame.
struct GridDomains {
  /// For each grid its domain; a single one where all sequences lie on one grid.
  private let domains: [DomainMask]
  /// The place in `domains` for each of the joined sequences.
  private let places: [Int]
  private let joined: EventSequence
  /// The pixels that any of the grids measures.
  let union: DomainMask

  /// How many grids there are.
  var count: Int { domains.count }

  /// - Parameters:
  ///   - joined: The sequences.
  ///   - source: The same, perhaps cached.
  ///   - frames: The training part. A grid that has no frame in it is measured by its own, 48 of them at most.
  /// - Throws: `DataError` if a grid measures no pixel in half of its frames; whatever reading throws.
  init(of joined: EventSequence, source: some FrameSource, trainingFrames frames: [Int]) throws {
    var grids: [GridMetadata?] = []
    places = joined.sources.map { sequence in
      if let place = grids.firstIndex(where: { $0 == sequence.grid }) { return place }
      grids.append(sequence.grid)
      return grids.count - 1
    }
    self.joined = joined
    guard grids.count > 1 else {
      union = try DomainMask(of: source, frames: frames)
      domains = [union]
      return
    }
    let places = places
    let known = Dictionary(grouping: frames) { places[joined.sequence(ofFrame: $0)] }
    domains = try grids.indices.map { place in
      var frames = known[place] ?? []
      if frames.isEmpty {
        let own = (0..<joined.count).filter { places[joined.sequence(ofFrame: $0)] == place }
        let count = min(48, own.count)
        frames = (0..<count).map { own[$0 * own.count / count] }
      }
      return try DomainMask(of: source, frames: frames)
    }
    let domains = domains
    union = try DomainMask(
      shape: joined.shape,
      isInside: (0..<joined.shape.pixels).map { pixel in domains.contains { $0.isInside[pixel] } })
  }

  /// Which tiles a window may be cut to: those that its own grid measures in at least half of their pixels.
  func admits(_ sample: Sample) -> Bool {
    domains.count == 1
      || domains[places[joined.sequence(ofFrame: sample.window.start)]].share(of: sample.tile) >= 0.5
  }
}
