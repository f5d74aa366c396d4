/// Scores that look at the surroundings of a pixel, by lead time: similarity, signal-to-noise, fractions skill by scale,
/// sharpness. Of the published models and the baselines, without intervals.
package struct FieldScores: Codable, Hashable, Sendable {
  /// The fractions skill score of one threshold and scale.
  package struct FractionsSkill: Codable, Hashable, Sendable {
    /// Events lie above it (`>`), in the unit of the data.
    package var threshold: Double
    /// The side of the squares, in pixels.
    package var scale: Int
    @Measured package var value: Double?

    package init(threshold: Double, scale: Int, value: Double?) {
      self.threshold = threshold
      self.scale = scale
      self.value = value
    }
  }

  /// The critical success index of maxima over blocks.
  package struct PooledCSI: Codable, Hashable, Sendable {
    /// Events lie above it (`>`), in the unit of the data.
    package var threshold: Double
    /// The side of the blocks, in pixels.
    package var pool: Int
    @Measured package var value: Double?

    package init(threshold: Double, pool: Int, value: Double?) {
      self.threshold = threshold
      self.pool = pool
      self.value = value
    }
  }

  /// The scores at one lead time.
  package struct Lead: Codable, Hashable, Sendable {
    /// In ``DataDescription/leadTimeUnit``.
    package var leadTime: Double
    /// Structural similarity, at most 1.
    @Measured package var ssim: Double?
    /// Peak signal-to-noise ratio in decibels.
    @Measured package var psnr: Double?
    /// Power of the forecast over power of the observation at short wavelengths: below 1 is blurred.
    @Measured package var sharpness: Double?
    /// Power of the forecast at the wavelengths of patches over that of their neighbours: 1 is none.
    @Measured package var patches: Double?
    /// By threshold, then by scale.
    package var fractions: [FractionsSkill]
    /// By threshold, then by block; nil where it was not asked for.
    @Nullable package var pooledCSI: [PooledCSI]?

    package init(
      leadTime: Double, ssim: Double?, psnr: Double?, sharpness: Double?, patches: Double? = nil,
      fractions: [FractionsSkill], pooledCSI: [PooledCSI]? = nil
    ) {
      self.leadTime = leadTime
      self.ssim = ssim
      self.psnr = psnr
      self.sharpness = sharpness
      self.patches = patches
      self.fractions = fractions
      self.pooledCSI = pooledCSI
    }

    /// The fractions skill score at a threshold and scale; nil where there is none.
    func fraction(threshold: Double, scale: Int) -> Double? {
      fractions.first { $0.threshold == threshold && $0.scale == scale }?.value
    }

    /// The critical success index of blocks at a threshold and side; nil where there is none.
    func pooledCSI(threshold: Double, pool: Int) -> Double? {
      pooledCSI?.first { $0.threshold == threshold && $0.pool == pool }?.value
    }
  }

  /// The scores of one model or baseline.
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    package var byLeadTime: [Lead]

    package init(name: String, byLeadTime: [Lead]) {
      self.name = name
      self.byLeadTime = byLeadTime
    }
  }

  /// The distance L of the largest and the smallest value, for SSIM and PSNR.
  @Measured package var dataRange: Double?
  /// What was scored and by which conventions.
  package var explanation: String
  /// The models, then the baselines.
  package var entries: [Entry]

  package init(dataRange: Double?, explanation: String, entries: [Entry]) {
    self.dataRange = dataRange
    self.explanation = explanation
    self.entries = entries
  }
}
