/// The contingency table of maxima over blocks of `scale` × `scale` pixels: what benchmarks such as SEVIR (Veillette et
/// al. 2020) and DiffCast (Yu et al. 2024) call CSI-P4 and CSI-P16.
///
/// Forecast and observation are pooled alike, over blocks that do not overlap and start at the upper left corner; then
/// an event is a maximum above the threshold (`>`). It forgives displacements within a block, and does not reward
/// smooth forecasts. A block counts where at least one of its pixels is valid, and the maximum is that of its valid
/// pixels. Rows and columns at the lower and right edge that fill no block are left out, as by pooling in networks.
public struct PooledContingency: FieldScore {
  /// The side of the blocks in pixels.
  public let scale: Int
  /// Counts of blocks.
  public private(set) var table: ContingencyTable

  /// - Throws: ``VerificationError`` for a scale below 1 or a threshold that is not a number.
  public init(threshold: Float, scale: Int) throws(VerificationError) {
    guard scale >= 1, threshold.isFinite else {
      throw VerificationError(
        expected: "a finite threshold and blocks of at least 1 pixel", received: "\(threshold), \(scale)",
        remedy: "Name the scale as the side of a square in pixels.")
    }
    self.scale = scale
    table = ContingencyTable(threshold: threshold)
  }

  /// Events lie above this value, in the unit of the fields.
  public var threshold: Float { table.threshold }

  /// Critical success index of the blocks; nil where nothing is forecast or observed.
  public var csi: Double? { table.csi }

  public mutating func add(_ field: FieldPair) throws(VerificationError) {
    let (rows, columns) = (field.height / scale, field.width / scale)
    var (forecast, observation): ([Float], [Float]) = ([], [])
    for row in 0..<rows {
      for column in 0..<columns {
        var (f, o) = (-Float.infinity, -Float.infinity)
        var valid = 0
        for y in row * scale..<(row + 1) * scale {
          for index in y * field.width + column * scale..<y * field.width + (column + 1) * scale
          where field.pixels.isValid(index) {
            // NaN stays NaN, which the table counts as not finite.
            f = f.isNaN ? f : field.pixels.forecast[index].isNaN ? .nan : max(f, field.pixels.forecast[index])
            o = max(o, field.pixels.observation[index])
            valid += 1
          }
        }
        if valid > 0 {
          forecast.append(f)
          observation.append(o)
        }
      }
    }
    try table.add(forecast: forecast, observation: observation)
  }

  /// - Precondition: the same threshold and scale.
  public mutating func merge(_ other: PooledContingency) {
    precondition(scale == other.scale, "Blocks of other sizes do not mix.")
    table.merge(other.table)
  }
}
