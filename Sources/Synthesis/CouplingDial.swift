import Foundation
import Readers
import TensorCore

/// The coupling dial: sequences in which each place follows another one, near or far, by one law everywhere or by a
/// law of its own, while everything that space alone, time alone and predictability can tell stays the same.
///
/// The frame is a torus of square cells. With x the values of the cells, P a permutation and e white noise,
///
///     x(t) = ρ · P x(t−1) + √(1−ρ²) · e(t)          x(0) ~ N(0, I)
///
/// - ``Options/reach`` is how far a cell lies from the one that it follows, in cells;
/// - ``Options/variety`` is the share of the cells with a displacement of their own, of the same length; at 0 all
///   have one displacement, and the field moves rigidly.
///
/// P is orthogonal, so the cells are independent and of variance 1 at every time, whatever P is. Within
/// ``shortestCycle`` frames no cell comes back to itself, so a pixel's autocorrelation is the same too. And so is the error
/// of the best forecast, ``bestError(lead:inputFrames:)``: the dials change who can learn the law, not what there is
/// to learn.
public struct CouplingDial: Equatable, Sendable {
  public struct Options: Equatable, Codable, Sendable {
    /// Cells between a cell and the one that it follows: 1 is a neighbour.
    public var reach = 1.0
    /// The share of the cells with a law of their own, 0 to 1.
    public var variety = 0.0
    /// ρ, the correlation of a cell with the one that it follows.
    public var memory = 0.95
    /// The side of a cell in pixels.
    public var cell = 4
    /// The standard deviation of the noise that each pixel has besides.
    public var noise = 0.1
    public var samples = 200
    public var frames = 16
    public var height = 32
    public var width = 32

    public init() {}

    var rows: Int { height / max(cell, 1) }
    var columns: Int { width / max(cell, 1) }
  }

  public let options: Options
  public let seed: UInt64
  /// The cell that each cell follows, both row-major.
  public let follows: [Int]
  /// Frames after which the first cell comes back to itself.
  public let shortestCycle: Int

  /// - Throws: `DataError` if an option is out of its range, or no cell has another at such a distance.
  public init(_ options: Options = Options(), seed: UInt64) throws {
    func reject(_ expected: String, _ received: String, _ remedy: String) -> DataError {
      DataError(.invalidOption, expected: expected, received: received, remedy: remedy)
    }
    guard (0...1).contains(options.variety), (0..<1).contains(options.memory),
      (0...100).contains(options.noise)
    else {
      throw reject(
        "a variety of 0 to 1, a memory of 0 to less than 1 and noise of 0 to 100",
        "\(options.variety), \(options.memory), \(options.noise)", "Change the option of the coupling dial.")
    }
    guard (1...1_000_000).contains(options.samples), (1...1024).contains(options.frames),
      (1...256).contains(options.cell), (2...1024).contains(options.height),
      (2...1024).contains(options.width),
      options.height % options.cell == 0, options.width % options.cell == 0,
      (2...128).contains(options.rows), (2...128).contains(options.columns)
    else {
      throw reject(
        "1 to 1,000,000 samples of 1 to 1024 frames, whose sides are 2 to 128 whole cells",
        "\(options.samples) samples of \(options.frames) frames of \(options.height)×\(options.width) pixels, cells of "
          + "\(options.cell)", "Choose sides that are multiples of the cell.")
    }
    let shifts = CouplingLaw.shifts(rows: options.rows, columns: options.columns, reach: options.reach)
    guard !shifts.isEmpty else {
      let longest = hypot(Double(options.rows / 2), Double(options.columns / 2))
      throw reject(
        "a reach of 0.5 to \(String(format: "%.1f", longest + 0.5)) cells", "\(options.reach)",
        "Choose a shorter reach, or smaller cells.")
    }
    var random = RandomStream(seed: seed).substream("coupling dial").substream("law")
    let law = CouplingLaw(options, shifts: shifts, &random)
    self.options = options
    self.seed = seed
    follows = law.follows
    shortestCycle = law.shortestCycle
  }

  public var shape: FrameShape { FrameShape(height: options.height, width: options.width) }

  /// The sequences, each made when first looked at.
  public func events() -> [any FrameSource] {
    (0..<options.samples).map { index in
      let random = RandomStream(seed: seed).substream("coupling dial").substream(index)
      return GeneratedEvent(count: options.frames, shape: shape, unit: .dimensionless) { sequence(random) }
    }
  }

  /// The mean squared error of the best forecast as a share of the variance of a pixel, the same for every reach and
  /// variety: that of a Kalman filter which knows the law (Kalman 1960).
  ///
  /// - Parameters:
  ///   - lead: Frames after the last observed one, from 1.
  ///   - inputFrames: How many frames are observed.
  public func bestError(lead: Int, inputFrames: Int) -> Double {
    let kept = options.memory * options.memory
    let pixelNoise = options.noise * options.noise
    let observed = pixelNoise / Double(options.cell * options.cell)
    // The variance of a cell given what has been observed. P is orthogonal, so it is the same for all cells.
    var variance = 1.0
    for frame in 0..<max(inputFrames, 1) {
      if frame > 0 { variance = kept * variance + 1 - kept }
      variance = observed > 0 ? variance * observed / (variance + observed) : 0
    }
    let held = pow(kept, Double(lead))
    return (held * variance + 1 - held + pixelNoise) / (1 + pixelNoise)
  }

  /// All values of one sequence, `[time, height, width, 1]`.
  private func sequence(_ random: RandomStream) -> [Float] {
    var random = random
    let innovation = (1 - options.memory * options.memory).squareRoot()
    var state = follows.indices.map { _ in Double(random.normal()) }
    var values: [Float] = []
    values.reserveCapacity(options.frames * options.height * options.width)
    for frame in 0..<options.frames {
      if frame > 0 {
        state = follows.map { options.memory * state[$0] + innovation * Double(random.normal()) }
      }
      for row in 0..<options.height {
        for column in 0..<options.width {
          let cell = row / options.cell * options.columns + column / options.cell
          values.append(Float(state[cell] + options.noise * Double(random.normal())))
        }
      }
    }
    return values
  }
}

/// Which cell follows which: a permutation of a torus whose displacements all have about one length.
struct CouplingLaw {
  private(set) var follows: [Int]
  /// The length of the shortest cycle.
  private(set) var shortestCycle: Int

  /// The displacements whose length is that of the reach to within half a cell, or the six nearest to it.
  static func shifts(rows: Int, columns: Int, reach: Double) -> [(row: Int, column: Int)] {
    let all = (0..<rows * columns).map { index in
      let (row, column) = (index / columns, index % columns)
      let length = hypot(Double(min(row, rows - row)), Double(min(column, columns - column)))
      return (row: row, column: column, length: length)
    }.filter { $0.length > 0 }
    guard let longest = all.map(\.length).max(), reach >= 0.5, reach <= longest + 0.5 else { return [] }
    let ordered = all.sorted { abs($0.length - reach) < abs($1.length - reach) }
    let near = ordered.count { abs($0.length - reach) <= 0.5 }
    return ordered.prefix(max(near, 6)).map { (row: $0.row, column: $0.column) }
  }

  /// Most cells follow one shift. Those with a law of their own share out what they would have followed: a random
  /// perfect matching along the other displacements (Kuhn 1955). Of several draws that with the longest shortest cycle is
  /// taken.
  init(_ options: CouplingDial.Options, shifts: [(row: Int, column: Int)], _ random: inout RandomStream) {
    let (rows, columns) = (options.rows, options.columns)
    func source(_ cell: Int, _ shift: (row: Int, column: Int)) -> Int {
      (cell / columns + shift.row) % rows * columns + (cell % columns + shift.column) % columns
    }
    let laws = shifts.map { shift in (0..<rows * columns).map { source($0, shift) } }
    let cycles = laws.map(Self.shortestCycle)
    let longest = cycles.max() ?? 1
    let common = laws.indices.filter { cycles[$0] == longest }.randomElement(using: &random) ?? 0
    follows = laws[common]
    shortestCycle = longest
    let number = Int((options.variety * Double(rows * columns)).rounded())
    guard number > 1 else { return }
    var best: (follows: [Int], cycle: Int)?
    for _ in 0..<50 {
      let own = Array(follows.indices.shuffled(using: &random).prefix(number))
      let drawn = Self.matched(own, in: follows, among: laws, common: common, &random)
      let cycle = Self.shortestCycle(drawn)
      if cycle > best?.cycle ?? 0 { best = (drawn, cycle) }
    }
    if let best { (follows, shortestCycle) = (best.follows, min(best.cycle, longest)) }
  }

  /// The law in which each of the `own` cells follows, where it can, another displacement than the common one.
  private static func matched(
    _ own: [Int], in follows: [Int], among laws: [[Int]], common: Int, _ random: inout RandomStream
  ) -> [Int] {
    let shared = Set(own.map { follows[$0] })
    // The common displacement last: it always fits, and so a matching exists.
    let candidates = Dictionary(
      uniqueKeysWithValues: own.map { cell in
        let others = laws.indices.filter { $0 != common }.map { laws[$0][cell] }
        return (cell, others.filter(shared.contains).shuffled(using: &random) + [follows[cell]])
      })
    var follower: [Int: Int] = [:]
    func assign(_ cell: Int, _ seen: inout Set<Int>) -> Bool {
      for source in candidates[cell] ?? [] where seen.insert(source).inserted {
        if let other = follower[source], !assign(other, &seen) { continue }
        follower[source] = cell
        return true
      }
      return false
    }
    for cell in own {
      var seen: Set<Int> = []
      _ = assign(cell, &seen)
    }
    var result = follows
    for (source, cell) in follower { result[cell] = source }
    return result
  }

  private static func shortestCycle(_ follows: [Int]) -> Int {
    var shortest = follows.count
    for start in follows.indices {
      var (cell, length) = (follows[start], 1)
      while cell != start, length < shortest { (cell, length) = (follows[cell], length + 1) }
      shortest = min(shortest, length)
    }
    return shortest
  }
}
