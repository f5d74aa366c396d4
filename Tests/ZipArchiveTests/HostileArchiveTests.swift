import Foundation
import Testing
import ZipArchive

/// Archives that lie: each gives a typed error, with bounded memory.
@Suite struct HostileArchiveTests {
  private func kind(_ zip: HandMadeZip, limits: ZipLimits = ZipLimits()) -> ZipError.Kind? {
    do {
      let archive = try ZipArchive(data: zip.encoded(), limits: limits)
      for entry in archive.entries { _ = try archive.data(entry.name) }
      return nil
    } catch { return (error as? ZipError)?.kind }
  }

  private func one(_ change: (inout HandMadeZip.File) -> Void) -> HandMadeZip {
    var zip = HandMadeZip()
    change(&zip.files[0])
    return zip
  }

  @Test func theHonestOneIsRead() {
    #expect(kind(HandMadeZip()) == nil)
    var zip = HandMadeZip()
    zip.comment = Data("a comment".utf8)
    #expect(kind(zip) == nil)
  }

  @Test(arguments: [
    "", "/etc/passwd", "../up", "a/../../b", "a//b", "./a", "C:\\windows", "a\\b", "nul\u{0}byte", "tab\tbed",
    "..",
  ])
  func pathTricks(_ name: String) {
    #expect(kind(one { $0.name = Array(name.utf8) }) == .badName)
  }

  @Test func namesThatAreNoText() { #expect(kind(one { $0.name = [0xff, 0xfe, 0x41] }) == .badName) }

  @Test func lies() {
    #expect(kind(one { $0.checksum = 7 }) == .checksum)
    #expect(kind(one { $0.size = 9 }) == .corrupt)
    #expect(kind(one { $0.storedSize = 4_000_000 }) == .corrupt)
    #expect(kind(one { $0.offset = 1 }) == .corrupt)
    #expect(kind(one { $0.offset = 0xffff_fff0 }) == .corrupt)
    #expect(kind(one { $0.localName = Array("b.txt".utf8) }) == .corrupt)
    #expect(kind(one { $0.method = 12 }) == .unsupported)
    #expect(kind(one { $0.flags = 1 }) == .unsupported)
    #expect(kind(one { $0.method = 8 }) == .corrupt)
    var zip = HandMadeZip()
    zip.count = 9
    #expect(kind(zip) == .corrupt)
    zip = HandMadeZip()
    zip.directoryOffset = 3
    #expect(kind(zip) == .corrupt)
    zip = HandMadeZip()
    zip.disk = 3
    #expect(kind(zip) == .unsupported)
  }

  @Test func sizesBeyondReason() {
    // A zip64 field that claims exabytes.
    var extra = Data()
    extra.add(UInt16(1))
    extra.add(UInt16(16))
    extra.add(UInt64.max - 5)
    extra.add(UInt64(5))
    #expect(
      kind(
        one {
          $0.size = .max
          $0.storedSize = .max
          $0.method = 8
          $0.extra = extra
        }) == .corrupt)
    // A zip64 field that ends too early.
    #expect(
      kind(
        one {
          $0.size = .max
          $0.extra = Data([1, 0, 2, 0, 0, 0])
        }) == .corrupt)
  }

  @Test func twoFilesInTheSameBytes() {
    var zip = HandMadeZip()
    zip.files.append(zip.files[0])
    #expect(kind(zip) == .duplicateName)
    zip.files[1].name = Array("b.txt".utf8)
    zip.files[1].localName = zip.files[1].name
    #expect(kind(zip) == nil)
    // The second file's data reach into the first one's local header: quoting, as nested bombs do.
    zip.files[0].storedSize = UInt32(zip.files[0].data.count + 40)
    zip.files[0].size = zip.files[0].storedSize
    #expect(kind(zip) == .overlap)
  }

  @Test func bombs() throws {
    var writer = ZipWriter()
    try writer.append("zeros", Data(count: 50_000_000))
    let data = writer.encoded()
    #expect(data.count < 60_000)
    let archive = try ZipArchive(data: data)
    let error = #expect(throws: ZipError.self) { try archive.data("zeros", limit: 1 << 20) }
    #expect(error?.kind == .tooLarge)
    let strict = try ZipArchive(data: data, limits: ZipLimits(entryBytes: 1000))
    #expect(throws: ZipError.self) { try strict.data("zeros") }
  }

  @Test func moreInsideThanClaimed() throws {
    var writer = ZipWriter()
    try writer.append("a", Data(count: 100_000))
    var data = writer.encoded()
    // The directory's and the local header's size: 40 instead of 100,000.
    for offset in [22, data.count - 22 - 47 + 24] {
      data.replaceSubrange(offset..<offset + 4, with: [40, 0, 0, 0])
    }
    let archive = try ZipArchive(data: data)
    #expect(archive.entries[0].byteCount == 40)
    let error = #expect(throws: ZipError.self) { try archive.data("a") }
    #expect(error?.kind == .corrupt)
  }

  @Test func tooManyFiles() {
    var zip = HandMadeZip()
    zip.files = (0..<50).map { HandMadeZip.File(name: Array("f\($0)".utf8)) }
    #expect(kind(zip) == nil)
    #expect(kind(zip, limits: ZipLimits(entries: 10)) == .tooLarge)
  }

  @Test func otherFiles() throws {
    for data in [Data(), Data([0x50]), Data(count: 100), Data("PK\u{5}\u{6}".utf8)] {
      #expect(throws: ZipError.self) { try ZipArchive(data: data) }
    }
    #expect(throws: ZipError.self) { try ZipArchive(contentsOf: URL(filePath: "/dev/zero")) }
    #expect(throws: ZipError.self) { try ZipArchive(contentsOf: URL(filePath: "/tmp")) }
  }

  /// Whatever a mutated archive does, it reads or throws `ZipError`.
  @Test(arguments: ["stored.zip", "deflated.zip", "streamed.zip", "wide.zip"])
  func mutations(_ name: String) throws {
    let data = try Data(contentsOf: archives.appending(path: name))
    var mutator = Mutator(seed: 1)
    let count = (Int(ProcessInfo.processInfo.environment["SQUALL_MUTATIONS"] ?? "") ?? 8000) / 4
    for _ in 0..<count {
      let changed = mutator.mutated(data)
      do {
        let archive = try ZipArchive(data: changed)
        for entry in archive.entries { _ = try archive.data(entry.name, limit: 1 << 20) }
      } catch is ZipError {}
    }
  }
}
