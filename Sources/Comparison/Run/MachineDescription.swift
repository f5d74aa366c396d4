import Foundation
import TensorCore

/// The machine in words, for the report: processor, cores, memory, system.
package enum MachineDescription {
  package static var summary: String {
    let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
    return [
      processor, "\(ProcessInfo.processInfo.processorCount) cores", "\(Int(memory.rounded())) GiB",
      ProcessInfo.processInfo.operatingSystemVersionString,
    ].joined(separator: ", ")
  }

  private static var processor: String {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return "CPU" }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? "CPU"
  }
}
