import Foundation

/// Reads foreign HDF5 files in a child process with limits on memory and time: libhdf5 breaks on malformed files,
/// and the worst that can happen here is an error.
package struct HDF5Sandbox: Sendable {
  /// A program that calls ``HDF5Child/serveIfAsked(_:)`` first thing.
  package var executable: URL
  package var limits: HDF5Limits
  /// Memory beyond a small multiple of the file itself.
  package var memoryBytes: Int
  /// Wall-clock and processor time.
  package var seconds: Int

  package init(
    executable: URL, limits: HDF5Limits = HDF5Limits(), memoryBytes: Int? = nil, seconds: Int = 60
  ) {
    self.executable = executable
    self.limits = limits
    self.memoryBytes = memoryBytes ?? 512 << 20
    self.seconds = seconds
  }

  /// The contents of a file whose bytes are in memory.
  ///
  /// - Throws: ``HDF5Error``: what the child says is wrong with the file, or `readerFailed` if it broke off.
  package func contents(of image: Data, name: String) throws -> HDF5Contents {
    let request = HDF5Child.Request(
      name: name, byteCount: image.count, limits: limits, memoryBytes: memoryBytes + 3 * image.count,
      seconds: seconds)
    // Where the system finds its libraries, and nothing that libhdf5 could be led astray by.
    let environment = ProcessInfo.processInfo.environment.filter {
      ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"].contains($0.key)
    }
    // Tensors cannot take more than the values' limit, nor text more than its own, quoted.
    let (most, overflows) = limits.valueBytes.addingReportingOverflow(8 * limits.attributeBytes + (1 << 20))
    let child: ChildProcess
    do {
      child = try ChildProcess.run(
        executable, [HDF5Child.argument, String(decoding: try JSONEncoder().encode(request), as: UTF8.self)],
        environment: environment, input: image, seconds: seconds, maximumOutput: overflows ? .max : most)
    } catch {
      throw HDF5Error(
        .readerFailed, file: name, expected: "to start \(executable.path)",
        received: error.localizedDescription, remedy: "Name the squall program to read HDF5 files with.")
    }
    switch child.ending {
    case .exited(0):
      do { return try HDF5Contents(encoded: child.output) } catch {
        throw broken(name, "an answer that makes no sense (\(error))")
      }
    case .exited(HDF5Child.refusal):
      guard let failure = try? JSONDecoder().decode(HDF5Child.Failure.self, from: child.errors) else {
        throw broken(name, "an answer that makes no sense")
      }
      throw HDF5Error(
        HDF5Error.Kind(rawValue: failure.kind) ?? .corrupt, file: name, expected: failure.expected,
        received: failure.received, remedy: failure.remedy)
    case .exited(let status): throw broken(name, "the end of the process that read it (status \(status))")
    case .signalled(let signal): throw broken(name, "the end of the process that read it (signal \(signal))")
    case .late: throw broken(name, "none within \(seconds) seconds")
    case .tooMuch: throw broken(name, "more than the limits allow")
    }
  }

  private func broken(_ name: String, _ received: String) -> HDF5Error {
    HDF5Error(
      .readerFailed, file: name, expected: "an answer about the file", received: received,
      remedy: "The file is damaged, made to do harm, or larger than the limits of memory and time.")
  }
}
