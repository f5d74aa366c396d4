import Foundation
import Testing
import ZipArchive

@Suite struct ZipArchiveTests {
  @Test(arguments: ["stored.zip", "deflated.zip", "streamed.zip", "wide.zip"])
  func readsWhatPythonWrites(_ name: String) throws {
    let archive = try ZipArchive(contentsOf: archives.appending(path: name))
    #expect(archive.entries.map(\.name) == ["a.txt", "folder/b.bin", "empty"])
    #expect(try archive.data("a.txt") == Data(String(repeating: "squall ", count: 100).utf8))
    #expect(try archive.data("folder/b.bin") == Data(0...255))
    #expect(try archive.data("empty").isEmpty)
  }

  @Test(arguments: [ZipEntry.Compression.stored, .deflated])
  func readsWhatItWrites(_ compression: ZipEntry.Compression) throws {
    var writer = ZipWriter()
    let large = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
    try writer.append("first", Data(), compression: compression)
    try writer.append("sub/große Datei", large, compression: compression)
    let archive = try ZipArchive(data: writer.encoded())
    #expect(archive.entries.count == 2)
    #expect(try archive.data("sub/große Datei") == large)
    #expect(try archive.data("first").isEmpty)
    if compression == .deflated { #expect(archive.entries[1].byteCount == large.count) }
  }

  @Test func equalContentGivesEqualBytes() throws {
    func made() throws -> Data {
      var writer = ZipWriter()
      try writer.append("a", Data([1, 2, 3]))
      return writer.encoded()
    }
    #expect(try made() == made())
  }

  @Test func refusesNamesWhenWriting() {
    var writer = ZipWriter()
    #expect(throws: ZipError.self) { try writer.append("../a", Data()) }
    #expect(throws: ZipError.self) {
      try writer.append("a", Data())
      try writer.append("a", Data())
    }
  }

  @Test func namesWhatIsMissing() throws {
    let archive = try ZipArchive(contentsOf: archives.appending(path: "stored.zip"))
    let error = #expect(throws: ZipError.self) { try archive.data("config.json") }
    #expect(error?.kind == .missingEntry)
    #expect(error?.description.contains("a.txt") == true)
  }
}
