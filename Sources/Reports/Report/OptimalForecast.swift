/// The smallest squared error that any forecast of these data can have, where it is known, and how near everybody
/// comes to it.
package struct OptimalForecast: Codable, Hashable, Sendable {
  /// The error at one lead time.
  package struct LeadError: Codable, Hashable, Sendable {
    /// In ``DataDescription/leadTimeUnit``.
    package var leadTime: Double
    /// In the unit of the data, squared.
    @Measured package var mse: Double?

    package init(leadTime: Double, mse: Double?) {
      self.leadTime = leadTime
      self.mse = mse
    }
  }

  /// (variance − MSE) / (variance − optimum) of a model or baseline: 0 is no better than the mean of the data, 1 is
  /// the optimum; below 0 is worse than the mean.
  package struct Skill: Codable, Hashable, Sendable {
    package var name: String
    /// Pooled over lead times.
    @Measured package var value: Double?
    @Nullable package var interval: ScoreInterval?
    /// In the order of lead times.
    package var byLeadTime: [Measured]

    package init(name: String, value: Double?, interval: ScoreInterval?, byLeadTime: [Double?]) {
      self.name = name
      self.value = value
      self.interval = interval
      self.byLeadTime = byLeadTime.map(Measured.init)
    }
  }

  /// What it is, "best linear forecast".
  package var name: String
  /// What it holds for, in a sentence or two.
  package var explanation: String
  /// The variance of the data: the error of their mean.
  @Measured package var variance: Double?
  /// The mean of the errors over lead times.
  @Measured package var mse: Double?
  package var byLeadTime: [LeadError]
  /// The models, then the baselines.
  package var skills: [Skill]

  package init(
    name: String, explanation: String, variance: Double, byLeadTime: [LeadError], models: [ModelResult],
    baselines: [BaselineResult]
  ) {
    self.name = name
    self.explanation = explanation
    self.byLeadTime = byLeadTime
    let known = byLeadTime.compactMap(\.mse)
    let mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    self.variance = variance
    mse = mean
    let scored = models.map { ($0.name, $0.forecast) } + baselines.map { ($0.name, $0.forecast) }
    skills = scored.map { name, forecast in
      func skill(_ error: Double?, _ optimum: Double?) -> Double? {
        guard let error, let optimum, variance > optimum else { return nil }
        return (variance - error) / (variance - optimum)
      }
      let pooled = forecast?.pooled
      // A smaller error is a larger skill.
      let interval = pooled?.mseInterval.flatMap { interval -> ScoreInterval? in
        guard let lower = skill(interval.upper, mean), let upper = skill(interval.lower, mean) else {
          return nil
        }
        return ScoreInterval(lower: lower, upper: upper)
      }
      return Skill(
        name: name, value: skill(pooled?.mse, mean), interval: interval,
        byLeadTime: byLeadTime.map { lead in skill(forecast?.at(leadTime: lead.leadTime)?.mse, lead.mse) })
    }
  }
}
