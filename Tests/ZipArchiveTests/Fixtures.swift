import CZlib
import Foundation
import ZipArchive

let archives = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Goldens/archives")

/// A small generator with a fixed start, so that a failing mutation can be found again.
struct Mutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(bound, 1)))
  }

  /// A copy with a few bytes changed, cut off, doubled or set to extremes.
  mutating func mutated(_ data: Data) -> Data {
    var bytes = [UInt8](data)
    for _ in 0...next(4) {
      guard !bytes.isEmpty else { break }
      let place = next(bytes.count)
      switch next(6) {
      case 0: bytes[place] ^= 1 << UInt8(next(8))
      case 1: bytes[place] = UInt8(next(256))
      case 2: for i in place..<min(place + 1 + next(8), bytes.count) { bytes[i] = 0xff }
      case 3: for i in place..<min(place + 1 + next(8), bytes.count) { bytes[i] = 0 }
      case 4: bytes.removeSubrange(place..<min(place + 1 + next(32), bytes.count))
      default: bytes.insert(contentsOf: bytes[place..<min(place + 1 + next(32), bytes.count)], at: place)
      }
    }
    return Data(bytes)
  }
}

/// A zip archive put together field by field, so that every field can lie.
struct HandMadeZip {
  struct File {
    var name: [UInt8] = Array("a.txt".utf8)
    var localName: [UInt8]?
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var data = Data("hello".utf8)
    var checksum: UInt32?
    var storedSize: UInt32?
    var size: UInt32?
    var offset: UInt32?
    var extra = Data()
  }

  var files: [File] = [File()]
  var count: UInt16?
  var directoryOffset: UInt32?
  var comment = Data()
  var disk: UInt16 = 0

  func encoded() -> Data {
    var body = Data()
    var directory = Data()
    for file in files {
      let start = UInt32(body.count)
      let sum = file.data.withUnsafeBytes {
        crc32(0, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count))
      }
      func common(_ name: [UInt8], extra: Int) -> Data {
        var data = Data()
        data.add(UInt16(20))
        data.add(file.flags)
        data.add(file.method)
        data.add(UInt32(0))
        data.add(file.checksum ?? UInt32(truncatingIfNeeded: sum))
        data.add(file.storedSize ?? UInt32(file.data.count))
        data.add(file.size ?? UInt32(file.data.count))
        data.add(UInt16(name.count))
        data.add(UInt16(extra))
        return data
      }
      body.add(UInt32(0x0403_4b50))
      body.append(common(file.localName ?? file.name, extra: 0))
      body.append(contentsOf: file.localName ?? file.name)
      body.append(file.data)
      directory.add(UInt32(0x0201_4b50))
      directory.add(UInt16(20))
      directory.append(common(file.name, extra: file.extra.count))
      directory.append(Data(count: 10))
      directory.add(file.offset ?? start)
      directory.append(contentsOf: file.name)
      directory.append(file.extra)
    }
    let place = directoryOffset ?? UInt32(body.count)
    body.append(directory)
    body.add(UInt32(0x0605_4b50))
    body.add(disk)
    body.add(disk)
    body.add(count ?? UInt16(files.count))
    body.add(count ?? UInt16(files.count))
    body.add(UInt32(directory.count))
    body.add(place)
    body.add(UInt16(comment.count))
    return body + comment
  }
}

extension Data {
  mutating func add<Integer: FixedWidthInteger>(_ number: Integer) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
