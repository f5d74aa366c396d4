/// Scores of neighbourhoods by lead time: similarity, signal-to-noise, fractions skill by threshold and
/// scale, tables of blocks, spectra and patches. Beside ``LeadTimeScores``, which looks at pixels.
public struct FieldLeadTimeScores: Codable, Hashable, Sendable {
  /// What is gathered.
  public struct Options: Codable, Hashable, Sendable {
    /// The distance of the largest and the smallest possible value, for SSIM and PSNR; nil leaves them out.
    public var dataRange: Double?
    public var window: StructuralSimilarity.Window
    /// Thresholds and scales (sides of squares in pixels) of the fractions skill score.
    public var thresholds: [Float]
    public var scales: [Int]
    /// Sides of the blocks in pixels over which maxima are taken before events are counted.
    public var pools: [Int]
    /// Whether spectra are gathered.
    public var spectra: Bool
    /// Whether it is measured how much patches show.
    public var patches: Bool

    public init(
      dataRange: Double? = nil, window: StructuralSimilarity.Window = .uniform, thresholds: [Float] = [],
      scales: [Int] = [], pools: [Int] = [], spectra: Bool = true, patches: Bool = false
    ) {
      self.dataRange = dataRange
      self.window = window
      self.thresholds = thresholds
      self.scales = scales
      self.pools = pools
      self.spectra = spectra
      self.patches = patches
    }
  }

  /// What is gathered of one lead time.
  public struct Scores: Codable, Hashable, Sendable {
    public internal(set) var ssim: StructuralSimilarity?
    public internal(set) var psnr: PeakSignalToNoise?
    /// `fss[threshold][scale]`.
    public internal(set) var fss: [[FractionsSkillScore]]
    /// `blocks[threshold][pool]`.
    public internal(set) var blocks: [[PooledContingency]]
    public internal(set) var spectrum: RadialSpectrum?
    public internal(set) var patches: PatchArtifacts?

    mutating func merge(_ other: Scores) {
      if let part = other.ssim { ssim?.merge(part) }
      if let part = other.psnr { psnr?.merge(part) }
      if let part = other.spectrum { spectrum?.merge(part) }
      if let part = other.patches { patches?.merge(part) }
      for threshold in fss.indices {
        for scale in fss[threshold].indices { fss[threshold][scale].merge(other.fss[threshold][scale]) }
      }
      for threshold in blocks.indices {
        for pool in blocks[threshold].indices {
          blocks[threshold][pool].merge(other.blocks[threshold][pool])
        }
      }
    }
  }

  public let options: Options
  public let leadTimes: [Double]
  public let height: Int
  public let width: Int
  /// `scores[lead]`.
  public private(set) var scores: [Scores]

  /// - Throws: ``VerificationError`` for an option that a score refuses, or without a lead time.
  public init(
    leadTimes: [Double], height: Int, width: Int, options: Options
  ) throws(VerificationError) {
    guard !leadTimes.isEmpty else {
      throw VerificationError(
        expected: "one lead time per forecast frame", received: "none", remedy: "Name the lead times.")
    }
    self.leadTimes = leadTimes
    self.height = height
    self.width = width
    self.options = options
    var fss: [[FractionsSkillScore]] = []
    var blocks: [[PooledContingency]] = []
    for threshold in options.thresholds {
      var row: [FractionsSkillScore] = []
      for scale in options.scales { row.append(try FractionsSkillScore(threshold: threshold, scale: scale)) }
      fss.append(row)
      var pooled: [PooledContingency] = []
      for pool in options.pools { pooled.append(try PooledContingency(threshold: threshold, scale: pool)) }
      blocks.append(pooled)
    }
    var empty = Scores(fss: fss, blocks: blocks)
    if let range = options.dataRange {
      empty.ssim = try StructuralSimilarity(dataRange: range, window: options.window)
      empty.psnr = try PeakSignalToNoise(dataRange: range)
    }
    if options.spectra { empty.spectrum = try RadialSpectrum(height: height, width: width) }
    if options.patches { empty.patches = try PatchArtifacts(height: height, width: width) }
    scores = [Scores](repeating: empty, count: leadTimes.count)
  }

  /// Adds a batch of forecasts of one channel, `[batch, time, height, width, 1]` with one frame per lead
  /// time.
  ///
  /// - Throws: ``VerificationError`` when the pixels do not divide into the frames of `samples` forecasts.
  public mutating func add(_ pairs: PixelPairs, samples: Int) throws(VerificationError) {
    let size = height * width
    guard samples > 0, pairs.count == samples * leadTimes.count * size else {
      throw VerificationError(
        expected: "\(samples) forecasts of \(leadTimes.count) frames of \(height) × \(width)",
        received: "\(pairs.count) pixels", remedy: "Pass contiguous [batch, time, height, width, 1].")
    }
    for frame in 0..<samples * leadTimes.count {
      let field = try FieldPair(
        height: height, width: width, pairs.slice(frame * size..<(frame + 1) * size))
      let lead = frame % leadTimes.count
      scores[lead].ssim?.add(field)
      scores[lead].psnr?.add(field)
      try scores[lead].spectrum?.add(field)
      try scores[lead].patches?.add(field)
      for threshold in scores[lead].fss.indices {
        for scale in scores[lead].fss[threshold].indices { scores[lead].fss[threshold][scale].add(field) }
        for pool in scores[lead].blocks[threshold].indices {
          try scores[lead].blocks[threshold][pool].add(field)
        }
      }
    }
  }

  /// Adds a batch; the mask, if there is one, is `true` where there is a value.
  ///
  /// - Throws: ``VerificationError`` when counts or frames do not fit.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Bool]? = nil, samples: Int
  ) throws(VerificationError) {
    try withPixelPairs(forecast, observation, mask) { pairs throws(VerificationError) in
      try add(pairs, samples: samples)
    }
  }

  /// - Precondition: the same options, lead times and size.
  public mutating func merge(_ other: FieldLeadTimeScores) {
    precondition(
      options == other.options && leadTimes == other.leadTimes && height == other.height
        && width == other.width, "Scores of other options do not mix.")
    for lead in scores.indices { scores[lead].merge(other.scores[lead]) }
  }

  /// All lead times together.
  public var pooled: Scores {
    scores.dropFirst().reduce(into: scores[0]) { $0.merge($1) }
  }
}
