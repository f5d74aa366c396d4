import DataTestSupport
import Foundation
import Readers
import Testing

@Suite struct FrameFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ names: [String: Int], _ change: (inout KNMIFixture) -> Void = { _ in }) throws {
    for (name, minute) in names {
      var fixture = KNMIFixture.ending(minute: minute)
      change(&fixture)
      try fixture.write(to: folder.file(name))
    }
  }

  @Test func filesAreFoundInAllFoldersAndSortedByTime() throws {
    try write(["c/z.h5": 0, "a b/ü.HDF5": 10, "b/d/e/x.h5": 5, "y.h5": 20])
    try Data("x".utf8).write(to: folder.file("readme.txt"))
    try Data("x".utf8).write(to: folder.file("c/.hidden.h5"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("folder.h5"), withIntermediateDirectories: true)
    let source = try FrameFolder.knmi(folder.url)
    #expect(source.files.map(\.lastPathComponent) == ["z.h5", "x.h5", "ü.HDF5", "y.h5"])
    #expect(source.nominalStep == 5)
    #expect(try source.frame(at: 2).time == source.timestamps?[2])
    #expect(dataError { try source.frame(at: 4) }?.kind == .tooFewFrames)
  }

  @Test func aLinkToTheFolderWorks() throws {
    try write(["a/x.h5": 0, "a/y.h5": 5])
    let link = folder.url.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: folder.url.appendingPathComponent("a"))
    #expect(try FrameFolder.knmi(link).count == 2)
  }

  @Test func oneFileIsASequence() throws {
    try write(["x.h5": 15])
    let source = try FrameFolder.knmi(folder.url.appendingPathComponent("x.h5"))
    #expect(source.count == 1)
    #expect(source.nominalStep == 5)
  }

  @Test func duplicateTimesAreRefused() throws {
    try write(["a.h5": 0, "b.h5": 5, "c.h5": 5])
    let error = dataError { try FrameFolder.knmi(folder.url) }
    #expect(error?.kind == .duplicateTime)
    #expect(error?.received.contains("b.h5") == true)
    #expect(error?.file?.hasSuffix("c.h5") == true)
  }

  @Test func mixedSizesAreRefused() throws {
    try write(["a.h5": 0, "b.h5": 5])
    try write(["c.h5": 10]) { $0.pixels = .unsigned16([1, 2, 3, 4, 5, 6], dimensions: [3, 2]) }
    let error = dataError { try FrameFolder.knmi(folder.url) }
    #expect(error?.kind == .wrongShape)
    #expect(error?.file?.hasSuffix("c.h5") == true)
  }

  @Test func aForeignFileIsNamed() throws {
    try write(["a.h5": 0])
    try Data("x".utf8).write(to: folder.file("b.h5"))
    let error = dataError { try FrameFolder.knmi(folder.url) }
    #expect(error?.kind == .foreignFormat)
    #expect(error?.file?.hasSuffix("b.h5") == true)
  }

  @Test func aFileThatChangedIsNoticed() throws {
    try write(["a.h5": 0, "b.h5": 5])
    let source = try FrameFolder.knmi(folder.url)
    try write(["b.h5": 5]) { $0.pixels = .unsigned16([1, 2, 3, 4, 5, 6], dimensions: [3, 2]) }
    #expect(dataError { try source.frame(at: 1) }?.kind == .wrongShape)
    try FileManager.default.removeItem(at: source.files[0])
    #expect(dataError { try source.frame(at: 0) }?.kind == .notFound)
  }

  @Test func emptyAndAbsentFolders() throws {
    #expect(dataError { try FrameFolder.knmi(folder.url) }?.kind == .noFrames)
    #expect(
      dataError { try FrameFolder.knmi(folder.url.appendingPathComponent("no")) }?.kind == .notFound)
  }
}
