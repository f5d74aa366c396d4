import Foundation
import HDF5
import Synchronization

/// How HDF5 files of others are read: by another process, with limits on its memory and time, because libhdf5
/// breaks on malformed files.
///
/// The process runs a program that knows the task: `squall` itself, or the small `HDF5Reader` that is built along.
/// A program that uses Squall as a library names one of them, or calls ``serveIfAsked()`` first thing in `main`.
public struct HDF5Isolation: Sendable {
  /// The program to start; `nil` looks beside the running program.
  public var executable: URL?
  /// The largest file that is read.
  public var maximumFileBytes: Int
  /// Memory that the process may take beyond a small multiple of the file.
  public var memoryBytes: Int
  /// Wall-clock and processor time in seconds.
  public var seconds: Int

  public init(
    executable: URL? = nil, maximumFileBytes: Int = 1 << 32, memoryBytes: Int = 512 << 20, seconds: Int = 60
  ) {
    self.executable = executable
    self.maximumFileBytes = maximumFileBytes
    self.memoryBytes = memoryBytes
    self.seconds = seconds
  }

  /// A process as described, of the program beside the running one.
  public static let standard = HDF5Isolation()

  /// Serves another process of the same program and exits, if this one was started to; else returns.
  public static func serveIfAsked() {
    servesItself.withLock { $0 = true }
    HDF5Child.serveIfAsked()
  }

  /// The hidden argument after which a request follows.
  public static var argument: String { HDF5Child.argument }

  /// Serves a request and exits, for programs that parse their arguments themselves.
  public static func serve(_ request: String) -> Never { exit(HDF5Child.serve(request)) }

  private static let servesItself = Mutex(false)

  func contents(of image: Data, name: String) throws -> HDF5Contents {
    guard image.count <= maximumFileBytes else {
      throw HDF5Error(
        .wrongShape, file: name, expected: "at most \(maximumFileBytes) bytes", received: "\(image.count)",
        remedy: "Raise the limit if the file is trusted.")
    }
    let sandbox = HDF5Sandbox(
      executable: try program(name), limits: HDF5Limits(valueBytes: max(64 << 20, 4 * image.count)),
      memoryBytes: memoryBytes, seconds: seconds)
    return try sandbox.contents(of: image, name: name)
  }

  private func program(_ name: String) throws -> URL {
    if let executable { return executable }
    let own = Self.ownProgram
    if Self.servesItself.withLock({ $0 }) { return own }
    let folder = own.deletingLastPathComponent()
    for candidate in ["HDF5Reader", "squall"] {
      let url = folder.appendingPathComponent(candidate)
      if FileManager.default.isExecutableFile(atPath: url.path) { return url }
    }
    throw HDF5Error(
      .readerFailed, file: name, expected: "squall or HDF5Reader beside \(own.path)", received: "neither",
      remedy: "Name one of them in HDF5Isolation, or call HDF5Isolation.serveIfAsked() first thing in main.")
  }

  private static var ownProgram: URL {
    #if os(Linux)
      if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
        return URL(fileURLWithPath: path)
      }
    #endif
    return Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
  }
}
