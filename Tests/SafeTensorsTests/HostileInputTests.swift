import Foundation
import SafeTensors
import Testing

@Suite struct HostileInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: Data
    var kind: SafeTensorsError.Kind
    var testDescription: String { name }

    init(_ name: String, _ kind: SafeTensorsError.Kind, _ bytes: Data) {
      (self.name, self.kind, self.bytes) = (name, kind, bytes)
    }

    init(_ name: String, _ kind: SafeTensorsError.Kind, _ header: String, data: Int = 0) {
      self.init(name, kind, file(header: header, dataByteCount: data))
    }
  }

  static func tensor(
    _ name: String, _ type: String, _ shape: String, _ begin: Int, _ end: Int
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
  }

  static func tensor(_ name: String, _ begin: Int, _ end: Int) -> String {
    tensor(name, "F32", "[1]", begin, end)
  }

  static let deep = String(repeating: "[", count: 200_000)

  static let cases: [Case] = [
    Case("nothing", .truncated, Data()),
    Case("seven bytes", .truncated, Data(count: 7)),
    Case("length beyond the file", .truncated, Data([200, 0, 0, 0, 0, 0, 0, 0]) + Data("{}".utf8)),
    Case("length beyond the limit", .headerLength, Data([0, 0, 0, 0, 1, 0, 0, 0]) + Data("{}".utf8)),
    Case("length of all ones", .headerLength, Data(repeating: 255, count: 64)),
    Case("empty header", .malformedHeader, Data(count: 8)),
    Case("foreign", .headerLength, Data("\u{89}HDF\r\n\u{1a}\n and more".utf8)),
    Case("header begins with space", .malformedHeader, " {}"),
    Case("array", .malformedHeader, "[]"),
    Case("unclosed", .malformedHeader, "{"),
    Case("text after the end", .malformedHeader, "{}{}"),
    Case("zero after the end", .malformedHeader, "{}\0"),
    Case("trailing comma", .malformedHeader, "{\(tensor("a", 0, 4)),}", data: 4),
    Case("number for a tensor", .malformedHeader, #"{"a":1}"#),
    Case("unknown key", .malformedHeader, #"{"a":{"type":"F32"}}"#),
    Case("keys missing", .malformedHeader, #"{"a":{"dtype":"F32"}}"#),
    Case("deep shape", .malformedHeader, #"{"a":{"shape":\#(deep)"#),
    Case("deep objects", .malformedHeader, String(repeating: #"{"a":"#, count: 100_000)),
    Case("metadata is a number", .malformedHeader, #"{"__metadata__":{"a":1}}"#),
    Case("metadata twice", .duplicateName, #"{"__metadata__":{},"__metadata__":{}}"#),
    Case("metadata key twice", .duplicateName, #"{"__metadata__":{"a":"","a":""}}"#),
    Case("name twice", .duplicateName, "{\(tensor("a", 0, 4)),\(tensor("a", 4, 8))}", data: 8),
    Case(
      "name twice, escaped", .duplicateName,
      "{\(tensor("a", 0, 4)),\(tensor(#"\u0061"#, 4, 8))}", data: 8),
    Case("dtype twice", .duplicateName, #"{"a":{"dtype":"F32","dtype":"F32"}}"#),
    Case("unknown type", .unknownElementType, "{\(tensor("a", "F31", "[1]", 0, 4))}", data: 4),
    Case("negative axis", .malformedHeader, "{\(tensor("a", "F32", "[-1]", 0, 4))}", data: 4),
    Case("fraction", .malformedHeader, "{\(tensor("a", "F32", "[1.0]", 0, 4))}", data: 4),
    Case("exponent", .malformedHeader, "{\(tensor("a", "F32", "[1e0]", 0, 4))}", data: 4),
    Case("leading zero", .malformedHeader, "{\(tensor("a", "F32", "[01]", 0, 4))}", data: 4),
    Case("axis beyond Int", .shape, "{\(tensor("a", "F32", "[99999999999999999999]", 0, 4))}", data: 4),
    Case("product beyond Int", .shape, "{\(tensor("a", "F32", "[4294967296,4294967296]", 0, 4))}", data: 4),
    Case("bytes beyond Int", .shape, "{\(tensor("a", "F64", "[2305843009213693952]", 0, 0))}"),
    Case(
      "product beyond Int, times 0", .shape,
      "{\(tensor("a", "F32", "[4294967296,4294967296,0]", 0, 0))}"),
    Case("end before begin", .dataOffsets, "{\(tensor("a", 4, 0))}", data: 4),
    Case("one offset", .dataOffsets, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, data: 4),
    Case("beyond the file", .truncated, "{\(tensor("a", "F32", "[2]", 0, 8))}", data: 4),
    Case(
      "far beyond the file", .truncated,
      "{\(tensor("a", "U8", "[9223372036854775807]", 0, .max))}", data: 4),
    Case("shape and offsets disagree", .dataOffsets, "{\(tensor("a", "F32", "[2]", 0, 4))}", data: 4),
    Case("overlap", .dataOffsets, "{\(tensor("a", 0, 4)),\(tensor("b", 2, 6))}", data: 6),
    Case("same place", .dataOffsets, "{\(tensor("a", 0, 4)),\(tensor("b", 0, 4))}", data: 4),
    Case("hole", .dataOffsets, "{\(tensor("a", 0, 4)),\(tensor("b", 8, 12))}", data: 12),
    Case("hole in front", .dataOffsets, "{\(tensor("a", 4, 8))}", data: 8),
    Case("bytes behind", .dataOffsets, "{\(tensor("a", 0, 4))}", data: 5),
    Case("bytes of nobody", .dataOffsets, "{}", data: 1),
    Case("lone surrogate", .malformedHeader, #"{"\ud83c":1}"#),
    Case("wrong second surrogate", .malformedHeader, #"{"\ud83c\u0041":1}"#),
    Case("bad escape", .malformedHeader, #"{"\x":1}"#),
    Case("escape at the end", .malformedHeader, #"{"\"#),
    Case("unicode escape at the end", .malformedHeader, #"{"\u00"#),
    Case("newline in a name", .malformedHeader, "{\"a\n\":1}"),
    Case(
      "not UTF-8", .malformedHeader,
      file(header: Data("{\"a".utf8) + Data([0xff, 0xfe]) + Data("\":1}".utf8))),
    Case(
      "overlong UTF-8", .malformedHeader,
      file(header: Data("{\"".utf8) + Data([0xc0, 0xaf]) + Data("\":1}".utf8))),
  ]

  @Test(arguments: cases) func isRefusedWithATypedError(_ example: Case) throws {
    expectError(example.kind) { _ = try SafeTensorsFile(data: example.bytes) }
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("x.safetensors")
      try example.bytes.write(to: url)
      expectError(example.kind) { _ = try SafeTensorsFile(contentsOf: url) }
    }
  }

  @Test func oddButValidFilesAreRead() throws {
    #expect(try SafeTensorsFile(data: file(header: "{}")).entries.isEmpty)
    #expect(try SafeTensorsFile(data: file(header: "{ }   ")).entries.isEmpty)
    let escaped = try SafeTensorsFile(data: file(header: #"{"__metadata__":{"\ud83c\udf27\/":"\b\f"}}"#))
    #expect(escaped.metadata == ["🌧/": "\u{8}\u{c}"])
    let reordered = #"{"b":{"data_offsets":[4,8],"shape":[],"dtype":"F32"},\#(Self.tensor("a", 0, 4))}"#
    let read = try SafeTensorsFile(data: file(header: reordered, dataByteCount: 8))
    #expect(read.entries.map(\.name) == ["a", "b"])
  }

  @Test func everyPrefixOfAFileIsRefused() throws {
    let bytes = try Data(contentsOf: goldenURL)
    for count in 0..<bytes.count {
      #expect(throws: SafeTensorsError.self) { try SafeTensorsFile(data: bytes.prefix(count)) }
    }
  }

  /// Whatever bytes change, the reader either throws its own error or gives a file that it writes and reads
  /// again. Half of the changes hit the header, where they hurt.
  @Test func mutatedFilesNeverCrash() throws {
    let originals = [try sample().encoded(), try Data(contentsOf: goldenURL)]
    var random = SplitMix(state: 2010_08_26)
    let ofInterest = Array("{}[]\",:\\0123456789-.eu\0\u{7f}".utf8) + [0xff, 0xc0, 0x80]
    var (readable, refused) = (0, 0)
    let rounds = Int(ProcessInfo.processInfo.environment["SQUALL_MUTATIONS"] ?? "") ?? 6000
    for round in 0..<rounds {
      var bytes = originals[round % originals.count]
      let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
      for _ in 0...random.below(4) {
        let place = random.below(random.below(2) == 0 ? headerEnd : bytes.count)
        guard place < bytes.count else { continue }
        switch random.below(5) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: bytes[place] = ofInterest[random.below(ofInterest.count)]
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(6)))
        default: bytes.insert(contentsOf: bytes.prefix(random.below(9)), at: place)
        }
      }
      do {
        let file = try SafeTensorsFile(data: bytes)
        readable += 1
        for entry in file.entries { _ = try? entry.floats() }
        #expect(try SafeTensorsFile(data: file.encoded()).encoded() == file.encoded())
      } catch {
        refused += 1
        #expect(error is SafeTensorsError, "\(error)")
      }
    }
    // Changed tensor bytes and names are valid files; most changes of a header are not.
    #expect(readable > rounds / 60 && refused > rounds / 2, "\(readable) readable, \(refused) refused")
  }
}

/// SplitMix64 (Steele et al. 2014): the same mutations in every run.
struct SplitMix {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return bound <= 0 ? 0 : Int((z ^ z >> 31) % UInt64(bound))
  }
}
