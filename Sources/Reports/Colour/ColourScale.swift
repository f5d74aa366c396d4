/// How the values of a field become colours.
///
/// In `results.json`: `kind`, and `lower` and `upper` for the continuous kinds (`null` for the class maps).
package struct ColourScale: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// Rain rate in mm/h, in classes.
    case rainRate
    /// Forecast minus observation in mm/h, in classes.
    case rainDifference
    /// Light to dark over `lower...upper`, for any unit.
    case sequential
    /// Orange over white to blue over `lower...upper`, white in the middle.
    case diverging
    /// Black to white over `lower...upper`, for video frames.
    case grey
  }

  package let kind: Kind
  @Measured package private(set) var lower: Double?
  @Measured package private(set) var upper: Double?

  private init(_ kind: Kind, lower: Double? = nil, upper: Double? = nil) {
    self.kind = kind
    self.lower = lower
    self.upper = upper
  }

  /// Rain rate in mm/h, in classes (0.1, 0.5, 1, 2, 5, 10, 20, 50).
  package static let rainRate = ColourScale(.rainRate)
  /// Forecast minus observation in mm/h, in classes (±0.5, 2, 5, 10).
  package static let rainDifference = ColourScale(.rainDifference)
  /// Light to dark over the range.
  package static func sequential(_ range: ClosedRange<Double>) -> ColourScale {
    ColourScale(.sequential, lower: range.lowerBound, upper: range.upperBound)
  }
  /// Orange (−limit) over white (0) to blue (limit).
  package static func diverging(limit: Double) -> ColourScale {
    ColourScale(.diverging, lower: -limit, upper: limit)
  }
  /// Black to white over the range.
  package static func grey(_ range: ClosedRange<Double>) -> ColourScale {
    ColourScale(.grey, lower: range.lowerBound, upper: range.upperBound)
  }

  /// Pixels without a value: a grey of its own, or a sand tone where the scale itself is grey.
  package var missingColour: RGB { kind == .grey ? RGB(hex: 0xC9B98A) : RGB(hex: 0xB4B4B0) }

  /// The colours of this scale, ``missingColour`` last.
  package var palette: [RGB] {
    let colours =
      classes?.colours
      ?? (0..<Self.levels).map { level in
        anchors.colour(at: Double(level) / Double(Self.levels - 1))
      }
    return colours + [missingColour]
  }

  /// Index into ``palette``; a value that is not finite is missing.
  package func index(of value: Float) -> UInt8 {
    guard value.isFinite else { return missingIndex }
    if let classes { return UInt8(classes.index(of: Double(value))) }
    let (low, high) = (lower ?? 0, upper ?? 1)
    guard high > low else { return 0 }
    let fraction = min(max((Double(value) - low) / (high - low), 0), 1)
    return UInt8((fraction * Double(Self.levels - 1)).rounded())
  }

  /// Index of ``missingColour``.
  package var missingIndex: UInt8 { UInt8(classes?.colours.count ?? Self.levels) }

  var classes: ColourClasses? {
    switch kind {
    case .rainRate: .rainRate
    case .rainDifference: .rainDifference
    case .sequential, .diverging, .grey: nil
    }
  }

  /// Levels of a continuous scale; with the missing colour a palette is full.
  private static let levels = 255

  private var anchors: Anchors {
    switch kind {
    case .grey: Anchors([0x000000, 0xFFFFFF])
    case .diverging:
      Anchors([0x7A2E06, 0xC4611A, 0xF0B27F, 0xFAFAF9, 0x8FBCE0, 0x2F74B0, 0x123F6B])
    case .sequential, .rainRate, .rainDifference:
      Anchors([0xFBFBFA, 0xCDE4F2, 0x8EC0E4, 0x4A8DCB, 0x4553B3, 0x6A2490, 0x3B0A22])
    }
  }
}

/// Equally spaced colours with straight lines between them.
private struct Anchors {
  let colours: [RGB]

  init(_ hex: [UInt32]) { colours = hex.map(RGB.init(hex:)) }

  func colour(at fraction: Double) -> RGB {
    let position = fraction * Double(colours.count - 1)
    let index = min(Int(position), colours.count - 2)
    return colours[index].blended(with: colours[index + 1], fraction: position - Double(index))
  }
}
