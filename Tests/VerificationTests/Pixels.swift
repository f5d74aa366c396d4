/// Reproducible rain-like fields for tests: SplitMix64, some pixels masked, some forecasts not numbers.
struct Pixels {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In [0, 1).
  mutating func uniform() -> Float { Float(next() >> 40) / 16_777_216 }

  mutating func fields(_ count: Int) -> (forecast: [Float], observation: [Float], mask: [Bool]) {
    var (f, o, m) = ([Float](), [Float](), [Bool]())
    for _ in 0..<count {
      f.append(uniform() < 0.02 ? .nan : uniform() * uniform() * 3)
      o.append(uniform() * uniform() * 3)
      m.append(uniform() > 0.1)
    }
    return (f, o, m)
  }
}
