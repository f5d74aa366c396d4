/// Forecast and observation side by side, pixel for pixel, with the mask that says which pixels exist.
///
/// A view over memory that the caller owns: it must not outlive the call that it is made for.
public struct PixelPairs {
  /// Which pixels have a value.
  public enum Mask {
    /// Every pixel.
    case everywhere
    /// Pixels where the mask is `true`.
    case booleans(UnsafeBufferPointer<Bool>)
    /// Pixels where the mask is 1 (above one half); 0 is missing.
    case floats(UnsafeBufferPointer<Float>)

    var count: Int? {
      switch self {
      case .everywhere: nil
      case .booleans(let pointer): pointer.count
      case .floats(let pointer): pointer.count
      }
    }
  }

  public let forecast: UnsafeBufferPointer<Float>
  public let observation: UnsafeBufferPointer<Float>
  public let mask: Mask

  /// - Throws: ``VerificationError`` when the three do not have the same number of pixels.
  public init(
    forecast: UnsafeBufferPointer<Float>, observation: UnsafeBufferPointer<Float>, mask: Mask = .everywhere
  ) throws(VerificationError) {
    guard forecast.count == observation.count, mask.count == nil || mask.count == forecast.count else {
      let maskText = mask.count.map { ", \($0) of the mask" } ?? ""
      throw VerificationError(
        expected: "as many observed as forecast pixels, and as many in the mask",
        received: "\(forecast.count) forecast, \(observation.count) observed\(maskText)",
        remedy: "Cut all three to the same tiles and times before scoring.")
    }
    self.forecast = forecast
    self.observation = observation
    self.mask = mask
  }

  public var count: Int { forecast.count }

  /// The pixels of `range`, without copying.
  func slice(_ range: Range<Int>) -> PixelPairs {
    let part: Mask =
      switch mask {
      case .everywhere: .everywhere
      case .booleans(let pointer): .booleans(UnsafeBufferPointer(rebasing: pointer[range]))
      case .floats(let pointer): .floats(UnsafeBufferPointer(rebasing: pointer[range]))
      }
    return PixelPairs(
      unchecked: UnsafeBufferPointer(rebasing: forecast[range]),
      UnsafeBufferPointer(rebasing: observation[range]), part)
  }

  private init(
    unchecked forecast: UnsafeBufferPointer<Float>, _ observation: UnsafeBufferPointer<Float>, _ mask: Mask
  ) {
    self.forecast = forecast
    self.observation = observation
    self.mask = mask
  }

  /// Whether a pixel counts: valid by the mask, and both values finite.
  @inline(__always)
  func isValid(_ index: Int) -> Bool {
    let present =
      switch mask {
      case .everywhere: true
      case .booleans(let pointer): pointer[index]
      case .floats(let pointer): pointer[index] > 0.5
      }
    return present && forecast[index].isFinite && observation[index].isFinite
  }

  /// Calls `body(forecast, observation)` for every pixel that counts and returns what happened to the rest.
  @inline(__always)
  func forEachValid(_ body: (Float, Float) -> Void) -> PixelTally {
    switch mask {
    case .everywhere: visit(isValid: { _ in true }, body)
    case .booleans(let pointer): visit(isValid: { pointer[$0] }, body)
    case .floats(let pointer): visit(isValid: { pointer[$0] > 0.5 }, body)
    }
  }

  @inline(__always)
  private func visit(isValid: (Int) -> Bool, _ body: (Float, Float) -> Void) -> PixelTally {
    var tally = PixelTally()
    for index in 0..<forecast.count {
      guard isValid(index) else {
        tally.masked += 1
        continue
      }
      let (f, o) = (forecast[index], observation[index])
      if !f.isFinite {
        tally.nonFiniteForecasts += 1
      } else if !o.isFinite {
        tally.nonFiniteObservations += 1
      } else {
        tally.valid += 1
        body(f, o)
      }
    }
    return tally
  }
}
