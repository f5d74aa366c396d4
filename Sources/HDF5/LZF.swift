/// LZF, the compression that h5py calls `lzf`: runs of bytes as they are, and references to bytes before.
///
/// A first byte c below 32 stands before c + 1 plain bytes. Others begin a reference: its upper three bits are the
/// length less 2 (7 is followed by a byte that is added), its lower five bits and a last byte the distance less 1.
///
/// Source: Marc Lehmann, LibLZF.
enum LZF {
  /// The unpacked bytes; `nil` if they are not exactly `count`, or a reference leads before the start.
  static func unpacked(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var place = 0
    func next() -> Int? {
      guard place < bytes.count else { return nil }
      place += 1
      return Int(bytes[place - 1])
    }
    while let control = next() {
      if control < 32 {
        let length = control + 1
        guard place + length <= bytes.count, result.count + length <= count else { return nil }
        result += bytes[place..<place + length]
        place += length
        continue
      }
      var length = control >> 5 + 2
      if length == 9 {
        guard let more = next() else { return nil }
        length += more
      }
      guard let low = next() else { return nil }
      let start = result.count - (control & 31) << 8 - low - 1
      guard start >= 0, result.count + length <= count else { return nil }
      // Byte by byte: a reference may reach into what it writes.
      for index in start..<start + length { result.append(result[index]) }
    }
    return result.count == count ? result : nil
  }
}
