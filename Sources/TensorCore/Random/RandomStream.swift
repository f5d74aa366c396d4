#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A stream of random numbers that is a pure function of seed, stream and position: Philox-4x32 with ten rounds
/// (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// Being a value of a few words it can be stored in a checkpoint and goes on where it stopped. Streams with
/// different names are independent.
public struct RandomStream: RandomNumberGenerator, Hashable, Codable, Sendable {
  public let seed: UInt64
  public let stream: UInt64
  /// How many 32-bit numbers were drawn.
  public private(set) var position: UInt64 = 0

  public init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// An independent stream with a name of its own, at its start.
  public func substream(_ name: String) -> RandomStream {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ stream
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return RandomStream(seed: seed, stream: hash)
  }

  /// An independent stream with a number of its own, at its start.
  public func substream(_ index: Int) -> RandomStream { substream("#\(index)") }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    let block = Self.philox(counter: position / 4, stream: stream, key: seed)
    let word = block[Int(position % 4)]
    position += 1
    return word
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// A number in [0, 1), of 24 random bits.
  public mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// A number in [lower, upper).
  public mutating func uniform(_ lower: Float, _ upper: Float) -> Float {
    lower + (upper - lower) * uniform()
  }

  /// An integer in 0 ..< bound, without bias that matters (bound ≪ 2³²).
  public mutating func integer(below bound: Int) -> Int {
    require(bound > 0, "expected a bound from 1; found \(bound)")
    return Int((UInt64(nextWord()) &* UInt64(bound)) >> 32)
  }

  /// A normally distributed number of mean 0 and variance 1 (Box–Muller).
  public mutating func normal() -> Float {
    let radius = (-2 * log(1 - Double(uniform()))).squareRoot()
    return Float(radius * cos(2 * Double.pi * Double(uniform())))
  }

  /// A normally distributed number within two standard deviations, as Keras' `TruncatedNormal` draws it.
  public mutating func truncatedNormal() -> Float {
    while true {
      let value = normal()
      if abs(value) < 2 { return value }
    }
  }

  /// The indices 0 ..< count in random order (Fisher–Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var indices = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { indices.swapAt(i, integer(below: i + 1)) }
    return indices
  }

  private static func philox(counter: UInt64, stream: UInt64, key: UInt64) -> SIMD4<UInt32> {
    var c = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(c[0]) &* 0xD251_1F53
      let p1 = UInt64(c[2]) &* 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0))
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return c
  }
}
