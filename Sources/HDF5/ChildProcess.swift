import Foundation

/// A program run once with bytes on its standard input, until it ends or its time or its output is up.
///
/// Everything happens on the calling thread: what goes in and what comes out are moved as they can be. Nothing but
/// the three standard streams is handed down to the child.
struct ChildProcess {
  enum Ending: Equatable {
    case exited(Int32)
    case signalled(Int32)
    case late
    case tooMuch
  }

  var ending: Ending
  var output = Data()
  var errors = Data()

  /// - Throws: `POSIXError` where the program cannot be started.
  static func run(
    _ program: URL, _ arguments: [String], environment: [String: String], input: Data, seconds: Int,
    maximumOutput: Int
  ) throws -> ChildProcess {
    // The child's standard input is a socket, so that a child that has gone away gives an error and no signal.
    var sockets: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, streamSocket, 0, &sockets) == 0 else { throw failure() }
    var ends = sockets
    defer { for end in ends where end >= 0 { close(end) } }
    for _ in 0..<2 {
      var pair: [Int32] = [-1, -1]
      guard pipe(&pair) == 0 else { throw failure() }
      ends += pair
    }
    // Another thread may start a program at this moment: it must not inherit these.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = (input: ends[1], output: ends[3], errors: ends[5])
    let parent = (input: ends[0], output: ends[2], errors: ends[4])
    for end in [parent.input, parent.output, parent.errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    #if !os(Linux)
      var on: Int32 = 1
      setsockopt(parent.input, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
    let pid = try spawn(program, arguments, environment, [child.input, child.output, child.errors])
    for index in [1, 3, 5] {
      close(ends[index])
      ends[index] = -1
    }
    var run = ChildProcess(ending: .late)
    let isOver = run.exchange(
      input, parent.input, parent.output, parent.errors, seconds: seconds, maximumOutput: maximumOutput)
    if !isOver { kill(pid, SIGKILL) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    if isOver {
      run.ending = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
    }
    return run
  }

  #if os(Linux)
    private static let streamSocket = Int32(SOCK_STREAM.rawValue)
    private static let withoutSignal = Int32(MSG_NOSIGNAL)
  #else
    private static let streamSocket = SOCK_STREAM
    private static let withoutSignal: Int32 = 0
  #endif

  /// Moves bytes until both outputs are at their end; `false` if time or output are up before.
  private mutating func exchange(
    _ input: Data, _ toChild: Int32, _ fromChild: Int32, _ fromErrors: Int32, seconds: Int, maximumOutput: Int
  ) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var sent = 0
    var (outputIsOpen, errorsAreOpen, inputIsOpen) = (true, true, true)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while outputIsOpen || errorsAreOpen {
      guard ContinuousClock.now < deadline else {
        ending = .late
        return false
      }
      if inputIsOpen, sent == input.count {
        shutdown(toChild, Int32(SHUT_WR))
        inputIsOpen = false
      }
      var waiting = [
        pollfd(fd: outputIsOpen ? fromChild : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errorsAreOpen ? fromErrors : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: inputIsOpen ? toChild : -1, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&waiting, nfds_t(waiting.count), 100) > 0 else { continue }
      if waiting[0].revents != 0 {
        outputIsOpen = Self.read(fromChild, &buffer) { output.append(contentsOf: $0) }
      }
      if waiting[1].revents != 0 {
        errorsAreOpen = Self.read(fromErrors, &buffer) {
          if errors.count < 1 << 16 { errors.append(contentsOf: $0) }
        }
      }
      if waiting[2].revents != 0 {
        let count = input.withUnsafeBytes { bytes in
          send(toChild, bytes.baseAddress! + sent, min(input.count - sent, 1 << 18), Self.withoutSignal)
        }
        if count > 0 { sent += count } else if errno != EAGAIN && errno != EINTR { inputIsOpen = false }
      }
      guard output.count <= maximumOutput else {
        ending = .tooMuch
        return false
      }
    }
    return true
  }

  /// Takes what is there; `false` at the end.
  private static func read(
    _ descriptor: Int32, _ buffer: inout [UInt8], _ take: (ArraySlice<UInt8>) -> Void
  ) -> Bool {
    let count = Foundation.read(descriptor, &buffer, buffer.count)
    if count > 0 { take(buffer[..<count]) }
    return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
  }

  private static func spawn(
    _ program: URL, _ arguments: [String], _ environment: [String: String], _ streams: [Int32]
  ) throws -> pid_t {
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (target, stream) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream, Int32(target))
    }
    #if !os(Linux)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
    #endif
    var words = ([program.path] + arguments).map { strdup($0) } + [nil]
    var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, program.path, &actions, &attributes, &words, &settings)
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EIO) }
    return pid
  }

  private static func failure() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
