import Reports

/// Turns the trainings on shares of the data into the report's curves.
struct TrainingShares<Subject: ComparableTask> {
  let task: Subject
  let names: [String]
  /// The contenders on the whole part, then on each smaller share, in the order of `TrainingShare.smaller`.
  let runs: SeedRuns<Subject.Scores>
  let primary: PrimaryScore

  /// - Throws: `VerificationError` without a block.
  var result: TrainingShareCurves {
    get throws {
      TrainingShareCurves(
        entries: try names.enumerated().map { index, name in
          let shares = TrainingShare.smaller + [.all]
          let points = try shares.enumerated().map { place, share in
            let group = share == .all ? 0 : place + 1
            return SharePoint(
              share: share.fraction,
              score: try task.primaryScore(runs.runs(group * names.count + index).map(\.scores)))
          }
          return TrainingShareCurves.Entry(
            name: name, points: points, lowerIsBetter: [.mse, .mae].contains(primary.kind))
        })
    }
  }
}
