import Foundation

/// The other side of ``HDF5Sandbox``: the process that reads a foreign file and hands its contents back.
///
/// It gets the file's bytes on standard input, gives up the right to open files, to write any and to take more
/// memory or time than allowed, and only then lets libhdf5 look at the bytes. On standard output it writes the
/// contents as a safetensors file, or on standard error one line of JSON that says what is wrong.
package enum HDF5Child {
  /// The hidden argument that makes a program serve.
  package static let argument = "__read-hdf5"

  /// What parent and child agree on.
  package struct Request: Codable, Sendable {
    package var name: String
    package var byteCount: Int
    package var limits: HDF5Limits
    package var memoryBytes: Int
    package var seconds: Int
  }

  /// The status with which the child says that something is wrong with the file.
  static let refusal: Int32 = 65

  struct Failure: Codable {
    var kind: String
    var expected: String
    var received: String
    var remedy: String
  }

  /// Serves and exits, if the process was started to; else returns.
  package static func serveIfAsked(_ arguments: [String] = CommandLine.arguments) {
    guard arguments.count == 3, arguments[1] == argument else { return }
    exit(serve(arguments[2]))
  }

  /// Answers a request; the result is the status to exit with.
  package static func serve(_ text: String) -> Int32 {
    do {
      guard let request = try? JSONDecoder().decode(Request.self, from: Data(text.utf8)) else {
        throw HDF5Error(
          .readerFailed, expected: "a request", received: "other words",
          remedy: "This subcommand is for Squall's own use.")
      }
      let image = try input(request.byteCount)
      lock(request)
      let contents = try HDF5Contents(image: image, name: request.name, limits: request.limits)
      try FileHandle.standardOutput.write(contentsOf: contents.encoded())
      return 0
    } catch {
      let known =
        error as? HDF5Error
        ?? HDF5Error(.corrupt, expected: "a readable file", received: "\(error)", remedy: "Fetch it again.")
      let failure = Failure(
        kind: known.kind.rawValue, expected: known.expected, received: known.received, remedy: known.remedy)
      let line = (try? JSONEncoder().encode(failure)) ?? Data()
      try? FileHandle.standardError.write(contentsOf: line)
      return refusal
    }
  }

  private static func input(_ count: Int) throws -> Data {
    var data = Data(capacity: count)
    while data.count < count, let part = try FileHandle.standardInput.read(upToCount: count - data.count),
      !part.isEmpty
    {
      data.append(part)
    }
    guard data.count == count else {
      throw HDF5Error(
        .readerFailed, expected: "\(count) bytes", received: "\(data.count)", remedy: "Try again.")
    }
    return data
  }

  /// From here on the process can compute and write to its pipes, and nothing else.
  private static func lock(_ request: Request) {
    #if os(Linux)
      limit(RLIMIT_AS, mappedBytes() + request.memoryBytes)
    #endif
    limit(RLIMIT_CORE, 0)
    limit(RLIMIT_FSIZE, 0)
    limit(RLIMIT_CPU, request.seconds)
    limit(RLIMIT_NOFILE, 3)
  }

  #if os(Linux)
    private static func limit(_ resource: __rlimit_resource, _ value: Int) {
      var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
    }

    /// What the process has mapped already: libraries and the file itself.
    private static func mappedBytes() -> Int {
      let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
      return (text.split(separator: " ").first.flatMap { Int($0) } ?? 1 << 18)
        * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
  #else
    private static func limit(_ resource: Int32, _ value: Int) {
      var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      setrlimit(resource, &limits)
    }
  #endif
}
