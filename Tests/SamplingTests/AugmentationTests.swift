import DataTestSupport
import Readers
import Sampling
import TensorCore
import Testing

@Suite struct AugmentationTests {
  /// Batches of two samples whose values are the numbers from 0 on.
  private struct Counting: BatchSource {
    var height = 3
    var width = 3
    var batchesPerEpoch: Int { 2 }

    func batch(epoch: Int, index: Int) throws -> SequenceBatch {
      func counting(_ times: Int) -> Tensor {
        let shape: Shape = [2, times, height, width, 2]
        return Tensor((0..<shape.count).map { Float($0) }, shape: shape)
      }
      let window = Window(input: 0..<2, target: 2..<3)
      let sample = Sample(window: window, tile: Tile(row: 0, column: 0, height: height, width: width))
      return SequenceBatch(
        input: counting(2), target: counting(1), targetMask: counting(1), samples: [sample, sample])
    }
  }

  @Test func theSymmetriesAreAGroupOfEight() {
    // Each moves the corner and its neighbour of a square elsewhere, and none two alike.
    let images = GridSymmetry.allCases.map { symmetry in
      (0..<9).map { place -> Int in
        let from = symmetry.source(row: place / 3, column: place % 3, height: 3, width: 3)
        return from.row * 3 + from.column
      }
    }
    #expect(Set(images).count == 8)
    #expect(images.allSatisfy { Set($0) == Set(0..<9) })
    // Clockwise: the first row of the result is the first column from below.
    #expect(images[4][..<3] == [6, 3, 0])
    #expect(images[1][..<3] == [6, 7, 8])
    #expect(images[2][..<3] == [2, 1, 0])
  }

  @Test func everythingOfASampleTurnsAlike() throws {
    var turns = Augmentation()
    turns.symmetries = [.quarterTurn]
    let batches = try AugmentedBatches(Counting(), turns, seed: 3)
    var turned = 0
    for epoch in 0..<6 {
      let batch = try batches.batch(epoch: epoch, index: 1)
      #expect(batch.target == batch.targetMask)
      for sample in 0..<2 {
        // 18 numbers a frame; the corner tells whether the frame was turned.
        let input = batch.input.values[sample * 36..<(sample + 1) * 36].map { $0 - Float(36 * sample) }
        let target = batch.target.values[sample * 18..<(sample + 1) * 18].map { $0 - Float(18 * sample) }
        let corner: Float = input[0]
        #expect(corner == 0 || corner == 12)
        if corner == 12 { turned += 1 }
        #expect(input[18] == corner + 18 && target[0] == corner)
        #expect(input[1] == corner + 1)
      }
    }
    #expect(turned > 0 && turned < 12)
    #expect(try batches.batch(epoch: 4, index: 1).input == batches.batch(epoch: 4, index: 1).input)
  }

  @Test func cropsAreInside() throws {
    var crops = Augmentation()
    crops.crop = .init(height: 2, width: 3)
    let batches = try AugmentedBatches(Counting(height: 5, width: 4), crops, seed: 1)
    var corners: Set<Float> = []
    for epoch in 0..<20 {
      let batch = try batches.batch(epoch: epoch, index: 0)
      #expect(batch.input.shape == [2, 2, 2, 3, 2])
      let values = batch.input.values
      corners.insert(values[0])
      #expect(values[2] == values[0] + 2 && values[6] == values[0] + 8)
    }
    #expect(corners.isSubset(of: [0, 2, 8, 10, 16, 18, 24, 26]) && corners.count > 4)
  }

  @Test func whatAForecastForbidsIsRefused() throws {
    var backwards = Augmentation()
    backwards.reversesTime = true
    #expect(dataError { try AugmentedBatches(Counting(), backwards, seed: 1) }?.kind == .invalidOption)
    var bright = Augmentation()
    bright.brightness = 0.8...1.2
    #expect(dataError { try AugmentedBatches(Counting(), bright, seed: 1) }?.kind == .invalidOption)
    let oblong = try AugmentedBatches(Counting(height: 3, width: 4), .allSymmetries, seed: 1)
    #expect(dataError { try oblong.batch(epoch: 0, index: 0) }?.kind == .invalidOption)
    var large = Augmentation()
    large.crop = .init(height: 4, width: 2)
    let cropped = try AugmentedBatches(Counting(), large, seed: 1)
    #expect(dataError { try cropped.batch(epoch: 0, index: 0) }?.kind == .invalidOption)
  }
}

@Suite struct ClipBatchesTests {
  /// Clips of two frames of 1×2: 0.1·clip, and the same plus 0.01 in the second column.
  private func clips(_ labels: [Int]) throws -> LabeledClips {
    try LabeledClips(
      values: labels.indices.flatMap { clip in
        (0..<4).map { 0.1 * Float(clip) + 0.01 * Float($0 % 2) + 0.001 * Float($0 / 2) }
      }, frames: 2, shape: FrameShape(height: 1, width: 2), labels: labels, classNames: ["left", "right"],
      groups: Array(labels.indices), unit: .brightness)
  }

  @Test func everyClipOnceAnEpoch() throws {
    let all = try clips([0, 1, 0, 1, 0])
    let batches = try ClipBatches(all, [0, 1, 3, 4], batchSize: 3, seed: 1)
    #expect(batches.batchesPerEpoch == 2)
    func epoch(_ epoch: Int) throws -> [Int] {
      try (0..<2).flatMap { try batches.batch(epoch: epoch, index: $0).clips }
    }
    #expect(try epoch(0).sorted() == [0, 1, 3, 4])
    #expect(try epoch(0) == epoch(0))
    #expect(try Set((0..<6).map { try epoch($0) }).count > 1)
    #expect(dataError { try batches.batch(epoch: 0, index: 2) }?.kind == .invalidOption)
  }

  @Test func weightsMakeRareClassesFrequent() throws {
    let all = try clips([0, 0, 0, 0, 0, 0, 0, 1])
    let balance = try ClassWeights(balancing: all.labels, classes: 2)
    #expect(balance.values == [Float(8) / 14, 4])
    let batches = try ClipBatches(
      all, Array(0..<8), batchSize: 8, weights: balance.weights(of: all.labels), seed: 1)
    let labels = try (0..<100).flatMap { try batches.batch(epoch: $0, index: 0).labels }
    let share = Double(labels.count { $0 == 1 }) / 800
    // Standard error 0.018.
    #expect(abs(share - 0.5) < 0.06)
    #expect(dataError { try ClassWeights(balancing: [0, 0], classes: 2) }?.kind == .badValue)
    #expect(dataError { try ClassWeights([1, 0]) }?.kind == .invalidOption)
    #expect(dataError { try ClipBatches(all, [0, 1], batchSize: 1, weights: [0, 0], seed: 1) } != nil)
    #expect(dataError { try ClipBatches(all, [9], batchSize: 1, seed: 1) } != nil)
  }

  @Test func mirroredClipsChangeTheirClass() throws {
    let all = try clips([0, 0, 1, 1])
    var mirror = Augmentation()
    mirror.symmetries = [.flipColumns]
    mirror.relabelling = [.flipColumns: [1, 0]]
    let batches = try ClipBatches(all, [0, 1, 2, 3], batchSize: 4, augmentation: mirror, seed: 2)
    var mirrored = 0
    for epoch in 0..<8 {
      let batch = try batches.batch(epoch: epoch, index: 0)
      for (place, clip) in batch.clips.enumerated() {
        let values = batch.input.values[place * 4..<place * 4 + 4].map { $0 }
        let isMirrored = values[0] > values[1]
        mirrored += isMirrored ? 1 : 0
        #expect(batch.labels[place] == (isMirrored ? 1 - all.labels[clip] : all.labels[clip]))
      }
    }
    #expect(mirrored > 4 && mirrored < 28)
    mirror.relabelling = [.flipColumns: [1, 1]]
    #expect(dataError { try ClipBatches(all, [0], batchSize: 1, augmentation: mirror, seed: 1) } != nil)
  }

  @Test func timeAndBrightness() throws {
    let all = try clips([0, 1])
    var change = Augmentation()
    change.reversesTime = true
    change.brightness = 0.5...0.5
    change.reversedLabels = [1, 0]
    let batches = try ClipBatches(all, [1], batchSize: 1, augmentation: change, seed: 2)
    var labels: Set<Int> = []
    for epoch in 0..<12 {
      let batch = try batches.batch(epoch: epoch, index: 0)
      let values = batch.input.values
      let isReversed = values[0] > values[2]
      #expect(abs(max(values[0], values[2]) - 0.0505) < 1e-6)
      #expect(batch.labels == [isReversed ? 0 : 1])
      labels.insert(batch.labels[0])
    }
    #expect(labels == [0, 1])
  }
}
