import CKernels
import COneDNN

/// What computes the heavy operations.
public enum Backend: String, Sendable, CaseIterable {
  /// oneDNN and the vector kernels.
  case oneDNN
  /// The plain Swift twins: the fallback where oneDNN is absent, and the reference of the tests.
  case plain

  @TaskLocal private static var chosen: Backend?

  /// Whether oneDNN is part of this build.
  package static let oneDNNIsAvailable = squall_onednn_is_available()

  /// The backend in force: oneDNN where it is part of the build, unless `using` says otherwise.
  package static var current: Backend { chosen ?? (oneDNNIsAvailable ? .oneDNN : .plain) }

  /// Runs `body` with another backend, in this task only. `.oneDNN` has no effect where it is absent.
  package static func using<Result>(_ backend: Backend, _ body: () throws -> Result) rethrows -> Result {
    try $chosen.withValue(backend == .oneDNN && !oneDNNIsAvailable ? .plain : backend, operation: body)
  }

  /// One line for `squall --version`, such as `oneDNN 2.6.3 (AVX-512, OpenMP), vector kernels avx512, 2 threads`.
  public static var summary: String {
    let kernels = "vector kernels \(String(cString: squall_instruction_set()))"
    let threads = ThreadTeam.count == 1 ? "1 thread" : "\(ThreadTeam.count) threads"
    guard let version = oneDNNVersion else { return "plain Swift (no oneDNN), \(kernels), \(threads)" }
    let instructions = String(cString: squall_onednn_instruction_set())
    let threading = String(cString: squall_onednn_threading())
    return "oneDNN \(version) (\(instructions), \(threading)), \(kernels), \(threads)"
  }

  /// The version of the oneDNN library that is running, such as `2.6.3`; `nil` where it is absent.
  package static var oneDNNVersion: String? {
    guard oneDNNIsAvailable else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
      squall_onednn_version(text.baseAddress!, text.count)
      return String(cString: text.baseAddress!)
    }
  }
}
