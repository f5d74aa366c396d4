/// Colours for classes of values: class `i` holds values above `edges[i − 1]` and up to `edges[i]`.
///
/// A value exactly on an edge belongs to the class below it, so that a class edge at a threshold shows the
/// same events (`>`) that the scores count.
struct ColourClasses: Sendable {
  let edges: [Double]
  /// One more than edges.
  let colours: [RGB]

  func index(of value: Double) -> Int {
    edges.firstIndex { value <= $0 } ?? edges.count
  }

  /// Rain rate in mm/h, the 1–2–5 classes of the radar services, dry up to 0.1 mm/h.
  ///
  /// From pale blue over violet to near black: lightness falls with every class, so that the order survives
  /// every kind of colour vision and a grey print.
  static let rainRate = ColourClasses(
    edges: [0.1, 0.5, 1, 2, 5, 10, 20, 50],
    colours: [
      0xFBFBFA, 0xD6EAF6, 0xA9D1EC, 0x74AEDD, 0x4585C6, 0x4759B4, 0x6F3A9E, 0x7A1767, 0x3A0720,
    ].map(RGB.init(hex:)))

  /// Forecast minus observation in mm/h: blue where too much rain was forecast, orange where too little.
  static let rainDifference = ColourClasses(
    edges: [-10, -5, -2, -0.5, 0.5, 2, 5, 10],
    colours: [
      0x7A2E06, 0xB7520F, 0xE08A45, 0xF6CBA0, 0xFAFAF9, 0xB5D3EA, 0x6AA5D3, 0x2B6EA8, 0x123F6B,
    ].map(RGB.init(hex:)))
}
