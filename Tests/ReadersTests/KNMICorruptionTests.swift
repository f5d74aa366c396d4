import DataTestSupport
import Foundation
import Readers
import Testing

/// Damaged files must give an error, never a crash. libhdf5 1.10 itself reads beyond its memory when the
/// descriptions of attributes are damaged in some ways, which nobody can prevent from outside; so bytes are
/// changed where this package stands guard: in the values, and in what is said about their size and type.
@Suite struct KNMICorruptionTests {
  let folder: TemporaryFolder
  let file: URL
  let whole: Data

  init() throws {
    folder = try TemporaryFolder()
    file = try folder.file("rain.h5")
    var fixture = KNMIFixture()
    fixture.pixels = .unsigned16((0..<221).map { UInt16($0 * $0 % 97) }, dimensions: [13, 17])
    try fixture.write(to: file)
    whole = try Data(contentsOf: file)
  }

  @Test func truncationAtAnyLength() throws {
    for length in stride(from: 0, to: whole.count, by: 41) {
      try whole.prefix(length).write(to: file)
      let error = dataError { try KNMIReader().frame(in: file) }
      #expect(
        error?.kind == .foreignFormat || error?.kind == .corrupt,
        "\(length) of \(whole.count) bytes: \(String(describing: error))")
    }
    try whole.prefix(whole.count - 1).write(to: file)
    let error = dataError { try KNMIReader().frame(in: file) }
    #expect(error?.kind == .corrupt)
    #expect(error?.received.contains("truncated file") == true, "\(String(describing: error))")
  }

  @Test func everyFlippedByteOfTheValuesIsNoticed() throws {
    // The compressed values are the one zlib stream of the file.
    let header = try #require(
      whole.indices.dropLast().first { whole[$0] == 0x78 && [0x5e, 0x9c].contains(whole[$0 + 1]) })
    for place in header..<header + 60 {
      var bytes = whole
      bytes[place] ^= 0x15
      try bytes.write(to: file)
      #expect(dataError { try KNMIReader().frame(in: file) }?.kind == .corrupt, "byte \(place - header)")
    }
  }

  /// The file with a run of bytes, which must occur, replaced wherever it does.
  private func write(replacing old: [UInt8], by new: [UInt8]) throws {
    var bytes = whole
    let places = bytes.indices.dropLast(old.count - 1).filter {
      bytes[$0..<$0 + old.count].elementsEqual(old)
    }
    try #require(!places.isEmpty)
    for place in places { bytes.replaceSubrange(place..<place + old.count, with: new) }
    try bytes.write(to: file)
  }

  /// The layout message ends with the size of a chunk, 13×17, and of a value, 2.
  @Test(
    arguments: [[13, 18, 2], [200, 200, 2], [0, 17, 2], [255 << 24, 255 << 24, 2], [13, 1, 2]] as [[UInt32]])
  func chunksOfAnotherSize(chunk: [UInt32]) throws {
    func bytes(_ numbers: [UInt32]) -> [UInt8] {
      numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }
    try write(replacing: bytes([13, 17, 2]), by: bytes(chunk))
    let error = dataError { try KNMIReader().frame(in: file) }
    #expect(error?.kind == .corrupt || error?.kind == .wrongShape, "\(String(describing: error))")
  }

  /// The type message of 16-bit integers ends with a size of 2 bytes, bit offset 0 and precision 16.
  @Test(
    arguments: [[2, 0, 0, 0, 0, 0, 0, 16], [2, 0, 0, 0, 9, 0, 16, 0], [255, 255, 0, 0, 0, 0, 16, 0]]
      as [[UInt8]])
  func integersOfImpossibleBits(type: [UInt8]) throws {
    try write(replacing: [0x10, 0, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0], by: [0x10, 0, 0, 0] + type)
    let error = dataError { try KNMIReader().frame(in: file) }
    #expect(
      error?.kind == .wrongType || error?.kind == .corrupt || error?.kind == .wrongShape,
      "\(String(describing: error))")
  }
}
