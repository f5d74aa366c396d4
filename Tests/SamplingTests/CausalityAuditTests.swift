import DataTestSupport
import Readers
import Sampling
import TensorCore
import Testing

@Suite struct CausalityAuditTests {
  /// `[2, 5, 2, 3, 1]`
  private var window: Tensor {
    Tensor((0..<60).map { Float($0 % 7) }, shape: [2, 5, 2, 3, 1])
  }

  private func frame(_ tensor: Tensor, _ index: Int) -> Tensor {
    Movement.slice(tensor, axis: 1, index..<index + 1)
  }

  @Test func persistenceIsHonest() throws {
    let finding = try CausalityAudit.audit(window: window, inputFrames: 3) { frame($0, 2) }
    #expect(finding.isCausal && finding.isConclusive)
    #expect(finding.changeByFuture == 0 && finding.leakingFrame == nil)
    try finding.check()
  }

  @Test(arguments: [3, 4]) func aLookAheadIsCaught(peek: Int) throws {
    let finding = try CausalityAudit.audit(window: window, inputFrames: 3) { window in
      // An honest forecast with a trace of the truth.
      Tensor(
        zip(frame(window, 2).values, frame(window, peek).values).map { $0 + 1e-3 * $1 },
        shape: [2, 1, 2, 3, 1])
    }
    #expect(!finding.isCausal)
    #expect(finding.leakingFrame == peek - 3)
    #expect(dataError { try finding.check() }?.kind == .leakage)
  }

  @Test func aConstantProvesNothing() throws {
    let finding = try CausalityAudit.audit(window: window, inputFrames: 3) { _ in .zeros([2, 1]) }
    #expect(finding.isCausal && !finding.isConclusive)
    #expect(
      dataError { try CausalityAudit.audit(window: window, inputFrames: 5) { $0 } }?.kind == .wrongShape)
  }

  @Test func outputsMustNotLookForwardInTime() throws {
    // Running sums are causal; a mean of the neighbours, padded on both sides, is not.
    func weighted(_ sequence: Tensor, _ weight: (_ from: Int, _ to: Int) -> Float) -> Tensor {
      let (batch, times) = (sequence.shape[0], sequence.shape[1])
      let size = sequence.count / (batch * times)
      let values = sequence.values
      return Tensor(
        (0..<sequence.count).map { index in
          let (sample, to) = (index / size / times, index / size % times)
          return (0..<times).reduce(0) {
            $0 + weight($1, to) * values[(sample * times + $1) * size + index % size]
          }
        }, shape: sequence.shape)
    }
    let honest = try CausalityAudit.auditSteps(sequence: window) { weighted($0) { $0 <= $1 ? 1 : 0 } }
    #expect(honest.isCausal && honest.isConclusive)
    let padded = try CausalityAudit.auditSteps(sequence: window) {
      weighted($0) { abs($0 - $1) <= 1 ? 1 : 0 }
    }
    #expect(!padded.isCausal)
    #expect(padded.leakingFrame == 0)
  }

  @Test func theDataAreAuditedToo() throws {
    let source = try countingSource(frames: 12, height: 4, width: 6)
    let builder = BatchBuilder(
      source: source, normalizer: try FieldNormalizer(fittedOn: source, frames: 0..<8))
    let windows = try WindowIndex(of: source, inputFrames: 3, forecastFrames: 2)
    let samples = [0, 4].map { Sample(window: windows[$0], tile: Tile(row: 1, column: 2, size: 3)) }
    let honest = try CausalityAudit.audit(builder: builder, samples: samples) { frame($0.input, 2) }
    #expect(honest.isCausal && honest.isConclusive)
    let cheat = try CausalityAudit.audit(builder: builder, samples: samples) { batch in
      Tensor(
        zip(frame(batch.input, 2).values, frame(batch.target, 1).values).map { 0.9 * $0 + 0.1 * $1 },
        shape: [1, 1, 3, 3, 1])
    }
    #expect(!cheat.isCausal)
    #expect(cheat.leakingFrame == 1)
  }
}
