import CHDF5
import Synchronization

/// libhdf5 as a whole: one lock, a silent error stack, and its messages for our errors.
package enum HDF5Library {
  private static let lock = Mutex(())

  /// At the end of the process the library closes what is still open, and (1.10) crashes over damaged files that
  /// it could not close before. Nothing is written here, so it has nothing to do at that time.
  private static let leavesQuietly: Void = { H5dont_atexit() }()

  /// Runs `body` alone: not every build of libhdf5 is safe for threads, and those that are lock as a whole.
  /// Meanwhile the library prints nothing to standard error; what was set before is restored.
  package static func exclusively<Result: Sendable>(_ body: () throws -> Result) throws -> Result {
    try lock.withLock { _ in
      leavesQuietly
      var report: H5E_auto2_t?
      var reportData: UnsafeMutableRawPointer?
      let stack = squall_h5_error_stack()
      let restores = H5Eget_auto2(stack, &report, &reportData) >= 0
      H5Eset_auto2(stack, nil, nil)
      defer { if restores { H5Eset_auto2(stack, report, reportData) } }
      return try body()
    }
  }

  /// What the library has to say about the call that just failed: the innermost entry of its error stack.
  static func lastMessage() -> String {
    final class Sink { var text: String? }
    let sink = Sink()
    let visit: H5E_walk2_t = { _, entry, data in
      guard let entry, let data else { return 0 }
      let sink = Unmanaged<Sink>.fromOpaque(data).takeUnretainedValue()
      if sink.text == nil, let text = entry.pointee.desc { sink.text = String(cString: text) }
      return 0
    }
    H5Ewalk2(
      squall_h5_error_stack(), H5E_WALK_UPWARD, visit, Unmanaged.passUnretained(sink).toOpaque())
    return sink.text ?? "no reason given"
  }
}
