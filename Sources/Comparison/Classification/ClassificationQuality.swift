import Reports
import Tasks
import TensorCore
import Verification

/// Top-k accuracy and calibration of the published classifiers on the test clips; precision, recall and F1 of everybody
/// from the confusion matrices.
struct ClassificationQuality {
  let task: ClassificationTask
  let results: [ContenderResult]

  /// - Throws: What data, models and scores throw.
  func scores(_ report: ComparisonReport) throws -> ClassScores {
    let k = min(task.clips.classNames.count > 5 ? 5 : 2, task.clips.classNames.count)
    var entries: [ClassScores.Entry] = []
    for (contender, model) in zip(results, report.models) {
      guard let result = model.classification else { continue }
      var top = try TopKAccuracy(k: k)
      var calibration = try CalibrationError()
      let provider = try task.batches(task.split.test)
      for index in 0..<provider.batchesPerEpoch {
        try Task.checkCancellation()
        let batch = try provider.batch(epoch: 0, index: index)
        let probabilities = try contender.model.output(batch.inputs).values
        let truths = batch.target.values.map { Int($0) }
        try top.add(scores: probabilities, truths: truths)
        try calibration.add(probabilities: probabilities, truths: truths)
      }
      entries.append(
        ClassScores.Entry(
          name: model.name, result: result, topK: top.value, calibrationError: calibration.value))
    }
    for baseline in report.baselines {
      guard let result = baseline.classification else { continue }
      entries.append(ClassScores.Entry(name: baseline.name, result: result))
    }
    return ClassScores(k: k, entries: entries)
  }
}
