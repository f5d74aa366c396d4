import CZlib
import Foundation

/// Raw deflate decompression through a fixed buffer.
struct Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private var buffer = [UInt8](repeating: 0, count: 1 << 17)
  private var isDone = false
  private let name: String

  init(name: String) throws {
    self.name = name
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      stream.deallocate()
      throw ZipError(
        .unreadable, expected: "zlib to start", received: "its error \(result)",
        remedy: "Free memory, or check the installation of zlib.")
    }
  }

  func end() {
    inflateEnd(stream)
    stream.deallocate()
  }

  mutating func feed(
    _ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard !input.isEmpty else { return }
    guard !isDone else { throw ZipError.corrupt("\(name) to end where its data do", received: "more bytes") }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(input.count)
    while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
      let (result, count) = buffer.withUnsafeMutableBufferPointer { out in
        stream.pointee.next_out = out.baseAddress
        stream.pointee.avail_out = UInt32(out.count)
        let result = inflate(stream, Z_NO_FLUSH)
        return (result, out.count - Int(stream.pointee.avail_out))
      }
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      if result == Z_STREAM_END {
        guard stream.pointee.avail_in == 0 else {
          throw ZipError.corrupt("\(name) to end where its data do", received: "more bytes")
        }
        isDone = true
        return
      }
      if result == Z_BUF_ERROR && stream.pointee.avail_in == 0 { return }
      guard result == Z_OK else {
        throw ZipError.corrupt("deflated data in \(name)", received: "bytes that are none (\(result))")
      }
    }
  }

  func finish() throws {
    guard isDone else { throw ZipError.corrupt("the end of \(name)", received: "data that break off") }
  }
}

/// Raw deflate compression of a whole piece of memory.
func deflated(_ data: Data) throws -> Data {
  var stream = z_stream()
  let started = deflateInit2_(
    &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  guard started == Z_OK else {
    throw ZipError(
      .unwritable, expected: "zlib to start", received: "its error \(started)", remedy: "Free memory.")
  }
  defer { deflateEnd(&stream) }
  var result = Data()
  var buffer = [UInt8](repeating: 0, count: 1 << 17)
  var offset = 0
  while true {
    let next = min(offset + (1 << 20), data.count)
    let part = data.subdata(in: data.startIndex + offset..<data.startIndex + next)
    let flush = next == data.count ? Z_FINISH : Z_NO_FLUSH
    part.withUnsafeBytes { input in
      stream.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(input.count)
      repeat {
        buffer.withUnsafeMutableBufferPointer { out in
          stream.next_out = out.baseAddress
          stream.avail_out = UInt32(out.count)
          _ = deflate(&stream, flush)
        }
        result.append(contentsOf: buffer[..<(buffer.count - Int(stream.avail_out))])
      } while stream.avail_out == 0
    }
    offset = next
    if flush == Z_FINISH { return result }
  }
}
