import Foundation

/// Threads that wait for work without burning the machine.
enum WaitingThreads {
  /// Commands that compute on the team of threads.
  private static let computing: Set = [
    "compare", "advise", "train", "evaluate", "forecast", "classify", "predict", "fit", "convert", "serve",
  ]

  /// Starts the program anew with a short wait, unless the environment says how threads are to wait.
  ///
  /// Between two loops a thread of libgomp spins some ten milliseconds before it sleeps. On a machine that others use
  /// too the spinning threads take the processor from the one they wait for, and a forecast takes ten times as long.
  /// A quarter of a millisecond is longer than our loops lie apart, so that nothing is lost on a quiet machine.
  /// libgomp reads its environment before any code of ours runs, so only a new start can change it; it costs some
  /// milliseconds.
  static func shorten(_ arguments: [String]) {
    #if os(Linux)
      guard let command = arguments.first, computing.contains(command), getenv("OMP_WAIT_POLICY") == nil,
        getenv("GOMP_SPINCOUNT") == nil
      else { return }
      setenv("GOMP_SPINCOUNT", "5000", 1)
      // Comes back only where it fails, and then all goes on as it was.
      execv("/proc/self/exe", CommandLine.unsafeArgv)
    #endif
  }
}
