import CZlib

/// Unpacks compressed bytes piece by piece through a fixed buffer.
package struct Inflater: ~Copyable {
  private let format: DeflateFormat
  private let stream: UnsafeMutablePointer<z_stream>
  private var buffer = [UInt8](repeating: 0, count: 1 << 17)
  private var isDone = false

  package init(_ format: DeflateFormat) throws(DeflateError) {
    self.format = format
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = inflateInit2_(stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      stream.deallocate()
      throw .unavailable(code: code)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Hands what the next bytes unpack to to `body`, piece by piece.
  ///
  /// - Throws: ``DeflateError``, or what `body` throws.
  package mutating func feed(
    _ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var rest = input[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      try feed(part: part, body)
      rest = rest.dropFirst(part.count)
    }
  }

  private mutating func feed(
    part: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try restart()
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: part.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(part.count)
    while true {
      let stream = stream
      let (code, count) = buffer.withUnsafeMutableBufferPointer { out in
        stream.pointee.next_out = out.baseAddress
        stream.pointee.avail_out = UInt32(out.count)
        let code = inflate(stream, Z_NO_FLUSH)
        return (code, out.count - Int(stream.pointee.avail_out))
      }
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      let (isFed, isFull) = (stream.pointee.avail_in == 0, stream.pointee.avail_out == 0)
      switch code {
      case Z_STREAM_END:
        isDone = true
        if isFed { return }
        try restart()
      case Z_BUF_ERROR where isFed: return
      case Z_OK: if isFed && !isFull { return }
      default: throw DeflateError.damaged(code: code)
      }
    }
  }

  /// More bytes after the end are the next member of a gzip file; elsewhere they are too many.
  private mutating func restart() throws(DeflateError) {
    guard isDone else { return }
    guard format == .gzip else { throw .trailingBytes }
    inflateReset(stream)
    isDone = false
  }

  /// - Throws: ``DeflateError/truncated`` if the end has not come.
  package func finish() throws(DeflateError) { if !isDone { throw .truncated } }
}
