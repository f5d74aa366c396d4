extension Forecast {
  /// The same forecast on a grid with `factor` times as many pixels along each axis, bilinear between the centres
  /// of the coarse pixels and constant beyond the outermost. Quantiles and probabilities are refined as they are.
  func refined(by factor: Int, height fineHeight: Int, width fineWidth: Int) throws -> Forecast {
    func places(_ fine: Int, _ coarse: Int) -> [(low: Int, high: Int, share: Float)] {
      (0..<fine).map { index in
        let position = (Double(index) + 0.5) / Double(factor) - 0.5
        let clamped = min(max(position, 0), Double(coarse - 1))
        let low = min(Int(clamped), max(0, coarse - 2))
        return (low, min(low + 1, coarse - 1), Float(clamped - Double(low)))
      }
    }
    let rows = places(fineHeight, height)
    let columns = places(fineWidth, width)
    func refine(_ values: [Float]) -> [Float] {
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
      let start = min(row / factor, height - 1) * width
      for column in 0..<fineWidth { mask.append(isValid[start + min(column / factor, width - 1)]) }
    }
    return try Forecast(
      values: refine(values), members: members, isValid: mask, height: fineHeight, width: fineWidth,
      leads: leads, hasTimes: hasTimes, reference: reference, unit: unit,
      grid: grid?.refined(by: factor, height: fineHeight, width: fineWidth), replacements: replacements,
      quantiles: quantiles.map { ForecastLevels(levels: $0.levels, values: refine($0.values)) },
      exceedance: exceedance.map { ForecastLevels(levels: $0.levels, values: refine($0.values)) })
  }
}
