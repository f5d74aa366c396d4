import Foundation
import Support

/// One axis of a chart.
package struct ChartAxis: Sendable, Hashable {
  /// Which values the axis covers. Data always fits in; the axis only grows beyond it.
  package enum Extent: Sendable, Hashable {
    /// As far as the data goes.
    case data
    /// From zero to the data.
    case fromZero
    /// At least this range.
    case covering(ClosedRange<Double>)
  }

  /// How positions and ticks are chosen.
  package enum Scale: Sendable, Hashable {
    /// Ticks of 1, 2 or 5 times a power of ten.
    case linear
    /// Like `linear`, never finer than 1: epochs, frames.
    case integers
    /// Ticks that fit a clock: 5, 10, 15, 30 minutes, whole hours.
    case minutes
    /// Decades; values that are not positive are missing.
    case logarithmic
  }

  package var label: String
  package var scale: Scale
  package var extent: Extent

  package init(_ label: String, scale: Scale = .linear, extent: Extent = .data) {
    self.label = label
    self.scale = scale
    self.extent = extent
  }
}

/// An axis laid out for given values: its ends, its ticks, and where a value lies between the ends.
struct LaidOutAxis {
  let ticks: [(value: Double, label: String)]
  private let scale: ChartAxis.Scale
  private let lower: Double
  private let upper: Double

  /// - Parameter rounded: whether the ends move out to the next tick.
  init(_ axis: ChartAxis, values: [Double], maximumTicks: Int, rounded: Bool) {
    scale = axis.scale
    let usable = values.filter { axis.scale.accepts($0) }
    var (low, high) = axis.scale.ends(of: usable, extent: axis.extent)
    if axis.scale == .logarithmic {
      let marks = Self.logarithmicTicks(low, high, maximum: maximumTicks)
      let (first, last) = (log10(low), log10(high))
      (lower, upper) = (first, last)
      // A tolerance for rounding must not let a tick out of an axis that is itself that short.
      let inside = marks.filter { log10($0) >= first - 1e-12 && log10($0) <= last + 1e-12 }
      ticks = inside.map { ($0, Self.label($0, step: $0)) }
    } else {
      let step = axis.scale.step(over: high - low, maximum: maximumTicks)
      if rounded {
        low = (low / step + 1e-9).rounded(.down) * step
        high = (high / step - 1e-9).rounded(.up) * step
      }
      (lower, upper) = (low, high)
      let first = (low / step - 1e-9).rounded(.up)
      let count = min(max(Int(((high - first * step) / step + 1e-9).rounded(.down)), 0), 100)
      ticks = (0...count).map { index in
        let value = (first + Double(index)) * step
        return (value, Self.label(value, step: step))
      }
    }
  }

  /// 0 at the lower end, 1 at the upper; nil where the axis has no place for the value.
  func position(_ value: Double?) -> Double? {
    guard let value, scale.accepts(value) else { return nil }
    return ((scale == .logarithmic ? log10(value) : value) - lower) / (upper - lower)
  }

  /// Decades, with 2 and 5 between them where there is room, thinned where there are too many. Within less
  /// than a decade, round numbers.
  private static func logarithmicTicks(_ low: Double, _ high: Double, maximum: Int) -> [Double] {
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    func marks(_ digits: [Double]) -> [Double] {
      let all: [Double] = decades.flatMap { decade in
        digits.map { digit in digit * pow(10, Double(decade)) }
      }
      return all.filter { $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
    }
    for digits in [[1.0, 2, 5], [1.0, 3], [1.0]] {
      let candidates = marks(digits)
      if candidates.count >= 3 && candidates.count <= maximum + 1 { return candidates }
    }
    let whole = marks([1])
    if whole.count > maximum {
      let every = (whole.count + maximum - 1) / maximum
      return whole.enumerated().filter { $0.offset.isMultiple(of: every) }.map(\.element)
    }
    if whole.count >= 2 { return whole }
    let step = ChartAxis.Scale.linear.step(over: high - low, maximum: maximum)
    let first = (low / step - 1e-9).rounded(.up)
    return (0..<20).map { (first + Double($0)) * step }.filter { $0 > 0 && $0 <= high + 1e-9 * step }
  }

  private static func label(_ value: Double, step: Double) -> String {
    if value != 0, abs(value) >= 1e6 || abs(step) < 1e-4 {
      return NumberText.typographic(NumberText.general(value, 6))
    }
    let decimals = max(0, Int((-log10(step)).rounded(.up) + 1e-9))
    return NumberText.typographic(NumberText.fixed(value, decimals))
  }
}

extension ChartAxis.Scale {
  /// Beyond 1e200 a difference of two values could overflow; no measurement lies there.
  func accepts(_ value: Double) -> Bool {
    value.isFinite && abs(value) < 1e200 && (self != .logarithmic || value > 1e-200)
  }

  /// The ends of an axis around `values`, apart from each other even for one value or none.
  func ends(of values: [Double], extent: ChartAxis.Extent) -> (Double, Double) {
    var all = values
    switch extent {
    case .data: break
    case .fromZero: all.append(0)
    case .covering(let range): all += [range.lowerBound, range.upperBound]
    }
    all = all.filter(accepts)
    guard let low = all.min(), let high = all.max() else { return self == .logarithmic ? (0.1, 10) : (0, 1) }
    // Equal up to rounding: an axis of their tiny difference would show noise.
    guard high - low <= max(1e-12 * max(abs(low), abs(high)), 1e-200) else { return (low, high) }
    if self == .logarithmic { return (low / 2, high * 2) }
    // Too small to be halved or divided into steps.
    let isZero = max(abs(low), abs(high)) < 1e-200
    if extent == .fromZero { return isZero ? (0, 1) : (min(low, 0), max(high, 0)) }
    let margin = self == .linear && !isZero ? abs(low) / 2 : 1
    return (low - margin, high + margin)
  }

  /// The smallest step of this scale's kind that needs at most `maximum` intervals.
  func step(over span: Double, maximum: Int) -> Double {
    let raw = span / Double(maximum)
    if self == .minutes,
      let clock = [1.0, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].first(where: { $0 >= raw })
    {
      return clock
    }
    let power = pow(10, log10(raw).rounded(.down))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw * (1 - 1e-9) } ?? power * 10
    return self == .integers ? max(step, 1) : step
  }
}
