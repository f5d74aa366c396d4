import Readers

extension Forecast {
  /// The same forecast on a grid with so many times as many rows and columns, bilinear between the centres of the coarse
  /// pixels and constant beyond the outermost; where pixels grow (factors below 1), means over areas. Quantiles and
  /// probabilities are refined as they are.
  func refined(
    by factors: (rows: Double, columns: Double), height fineHeight: Int, width fineWidth: Int
  ) throws -> Forecast {
    func places(_ fine: Int, _ coarse: Int, _ factor: Double) -> [(low: Int, high: Int, share: Float)] {
      (0..<fine).map { index in
        let position = (Double(index) + 0.5) / factor - 0.5
        let clamped = min(max(position, 0), Double(coarse - 1))
        let low = min(Int(clamped), max(0, coarse - 2))
        return (low, min(low + 1, coarse - 1), Float(clamped - Double(low)))
      }
    }
    let rows = places(fineHeight, height, factors.rows)
    let columns = places(fineWidth, width, factors.columns)
    func averaged(_ values: [Float]) throws -> [Float] {
      try stride(from: 0, to: values.count, by: pixels).flatMap { start in
        try Frame(
          shape: FrameShape(height: height, width: width), values: Array(values[start..<start + pixels])
        ).resized(
          height: fineHeight, width: fineWidth, rowScale: 1 / factors.rows, columnScale: 1 / factors.columns
        ).values
      }
    }
    func refine(_ values: [Float]) throws -> [Float] {
      guard factors.rows >= 1, factors.columns >= 1 else { return try averaged(values) }
      let fields = values.count / pixels
      let count = fields * fineHeight * fineWidth
      return [Float](unsafeUninitializedCapacity: count) { fine, initialized in
        var position = 0
        values.withUnsafeBufferPointer { values in
          for field in 0..<fields {
            for (top, bottom, down) in rows {
              let (a, b) = (field * pixels + top * width, field * pixels + bottom * width)
              for (left, right, across) in columns {
                let upper = values[a + left] + across * (values[a + right] - values[a + left])
                let lower = values[b + left] + across * (values[b + right] - values[b + left])
                fine.initializeElement(at: position, to: upper + down * (lower - upper))
                position += 1
              }
            }
          }
        }
        initialized = position
      }
    }
    var mask: [Bool] = []
    mask.reserveCapacity(fineHeight * fineWidth)
    for row in 0..<fineHeight {
      let start = min(Int((Double(row) + 0.5) / factors.rows), height - 1) * width
      for column in 0..<fineWidth {
        mask.append(isValid[start + min(Int((Double(column) + 0.5) / factors.columns), width - 1)])
      }
    }
    return try Forecast(
      values: try refine(values), members: members, isValid: mask, height: fineHeight, width: fineWidth,
      leads: leads, hasTimes: hasTimes, reference: reference, unit: unit,
      grid: grid?.refined(by: factors, height: fineHeight, width: fineWidth), replacements: replacements,
      quantiles: try quantiles.map { ForecastLevels(levels: $0.levels, values: try refine($0.values)) },
      exceedance: try exceedance.map { ForecastLevels(levels: $0.levels, values: try refine($0.values)) })
  }
}
