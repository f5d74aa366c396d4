import CKernels

/// The one team of threads on which all loops run: oneDNN's own, which the vector kernels and `forEach` join.
public enum ThreadTeam {
  /// The size of the team; from the start the number of processors this process may use.
  public static var count: Int { Int(squall_threads()) }

  /// Sets the size of the team, 1 or more, for everything that starts from now on.
  public static func resize(to count: Int) {
    squall_set_threads(Int32(clamping: max(count, 1)))
  }

  /// Calls `body` with pieces of `0 ..< count` that together cover it, each at least `grain` long where
  /// possible. Pieces depend only on the count, the grain and the number of threads. They run at the same
  /// time, so they must write to different places.
  public static func forEach(count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
    guard count > 0 else { return }
    // The team calls a C function, which belongs to no actor; the closure outlives this call in no way.
    withoutActuallyEscaping(body) { body in
      var work = Work(body: body)
      withUnsafeMutablePointer(to: &work) { work in
        squall_parallel_for(0, Int64(count), Int64(max(grain, 1)), work) { context, begin, end in
          context!.assumingMemoryBound(to: Work.self).pointee.body(Int(begin)..<Int(end))
        }
      }
    }
  }

  private struct Work { let body: (Range<Int>) -> Void }
}
