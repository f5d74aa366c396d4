import Testing
import Training

@Suite struct TrainingLengthTests {
  @Test(arguments: [(1, 100), (8, 100), (9, 89), (25, 32), (40, 20), (500, 20)])
  func fewBatchesMakeMoreEpochs(batches: Int, epochs: Int) {
    let length = TrainingPlan.usualLength(batchesPerEpoch: batches)
    #expect(length.epochs == epochs)
    #expect(length.patience == epochs * 3 / 10)
  }
}
