import Foundation

/// Φ, the distribution function of the standard normal distribution.
package func normalDistribution(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

/// The inverse of ``normalDistribution(_:)`` by bisection; accurate to about 1e-14, for 0 < p < 1.
package func normalQuantile(_ p: Double) -> Double { inverse(p, normalDistribution) }

/// The distribution function of Student's t (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4).
package func studentDistribution(_ t: Double, degreesOfFreedom n: Int) -> Double {
  if n > 1000 { return normalDistribution(t) }
  let angle = atan(t / Double(n).squareRoot())
  let cosine = cos(angle)
  var (term, sum) = (n.isMultiple(of: 2) ? 1.0 : cosine, 0.0)
  var k = n.isMultiple(of: 2) ? 2 : 3
  while k <= n {
    sum += term
    term *= cosine * cosine * Double(k - 1) / Double(k)
    k += 2
  }
  let within =
    n.isMultiple(of: 2) ? sin(angle) * sum : 2 / Double.pi * (angle + (n > 1 ? sin(angle) * sum : 0))
  return 0.5 + 0.5 * within
}

/// The inverse of ``studentDistribution(_:degreesOfFreedom:)``.
package func studentQuantile(_ p: Double, degreesOfFreedom n: Int) -> Double {
  inverse(p) { studentDistribution($0, degreesOfFreedom: n) }
}

private func inverse(_ p: Double, _ distribution: (Double) -> Double) -> Double {
  var (low, high) = (-1.0, 1.0)
  while distribution(low) > p, low > -1e9 { low *= 2 }
  while distribution(high) < p, high < 1e9 { high *= 2 }
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if distribution(middle) < p { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// The quantile of sorted values, linear between them (Hyndman & Fan 1996, type 7; numpy's default).
package func quantile(_ sorted: [Double], _ level: Double) -> Double {
  let place = min(max(level, 0), 1) * Double(sorted.count - 1)
  let below = Int(place.rounded(.down))
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
