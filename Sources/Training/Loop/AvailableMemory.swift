import Foundation

/// How much memory this process may still take.
public enum AvailableMemory {
  /// Bytes: what the system has to spare, or what the limits of the process's control group (a container's, say)
  /// leave, whichever is less; `nil` where the system does not tell.
  public static var bytes: Int? {
    let found = [free, groupLimit].compactMap { $0 }
    return found.min()
  }

  /// Bytes of memory that this process occupies now.
  public static var occupied: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    return kilobytes("VmRSS:", in: text)
  }

  private static var free: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
    return kilobytes("MemAvailable:", in: text)
  }

  private static func kilobytes(_ name: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// The least that the group and those above it leave (version 2), or the memory controller's (version 1).
  private static var groupLimit: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else { return nil }
    var least: Int?
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      let (root, limit, usage): (String, String, String)
      if parts[0] == "0" {
        (root, limit, usage) = ("/sys/fs/cgroup", "memory.max", "memory.current")
      } else if controllers.contains("memory") {
        (root, limit, usage) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes")
      } else {
        continue
      }
      var folders = parts[2].split(separator: "/").map(String.init)
      while true {
        let folder = ([root] + folders).joined(separator: "/")
        if let most = number(folder + "/" + limit), most < 1 << 50 {
          // What files in the group's cache occupy is given back when it is needed.
          let used = (number(folder + "/" + usage) ?? 0) - (inactiveFiles(folder) ?? 0)
          least = min(least ?? .max, max(0, most - max(0, used)))
        }
        guard folders.popLast() != nil else { break }
      }
    }
    return least
  }

  private static func number(_ path: String) -> Int? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
      Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  private static func inactiveFiles(_ folder: String) -> Int? {
    guard let text = try? String(contentsOfFile: folder + "/memory.stat", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
    return line?.split(separator: " ").last.flatMap { Int($0) }
  }
}
