import Foundation

/// Threads that wait for work without burning the machine.
enum WaitingThreads {
  /// Commands that compute on the team of threads for a while.
  private static let computing: Set = ["compare", "advise", "train", "evaluate", "fit"]
  /// Commands that may be over before a new start has paid off.
  private static let brief: Set = ["forecast", "classify", "predict", "convert"]

  /// Starts the program anew with a short wait, unless the environment says how threads are to wait.
  ///
  /// Between two loops a thread of libgomp spins some ten milliseconds before it sleeps. On a machine that others use
  /// too the spinning threads take the processor from the one they wait for, and a forecast takes ten times as long.
  /// A quarter of a millisecond is longer than our loops lie apart, so that nothing is lost on a quiet machine.
  /// libgomp reads its environment before any code of ours runs, so only a new start can change it; it costs some
  /// twenty milliseconds, which brief commands take only where somebody else is computing now.
  static func shorten(_ arguments: [String]) {
    #if os(Linux)
      guard let command = arguments.first, getenv("OMP_WAIT_POLICY") == nil, getenv("GOMP_SPINCOUNT") == nil,
        computing.contains(command) || brief.contains(command) && othersCompute
      else { return }
      setenv("GOMP_SPINCOUNT", "5000", 1)
      // Comes back only where it fails, and then all goes on as it was.
      execv("/proc/self/exe", CommandLine.unsafeArgv)
    #endif
  }

  /// Whether anything but this process is running at this moment: the fourth field of `/proc/loadavg` begins with
  /// how many tasks are.
  private static var othersCompute: Bool {
    guard let text = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8),
      let tasks = text.split(separator: " ").dropFirst(3).first,
      let running = tasks.split(separator: "/").first.flatMap({ Int($0) })
    else { return true }
    return running > 1
  }
}
