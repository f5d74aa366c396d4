import Layers
import TensorCore
import Testing

extension KernelTests {
  @Suite struct RecomputationTests {
    /// Sequences that fall into several segments, of equal and of different length.
    static let cases: [RecurrentCase] = [
      .conv("seven steps", [2, 7, 5, 6, 3], filters: 4, kernel: [3, 3], .init(padding: .same)),
      .conv(
        "backwards, zero state", [2, 8, 5, 4, 3], filters: 3, kernel: [3, 2],
        .init(padding: .same, goBackwards: true), hasState: false),
      .conv(
        "strides", [1, 5, 9, 6, 2], filters: 5, kernel: [3, 3], .init(strides: [2, 3], padding: .same)),
      .dense("LSTM", [3, 13, 5], units: 7),
      .dense("LSTM backwards without bias", [2, 6, 5], units: 6, goBackwards: true, hasBias: false),
    ]

    @Test(arguments: cases)
    func gradientsAreThoseOfTheTwin(_ sizes: RecurrentCase) {
      let operands = sizes.operands
      let expected = sizes.twinGradient(sizes.cotangents, operands)
      for backend in backends {
        Backend.using(backend) {
          let stored = sizes.forward(operands, keepingContext: true)
          let result = Recomputation.using(.overTime) { sizes.forward(operands, keepingContext: true) }
          expectClose(
            result.sequence!.values, stored.sequence!.values.map(Double.init), 1e-6, "sequence, \(backend)")
          let gradients = sizes.gradient(sizes.cotangents, result.context!)
          RecurrentTests().check(gradients, expected, sizes, "\(backend)")
          let before = sizes.gradient(sizes.cotangents, stored.context!)
          expectClose(
            gradients.kernel.values, before.kernel.values.map(Double.init), 1e-5, "as stored, \(backend)")
          let last = Recomputation.using(.overTime) {
            sizes.forward(operands, returningSequence: false, keepingContext: true)
          }
          #expect(last.sequence == nil)
          #expect(last.hidden == result.hidden)
          let again = sizes.gradient(sizes.cotangents, last.context!)
          #expect(again.recurrentKernel == gradients.recurrentKernel, "same bits")
        }
      }
    }

    @Test func aSequenceOfFortyEightStepsTakesAFractionOfTheMemory() {
      let sizes = RecurrentCase.conv(
        "long", [1, 48, 16, 16, 1], filters: 16, kernel: [3, 3], .init(padding: .same))
      let operands = sizes.operands
      let cotangents = sizes.cotangents
      func peak(_ use: Recomputation) -> Int {
        Recomputation.using(use) {
          // What kernels keep ready for the next time does not count.
          for round in 0..<2 {
            let before = Allocator.statistics.bytesInUse
            Allocator.resetPeak()
            let result = sizes.forward(operands, returningSequence: false, keepingContext: true)
            _ = sizes.gradient(cotangents, result.context!)
            if round == 1 { return Allocator.statistics.peakBytesInUse - before }
          }
          return 0
        }
      }
      let (stored, recomputed) = (peak(.never), peak(.overTime))
      // Stored: 6 · 48 states; recomputed: 2 · 12 + 6 · 4, besides what both hold.
      #expect(recomputed < stored / 2, "\(recomputed) of \(stored) bytes")
    }

    @Test(arguments: [Winograd.Use.wherePossible, .never])
    func inferenceOfTheLastOutputDoesNotGrowWithTime(_ use: Winograd.Use) throws {
      var layer = ConvLSTM2D(filters: 16, kernelSize: 3, padding: .same)
      try layer.build(for: [SymbolicShape([nil, nil, 64, 48, 2])], random: RandomStream(seed: 1))
      func peak(_ time: Int) throws -> Int {
        let input = Tensor(repeating: 0.5, shape: [8, time, 64, 48, 2])
        return try Winograd.using(use) {
          _ = try layer(input)
          let before = Allocator.statistics.bytesInUse
          Allocator.resetPeak()
          _ = try layer(input)
          return Allocator.statistics.peakBytesInUse - before
        }
      }
      let (short, long) = (try peak(10), try peak(40))
      #expect(long <= short + short / 50, "\(short) bytes for 10 steps, \(long) for 40")
    }
  }
}
