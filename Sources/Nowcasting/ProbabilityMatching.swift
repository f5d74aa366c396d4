/// How the rain of a forecast is made as strong as the rain observed last.
public enum ProbabilityMatching: String, CaseIterable, Codable, Sendable {
  /// The forecast stays as it is; scales that are lost make it weaker.
  case none
  /// The mean of the wet pixels in decibels becomes the observed one.
  case mean
  /// The distribution of all pixels becomes the observed one; their order stays.
  case distribution = "cdf"
}

/// Gives fields the empirical distribution of another one (pysteps' `nonparam_match_empirical_cdf`).
///
/// Ranks stay, and so do the zeros: the pixels with a field's smallest value.
package struct EmpiricalDistribution: Sendable {
  /// The target's values in ascending order.
  private let sorted: [Double]
  /// How many values exceed the smallest.
  private let exceeding: Int

  /// - Precondition: at least one value, none of them NaN.
  package init(of target: [Double]) {
    let order = RankOrder.ascending(Array(0..<Int32(target.count)), by: target)
    sorted = order.map { target[Int($0)] }
    let smallest = sorted[0]
    exceeding = sorted.reduce(0) { $0 + ($1 > smallest ? 1 : 0) }
  }

  /// - Precondition: `field` has as many pixels as the target.
  package func match(_ field: inout [Double]) {
    precondition(field.count == sorted.count)
    let zero = field.min() ?? 0
    var wet: [Int32] = []
    for index in field.indices where field[index] > zero { wet.append(Int32(index)) }
    let smallest = sorted[0]
    // Where the target has more wet pixels, its weakest count as dry.
    let cut = exceeding > wet.count ? percentile(1 - Double(wet.count) / Double(field.count)) : smallest
    let order = RankOrder.ascending(wet, by: field)
    let first = field.count - wet.count
    for index in field.indices where field[index] <= zero { field[index] = smallest }
    for (rank, place) in order.enumerated() {
      let value = sorted[first + rank]
      field[Int(place)] = value < cut ? smallest : value
    }
  }

  /// Linear between the values, as numpy has it.
  private func percentile(_ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = min(max(Int(place), 0), sorted.count - 1)
    let next = min(index + 1, sorted.count - 1)
    return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
  }
}
