extension ScoreDifference {
  /// Whether a difference decides or is there to explore.
  package enum Role: String, Codable, CaseIterable, Sendable {
    /// In the score that was named before training.
    case decides
    /// In another score: among many, some look clear by chance.
    case exploratory
  }

  /// How probable it is that a difference matters; the three add up to 1.
  package struct Equivalence: Codable, Hashable, Sendable {
    /// Named before training, in units of the score.
    package var margin: Double
    /// That the first is better by more than the margin.
    package var firstIsBetter: Double
    /// That the two are within the margin.
    package var equivalent: Double
    /// That the second is better by more than the margin.
    package var secondIsBetter: Double

    package init(margin: Double, firstIsBetter: Double, equivalent: Double, secondIsBetter: Double) {
      self.margin = margin
      self.firstIsBetter = firstIsBetter
      self.equivalent = equivalent
      self.secondIsBetter = secondIsBetter
    }

    /// Whether the two are equally good for practical purposes.
    package var isEquivalent: Bool { equivalent >= 0.95 }
  }

  /// A test of equal accuracy.
  package struct Test: Codable, Hashable, Sendable {
    package enum Name: String, Codable, CaseIterable, Sendable {
      /// Diebold & Mariano (1995), corrected by Harvey, Leybourne & Newbold (1997); Student's t, both sides.
      case dieboldMariano
    }

    package var name: Name
    package var statistic: Double
    package var pValue: Double
    /// In blocks.
    package var horizon: Int
    /// Blocks in the series.
    package var blocks: Int

    package init(name: Name, statistic: Double, pValue: Double, horizon: Int, blocks: Int) {
      self.name = name
      self.statistic = statistic
      self.pValue = pValue
      self.horizon = horizon
      self.blocks = blocks
    }
  }
}
