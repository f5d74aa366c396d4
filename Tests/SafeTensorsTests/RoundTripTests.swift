import Foundation
import SafeTensors
import Testing

@Suite struct RoundTripTests {
  @Test func everyKindComesBackBitForBit() throws {
    let original = try sample()
    let read = try SafeTensorsFile(data: original.encoded())
    #expect(read.metadata == original.metadata)
    #expect(Set(read.entries) == Set(original.entries))
    #expect(try read.floats("kernel").map(\.bitPattern) == original.floats("kernel").map(\.bitPattern))
    #expect(try read.entry("mask").bools() == [true, false, true])
    #expect(try read.entry("steps").integers(Int64.self) == [.min, 7])
    #expect(try read.entry("classes").integers(Int32.self) == [-1, 2, .max])
    #expect(try read.entry("palette").integers(UInt8.self) == [0, 1, 254, 255, 7])
    #expect(try read.entry("time").doubles() == [1 / 3])
    #expect(try read.floats("time") == [Float(1.0 / 3.0)])
    #expect(try read.shape("nothing") == [4, 0])
    #expect(try read.shape("time") == [])
  }

  @Test func equalContentGivesEqualAlignedBytes() throws {
    let original = try sample()
    let reordered = try SafeTensorsFile(entries: original.entries.reversed(), metadata: original.metadata)
    let bytes = original.encoded()
    #expect(bytes == reordered.encoded())
    #expect(try SafeTensorsFile(data: bytes).encoded() == bytes)
    #expect(bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) } % 8 == 0)
    // Wide elements come first, so none stands askew.
    let order = try SafeTensorsFile(data: bytes).entries.map(\.elementType.byteCount)
    #expect(order == order.sorted(by: >))
  }

  @Test func sliceOfDataIsRead() throws {
    let original = try sample()
    let padded = Data([9, 9, 9]) + original.encoded()
    #expect(try SafeTensorsFile(data: padded.dropFirst(3)).encoded() == original.encoded())
    let entry = try SafeTensorsEntry(
      name: "x", elementType: .uint8, shape: [2], bytes: Data([5, 6, 7]).dropFirst())
    #expect(entry.bytes[0] == 6)
  }

  @Test func referenceImplementationsFile() throws {
    let file = try SafeTensorsFile(contentsOf: goldenURL)
    #expect(file.metadata == ["units": "mm/h", "text": "line\n\ttab \\ \"x\" µ 🌧 \u{1}"])
    #expect(file.entries.count == 10)
    #expect(try file.shape("kernel") == [2, 3, 5])
    #expect(try file.floats("kernel") == (0..<30).map { (Float($0) - 7) / 8 })
    #expect(try file.entry("double").doubles() == [1 / 3, -1e300, .leastNonzeroMagnitude, .infinity])
    #expect(try file.floats("double") == [Float(1.0 / 3.0), -.infinity, 0, .infinity])
    let half = try file.floats("half")
    #expect(half == [0, 0, 1, 65504, 0x1p-24, -.infinity])
    #expect(half.map(\.sign) == [.plus, .minus, .plus, .plus, .plus, .minus])
    #expect(try file.entry("int64").integers() == [Int64.min, .max, 0])
    #expect(try file.entry("int32").integers() == [Int32.min, .max])
    #expect(try file.entry("bytes").integers(UInt8.self) == [0, 1, 254, 255, 7])
    #expect(try file.entry("mask").bools() == [true, false, true])
    #expect(try file.floats("scalar") == [0.1])
    #expect(try file.floats("empty") == [] && file.shape("empty") == [3, 0, 2])
    #expect(try file.floats("größe/ü \"quoted\"") == [2.5])
  }

  @Test func bfloat16IsTheUpperHalfOfFloat32() throws {
    let entry = try SafeTensorsEntry(
      name: "b", elementType: .bfloat16, shape: [2], bytes: Data([0x80, 0x3f, 0x49, 0xc0]))
    #expect(try entry.floats() == [1, -3.140625])
  }

  @Test func wrongQuestionsAreTypedErrors() throws {
    let file = try sample()
    expectError(.missingTensor) { _ = try file.floats("kernal") }
    expectError(.elementType) { _ = try file.floats("steps") }
    expectError(.elementType) { _ = try file.entry("kernel").integers(Int64.self) }
    expectError(.elementType) { _ = try file.entry("kernel").bools() }
    expectError(.duplicateName) { _ = try SafeTensorsFile(entries: file.entries + [file.entries[2]]) }
    expectError(.shape) { _ = try SafeTensorsEntry("x", shape: [2, 3], floats: [1]) }
    expectError(.shape) { _ = try SafeTensorsEntry("x", shape: [-1, -1], floats: [1]) }
    expectError(.shape) { _ = try SafeTensorsEntry("x", shape: [1 << 62, 4], floats: []) }
    expectError(.malformedHeader) { _ = try SafeTensorsEntry("__metadata__", shape: [], floats: [1]) }
  }
}

func expectError(
  _ kind: SafeTensorsError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  let error = #expect(throws: SafeTensorsError.self, sourceLocation: sourceLocation, performing: body)
  #expect(error?.kind == kind, "\(error.map(String.init(describing:)) ?? "")", sourceLocation: sourceLocation)
}
