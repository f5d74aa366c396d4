/// How much space and time belong together in sequences of fields, beyond what space alone and time alone
/// say.
///
/// For each event the stationary ``LagCovariance`` C[h, τ] is formed and 1 − σ₁² / Σ σᵢ² of its best
/// separable approximation taken. Estimated from few data this is above 0 even where space and time are
/// separable; therefore the mean over fitted separable surrogates (same size, same mask, same marginal
/// covariances) is taken off. The differences are averaged over the events, so that opposite winds do not
/// cancel.
///
/// - 0: what happens next at a place depends on its own past and its surroundings as a product; 1 is far
///   away: rigid motion by more than a correlation length a frame.
/// - The **transport** part is the share of C that changes sign with h: motion in one direction. What spreads
///   in all directions alike is nonseparable and no transport.
///
/// It sees covariances only: what depends on higher moments (a class told by the order of events, say) is
/// invisible to it. Slow changes against the interval of frames, and motion by more than the largest lag,
/// are invisible too. Noise that is white in both space and time adds to it a little.
public struct InteractionIndex: Sendable {
  public struct Options: Codable, Hashable, Sendable {
    /// The largest lag along rows and columns, in pixels.
    public var spatialLag = 8
    /// The largest lag in frames.
    public var temporalLag = 5
    /// How many surrogates each event has.
    public var surrogates = 10
    public var mean = SpaceTimeField.Mean.sequence
    public var seed: UInt64 = 1

    public init() {}
  }

  public var options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// What one event says.
  public struct Event: Codable, Hashable, Sendable {
    /// 1 − σ₁² / Σ σᵢ².
    public let nonseparable: Double
    /// Its mean over the surrogates.
    public let byChance: Double
    /// The share of C that is odd in h, and its mean over the surrogates.
    public let transport: Double
    public let transportByChance: Double
    /// The lag at which C[h, 1] is largest, in pixels a frame.
    public let rows: Int
    public let columns: Int

    public var index: Double { nonseparable - byChance }
    public var transportPart: Double { transport - transportByChance }
  }

  /// Measures one event; nil where nothing varies or there is a single frame.
  ///
  /// - Parameters:
  ///   - field: `[time, height, width]` of one event.
  ///   - number: Which event it is: its surrogates depend on it and the seed alone.
  /// - Throws: ``VerificationError`` for options that are out of range.
  public func event(_ field: SpaceTimeField, number: Int = 0) throws(VerificationError) -> Event? {
    guard options.spatialLag >= 1, options.temporalLag >= 1, options.surrogates >= 1 else {
      throw VerificationError(
        expected: "lags and a number of surrogates of at least 1",
        received: "\(options.spatialLag), \(options.temporalLag), \(options.surrogates)",
        remedy: "Change the options of the interaction index.")
    }
    guard field.frames > 1 else { return nil }
    let anomalies = field.anomalies(options.mean)
    let covariance = covariance(field, anomalies)
    guard let found = covariance.interaction else { return nil }
    let surrogate = SeparableSurrogate(field, anomalies: anomalies)
    var (nonseparable, transport) = (0.0, 0.0)
    for index in 0..<options.surrogates {
      var random = SplitMix64(seed: options.seed, stream: UInt64(number * options.surrogates + index))
      let sequence = try surrogate.sequence(&random)
      let chance = self.covariance(sequence, sequence.anomalies(options.mean)).interaction
      nonseparable += (chance?.nonseparable ?? 0) / Double(options.surrogates)
      transport += (chance?.transport ?? 0) / Double(options.surrogates)
    }
    let moved = covariance.displacement ?? (0, 0)
    return Event(
      nonseparable: found.nonseparable, byChance: nonseparable, transport: found.transport,
      transportByChance: transport, rows: moved.rows, columns: moved.columns)
  }

  private func covariance(_ field: SpaceTimeField, _ anomalies: [Double]) -> LagCovariance {
    LagCovariance(
      field, anomalies: anomalies, rows: options.spatialLag, columns: options.spatialLag,
      frames: options.temporalLag)
  }

  /// Averages events, with an interval from a bootstrap over the blocks that their labels name: events of one
  /// label are drawn together.
  ///
  /// - Throws: ``VerificationError`` without an event that varies.
  public func measure(
    _ events: [(label: String, event: Event?)], bootstrap: BlockBootstrap = BlockBootstrap()
  ) throws(VerificationError) -> InteractionMeasurement {
    let found = events.compactMap { item in item.event.map { (item.label, $0) } }
    guard !found.isEmpty else {
      throw VerificationError(
        expected: "at least one sequence of two frames or more in which something changes",
        received: "\(events.count) sequences in which nothing does",
        remedy: "Choose another part of the data.")
    }
    func estimate(_ value: (Event) -> Double) throws(VerificationError) -> ScoreEstimate {
      let blocks = try BlockScores(found.map { ($0.0, [value($0.1), 1]) })
      return try bootstrap.estimate(.mean, of: [blocks])
    }
    let speeds = found.map { Double($0.1.rows * $0.1.rows + $0.1.columns * $0.1.columns).squareRoot() }
      .sorted()
    return InteractionMeasurement(
      index: try estimate(\.index), transport: try estimate(\.transportPart),
      byChance: found.reduce(0) { $0 + $1.1.byChance } / Double(found.count), events: found.count,
      unvaryingEvents: events.count - found.count, medianSpeed: quantile(speeds, 0.5), options: options)
  }
}

/// The interaction index of a set of events.
public struct InteractionMeasurement: Codable, Hashable, Sendable {
  /// The mean of the events' indices, with its interval over the blocks.
  public let index: ScoreEstimate
  /// The mean of their transport parts.
  public let transport: ScoreEstimate
  /// What separable sequences of this size would have shown by chance; already taken off.
  public let byChance: Double
  public let events: Int
  /// Events that nothing could be measured in.
  public let unvaryingEvents: Int
  /// How far structures move, in pixels a frame.
  public let medianSpeed: Double
  public let options: InteractionIndex.Options
}

extension PooledScore {
  /// The mean of the sums [Σ value, count].
  public static let mean = PooledScore(name: "mean", higherIsBetter: true, statistics: 2) {
    ratio($0[0], $0[1])
  }
}
