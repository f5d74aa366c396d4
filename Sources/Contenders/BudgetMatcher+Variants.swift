import Layers
import TensorCore

/// Equal sizes for several settings of each contender.
public struct VariantSizes: Hashable, Sendable {
  /// The sizes within which all lie: the largest is at most ``BudgetMatcher/tolerance`` above the smallest.
  public let range: ClosedRange<Int>
  /// By contender and then by variant; `nil` where no width comes within the range.
  public let sizes: [[MatchedSize?]]
}

extension BudgetMatcher {
  /// What is equal.
  public enum Measure: Sendable {
    case parameters
    /// Operations of a forward pass of one sample.
    case operations
  }

  /// Widths at which any variant of one contender is as large as any of another, within ``tolerance``.
  ///
  /// Widths are whole, so that not every variant reaches every size. Among the sizes near `budget` that the first variant
  /// of each contender reaches, the one is taken that the most variants reach, and of those the nearest.
  ///
  /// - Parameters:
  ///   - contenders: The variants of each contender; the first must get a size.
  ///   - signature: What they are built for.
  ///   - budget: The size to come near to.
  ///   - sizes: The sizes of the first variants, where they are matched already: the range to fall back on.
  ///   - measure: What is counted.
  /// - Throws: What building a contender throws, except that a variant which does not fit the frames gets no size.
  public static func match<Signature: MatchableSignature>(
    variants contenders: [[Signature.Candidate]], _ signature: Signature, budget: Int,
    matched sizes: [MatchedSize], _ measure: Measure = .parameters
  ) throws -> VariantSizes {
    var counters = contenders.map { variants in
      variants.map { variant in
        SizeCounter { width in
          switch measure {
          case .parameters: try signature.parameterCount(variant, width: width)
          case .operations: try signature.operations(variant, width: width)
          }
        }
      }
    }
    // The sizes of each variant around the budget, by width.
    var reachable: [[[Int: Int]]] = []
    for contender in counters.indices {
      var row: [[Int: Int]] = []
      for variant in counters[contender].indices {
        do {
          let nearest = try counters[contender][variant].width(nearestTo: budget)
          var counts: [Int: Int] = [:]
          for width in max(1, nearest - 3)...nearest + 3 {
            counts[width] = try counters[contender][variant].count(width)
          }
          row.append(counts)
        } catch let error where variant > 0 && (error is ShapeError || error is ContenderError) {
          row.append([:])
        }
      }
      reachable.append(row)
    }
    func width(_ counts: [Int: Int], in range: ClosedRange<Int>) -> Int? {
      let middle = (range.lowerBound + range.upperBound) / 2
      return counts.filter { range.contains($0.value) }
        .min { (abs($0.value - middle), $0.key) < (abs($1.value - middle), $1.key) }?.key
    }
    let matched = sizes.map { measure == .parameters ? $0.parameters : $0.operations }
    var best = (range: range(around: matched), reached: -1, distance: Int.max)
    let far = reach * Double(budget) / 2
    let centres = Set(reachable.flatMap { $0.flatMap { $0.values } }).filter {
      abs(Double($0 - budget)) <= far
    }
    for centre in centres.sorted() {
      let range = range(around: [centre])
      guard reachable.allSatisfy({ $0.first.map { width($0, in: range) != nil } ?? false }) else { continue }
      let reached = reachable.reduce(0) { $0 + $1.count { width($0, in: range) != nil } }
      let distance = abs(centre - budget)
      if (reached, -distance) > (best.reached, -best.distance) { best = (range, reached, distance) }
    }
    return VariantSizes(
      range: best.range,
      sizes: try contenders.indices.map { contender in
        try contenders[contender].indices.map { variant in
          if best.reached < 0, variant == 0 { return sizes[contender] }
          guard let width = width(reachable[contender][variant], in: best.range) else { return nil }
          let candidate = contenders[contender][variant]
          return MatchedSize(
            width: width, parameters: try signature.parameterCount(candidate, width: width),
            operations: try signature.operations(candidate, width: width))
        }
      })
  }

  /// The sizes within half the tolerance around given ones, in the middle between the smallest and the largest.
  private static func range(around sizes: [Int]) -> ClosedRange<Int> {
    let middle = Double((sizes.min() ?? 0) + (sizes.max() ?? 0)) / 2
    let upper = Int(middle / (1 - tolerance / 2))
    return min(Int((Double(upper) * (1 - tolerance)).rounded(.up)), upper)...upper
  }
}
