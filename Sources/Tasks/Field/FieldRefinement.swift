import Readers

/// Brings fields to a finer grid, by factors for rows and columns: bilinear between the centres of the coarse pixels
/// and constant beyond the outermost; where pixels grow (factors below 1), means over areas.
struct FieldRefinement {
  let coarse: FrameShape
  let fine: FrameShape
  let factors: (rows: Double, columns: Double)

  /// Any number of fields `[field, row, column]` on the fine grid.
  func callAsFunction(_ values: [Float]) throws -> [Float] {
    guard factors.rows >= 1, factors.columns >= 1 else { return try averaged(values) }
    let rows = Self.places(fine.height, coarse.height, factors.rows)
    let columns = Self.places(fine.width, coarse.width, factors.columns)
    let (pixels, width) = (coarse.height * coarse.width, coarse.width)
    let fields = values.count / pixels
    let count = fields * fine.height * fine.width
    return [Float](unsafeUninitializedCapacity: count) { refined, initialized in
      var position = 0
      values.withUnsafeBufferPointer { values in
        for field in 0..<fields {
          for (top, bottom, down) in rows {
            let (a, b) = (field * pixels + top * width, field * pixels + bottom * width)
            for (left, right, across) in columns {
              let upper = values[a + left] + across * (values[a + right] - values[a + left])
              let lower = values[b + left] + across * (values[b + right] - values[b + left])
              refined.initializeElement(at: position, to: upper + down * (lower - upper))
              position += 1
            }
          }
        }
      }
      initialized = position
    }
  }

  private func averaged(_ values: [Float]) throws -> [Float] {
    let pixels = coarse.height * coarse.width
    return try stride(from: 0, to: values.count, by: pixels).flatMap { start -> [Float] in
      let resized = try Frame(
        shape: FrameShape(height: coarse.height, width: coarse.width),
        values: Array(values[start..<start + pixels])
      ).resized(
        height: fine.height, width: fine.width, rowScale: 1 / factors.rows, columnScale: 1 / factors.columns)
      // A pixel that reaches far beyond the last coarse one has its value.
      return resized.values.indices.map { place in
        guard !resized.isValid[place] else { return resized.values[place] }
        let row = min(Int((Double(place / fine.width) + 0.5) / factors.rows), coarse.height - 1)
        let column = min(Int((Double(place % fine.width) + 0.5) / factors.columns), coarse.width - 1)
        return values[start + row * coarse.width + column]
      }
    }
  }

  private static func places(
    _ fine: Int, _ coarse: Int, _ factor: Double
  ) -> [(low: Int, high: Int, share: Float)] {
    (0..<fine).map { index in
      let position = (Double(index) + 0.5) / factor - 0.5
      let clamped = min(max(position, 0), Double(coarse - 1))
      let low = min(Int(clamped), max(0, coarse - 2))
      return (low, min(low + 1, coarse - 1), Float(clamped - Double(low)))
    }
  }
}
