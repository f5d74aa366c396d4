import Support

extension ZipError {
  /// What zlib says of a file in an archive.
  init(_ error: DeflateError, in name: String) {
    switch error {
    case .unavailable(let code):
      self.init(
        .unreadable, expected: "zlib to start", received: "its error \(code)",
        remedy: "Free memory, or check the installation of zlib.")
    case .damaged(let code):
      self = .corrupt("deflated data in \(name)", received: "bytes that are none (\(code))")
    case .trailingBytes: self = .corrupt("\(name) to end where its data do", received: "more bytes")
    case .truncated: self = .corrupt("the end of \(name)", received: "data that break off")
    }
  }
}
