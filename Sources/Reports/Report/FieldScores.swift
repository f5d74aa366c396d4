/// Scores that look at the surroundings of a pixel, by lead time: similarity, signal-to-noise, fractions skill by scale,
/// sharpness. Of the published models and the baselines, without intervals.
public struct FieldScores: Codable, Hashable, Sendable {
  /// The fractions skill score of one threshold and scale.
  public struct FractionsSkill: Codable, Hashable, Sendable {
    /// Events lie above it (`>`), in the unit of the data.
    public var threshold: Double
    /// The side of the squares, in pixels.
    public var scale: Int
    @Measured public var value: Double?

    public init(threshold: Double, scale: Int, value: Double?) {
      self.threshold = threshold
      self.scale = scale
      self.value = value
    }
  }

  /// The scores at one lead time.
  public struct Lead: Codable, Hashable, Sendable {
    /// In ``DataDescription/leadTimeUnit``.
    public var leadTime: Double
    /// Structural similarity, at most 1.
    @Measured public var ssim: Double?
    /// Peak signal-to-noise ratio in decibels.
    @Measured public var psnr: Double?
    /// Power of the forecast over power of the observation at short wavelengths: below 1 is blurred.
    @Measured public var sharpness: Double?
    /// By threshold, then by scale.
    public var fractions: [FractionsSkill]

    public init(
      leadTime: Double, ssim: Double?, psnr: Double?, sharpness: Double?, fractions: [FractionsSkill]
    ) {
      self.leadTime = leadTime
      self.ssim = ssim
      self.psnr = psnr
      self.sharpness = sharpness
      self.fractions = fractions
    }

    /// The fractions skill score at a threshold and scale; nil where there is none.
    func fraction(threshold: Double, scale: Int) -> Double? {
      fractions.first { $0.threshold == threshold && $0.scale == scale }?.value
    }
  }

  /// The scores of one model or baseline.
  public struct Entry: Codable, Hashable, Sendable {
    public var name: String
    public var byLeadTime: [Lead]

    public init(name: String, byLeadTime: [Lead]) {
      self.name = name
      self.byLeadTime = byLeadTime
    }
  }

  /// The distance L of the largest and the smallest value, for SSIM and PSNR.
  @Measured public var dataRange: Double?
  /// What was scored and by which conventions.
  public var explanation: String
  /// The models, then the baselines.
  public var entries: [Entry]

  public init(dataRange: Double?, explanation: String, entries: [Entry]) {
    self.dataRange = dataRange
    self.explanation = explanation
    self.entries = entries
  }
}
