import Readers

extension Forecast {
  /// The same forecast on a finer grid, by factors for rows and columns, bilinear between the centres of the coarse
  /// pixels and constant beyond the outermost; where pixels grow (factors below 1), means over areas. Quantiles and
  /// probabilities are refined as they are.
  func refined(
    by factors: (rows: Double, columns: Double), height fineHeight: Int, width fineWidth: Int
  ) throws -> Forecast {
    let refine = FieldRefinement(
      coarse: FrameShape(height: height, width: width),
      fine: FrameShape(height: fineHeight, width: fineWidth), factors: factors)
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
