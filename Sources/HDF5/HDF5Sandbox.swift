import Foundation
import Synchronization

/// Reads foreign HDF5 files in a child process with limits on memory and time: libhdf5 breaks on malformed files,
/// and the worst that can happen here is an error.
package struct HDF5Sandbox: Sendable {
  /// A program that calls ``HDF5Child/serveIfAsked(_:)`` first thing.
  package var executable: URL
  package var limits: HDF5Limits
  /// Memory beyond the file itself.
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
    let process = Process()
    process.executableURL = executable
    let request = HDF5Child.Request(
      name: name, byteCount: image.count, limits: limits, memoryBytes: memoryBytes + 3 * image.count,
      seconds: seconds)
    process.arguments = [
      HDF5Child.argument, String(decoding: try JSONEncoder().encode(request), as: UTF8.self),
    ]
    // Where the system finds its libraries, and nothing that libhdf5 could be led astray by.
    process.environment = ProcessInfo.processInfo.environment.filter {
      ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"].contains($0.key)
    }
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch {
      throw HDF5Error(
        .readerFailed, file: name, expected: "to start \(executable.path)",
        received: "\(error.localizedDescription)", remedy: "Name the squall program to read HDF5 files with.")
    }
    let isLate = Watch(process, seconds: seconds)
    Self.feed(image, to: input.fileHandleForWriting)
    let problem = Box()
    let errorReader = Thread { problem.finish(Self.read(errors.fileHandleForReading, upTo: 1 << 16)) }
    errorReader.start()
    // Tensors cannot take more than the values' limit, nor text more than its own, quoted.
    let most = limits.valueBytes.addingReportingOverflow(8 * limits.attributeBytes + (1 << 20))
    let result = Self.read(output.fileHandleForReading, upTo: most.overflow ? .max : most.partialValue)
    if result == nil { process.terminate() }
    process.waitUntilExit()
    isLate.stop()
    let said = problem.wait() ?? Data()
    if process.terminationReason == .exit, process.terminationStatus == 0, let result {
      do { return try HDF5Contents(encoded: result) } catch {
        throw broken(name, "an answer that makes no sense (\(error))")
      }
    }
    if process.terminationReason == .exit, process.terminationStatus == 65,
      let failure = try? JSONDecoder().decode(HDF5Child.Failure.self, from: said)
    {
      throw HDF5Error(
        HDF5Error.Kind(rawValue: failure.kind) ?? .corrupt, file: name, expected: failure.expected,
        received: failure.received, remedy: failure.remedy)
    }
    throw broken(
      name,
      isLate.hasFired
        ? "none within \(seconds) seconds"
        : result == nil
          ? "more than the limits allow"
          : "the end of the process that read it (\(process.terminationStatus))")
  }

  private func broken(_ name: String, _ received: String) -> HDF5Error {
    HDF5Error(
      .readerFailed, file: name, expected: "an answer about the file", received: received,
      remedy: "The file is damaged, made to do harm, or larger than the limits of memory and time.")
  }

  /// Writes on a thread of its own, with the signal of a closed pipe held back there.
  private static func feed(_ data: Data, to handle: FileHandle) {
    Thread {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      data.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
          let count = write(handle.fileDescriptor, start, min(rest.count, 1 << 20))
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { break }
          rest = rest.dropFirst(count)
        }
      }
      try? handle.close()
    }.start()
  }

  /// Everything from a pipe, or `nil` if it is more than `limit`.
  private static func read(_ handle: FileHandle, upTo limit: Int) -> Data? {
    var data = Data()
    while let part = try? handle.read(upToCount: 1 << 20), !part.isEmpty {
      guard data.count + part.count <= limit else { return nil }
      data.append(part)
    }
    return data
  }

  /// A value that one thread leaves for another.
  private final class Box: Sendable {
    private let value = Mutex<Data?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func finish(_ data: Data?) {
      value.withLock { $0 = data }
      semaphore.signal()
    }

    func wait() -> Data? {
      semaphore.wait()
      return value.withLock { $0 }
    }
  }

  /// Ends the process when its time is up.
  private final class Watch: Sendable {
    private let state = Mutex((stopped: false, fired: false))

    init(_ process: Process, seconds: Int) {
      let pid = process.processIdentifier
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [self] in
        state.withLock { state in
          guard !state.stopped else { return }
          state.fired = true
          kill(pid, SIGKILL)
        }
      }
    }

    func stop() { state.withLock { $0.stopped = true } }

    var hasFired: Bool { state.withLock { $0.fired } }
  }
}
