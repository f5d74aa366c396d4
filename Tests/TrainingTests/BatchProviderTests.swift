import TensorCore
import Testing
import Training

@Suite struct BatchProviderTests {
  private static let samples = TrainingBatch(
    Tensor((0..<20).map(Float.init), shape: [10, 2]), Tensor((0..<10).map(Float.init), shape: [10]),
    mask: Tensor((0..<10).map { $0 % 3 == 0 ? 0 : 1 }, shape: [10]),
    weights: Tensor((0..<10).map { 3 * Float($0) }, shape: [10]))

  private func order(_ batches: TensorBatches, _ epoch: Int) throws -> [Float] {
    try (0..<batches.batchesPerEpoch).flatMap { try batches.batch(epoch: epoch, index: $0).target.values }
  }

  @Test func keepsTheOrderIfNotShuffled() throws {
    let batches = try TensorBatches(Self.samples, batchSize: 4)
    #expect(batches.batchesPerEpoch == 3)
    for epoch in 0..<2 { #expect(try order(batches, epoch) == (0..<10).map(Float.init)) }
    #expect(try batches.batch(epoch: 0, index: 2).count == 2)
  }

  @Test func shufflesEachEpochAnew() throws {
    let batches = try TensorBatches(Self.samples, batchSize: 4, shuffledBySeed: 3)
    let orders = try (0..<3).map { try order(batches, $0) }
    #expect(Set(orders).count == 3)
    for order in orders { #expect(order.sorted() == (0..<10).map(Float.init), "every sample once") }
    #expect(try order(batches, 1) == orders[1], "the same whenever it is asked for")
    let other = try TensorBatches(Self.samples, batchSize: 4, shuffledBySeed: 4)
    #expect(try order(other, 0) != orders[0])
  }

  @Test func allOfASampleStaysTogether() throws {
    let batches = try TensorBatches(Self.samples, batchSize: 3, shuffledBySeed: 3)
    for index in 0..<batches.batchesPerEpoch {
      let batch = try batches.batch(epoch: 5, index: index)
      for (row, sample) in batch.target.values.enumerated() {
        #expect(batch.inputs[0].values[2 * row] == 2 * sample)
        #expect(batch.mask?.values[row] == (Int(sample) % 3 == 0 ? 0 : 1))
        #expect(batch.weights?.values[row] == 3 * sample)
      }
    }
  }
}
