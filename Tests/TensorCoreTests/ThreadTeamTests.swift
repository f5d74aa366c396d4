import Foundation
import Synchronization
import TensorCore
import Testing

extension KernelTests {
  @Suite struct ThreadTeamTests {
    @Test(arguments: [0, 1, 2, 7, 1000])
    func coversEveryIndexOnce(_ count: Int) {
      withTeams([1, 2, 3]) {
        let visits = Mutex([Int](repeating: 0, count: count))
        ThreadTeam.forEach(count: count) { range in
          #expect(!range.isEmpty)
          visits.withLock { for i in range { $0[i] += 1 } }
        }
        #expect(visits.withLock { $0.allSatisfy { $0 == 1 } })
      }
    }

    @Test func keepsPiecesAboveTheGrain() {
      withTeams([3]) {
        let pieces = Mutex([Range<Int>]())
        ThreadTeam.forEach(count: 100, grain: 40) { range in pieces.withLock { $0.append(range) } }
        #expect(pieces.withLock { $0.allSatisfy { $0.count >= 40 } })
      }
    }

    @Test func nestsSerially() {
      withTeams([2]) {
        let total = Mutex(0)
        ThreadTeam.forEach(count: 4) { outer in
          for _ in outer { ThreadTeam.forEach(count: 10) { inner in total.withLock { $0 += inner.count } } }
        }
        #expect(total.withLock { $0 } == 40)
      }
    }

    @Test func hasAtLeastOneThread() {
      let size = ThreadTeam.count
      defer { ThreadTeam.resize(to: size) }
      ThreadTeam.resize(to: 0)
      #expect(ThreadTeam.count == 1)
    }

    /// Operations are immutable: several tasks may run one at once.
    @Test func servesSeveralTasksAtOnce() async throws {
      let g = try ConvolutionCase.all[2].geometry
      let x = tensor(numbers(g.inputShape.count, seed: 1), g.inputShape)
      let w = tensor(numbers(g.kernelShape.count, seed: 2), g.kernelShape)
      let expected = Convolution.forward(x, kernel: w, bias: nil, g)
      let equal = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask {
            (0..<20).allSatisfy { _ in Convolution.forward(x, kernel: w, bias: nil, g) == expected }
          }
        }
        return await group.reduce(true) { $0 && $1 }
      }
      #expect(equal)
    }
  }

  @Suite struct BackendTests {
    @Test func staysWithinItsScope() {
      let usual = Backend.current
      Backend.using(.plain) {
        #expect(Backend.current == .plain)
        Backend.using(.oneDNN) { #expect(Backend.current == usual) }
      }
      #expect(Backend.current == usual)
      #expect(Backend.oneDNNIsAvailable == (Backend.oneDNNVersion != nil))
      #expect(Backend.summary.contains("thread"))
    }

    /// `script/check-onednn` says which version it means to test: `3`, `any` or `none`.
    @Test func isTheOneThatTheScriptMeans() {
      guard let expected = ProcessInfo.processInfo.environment["SQUALL_EXPECTED_ONEDNN"] else { return }
      switch expected {
      case "none": #expect(Backend.oneDNNVersion == nil)
      case "any": #expect(Backend.oneDNNVersion != nil)
      default: #expect(Backend.oneDNNVersion?.hasPrefix(expected + ".") == true)
      }
    }
  }
}
