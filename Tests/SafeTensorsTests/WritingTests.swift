import Foundation
import SafeTensors
import Support
import Testing

@Suite struct WritingTests {
  struct Interruption: Error {}

  func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func writesAndReplaces() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      try SafeTensorsFile(metadata: ["version": "1"]).write(to: url)
      let second = try sample()
      try second.write(to: url)
      #expect(try Data(contentsOf: url) == second.encoded())
      #expect(try names(in: folder) == ["model.safetensors"])
    }
  }

  @Test func failureHalfWayKeepsTheOldFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      try sample().write(to: url)
      #expect(throws: Interruption.self) {
        try AtomicFile.write(to: url) { file in
          try file.append(Data(repeating: 1, count: 100_000))
          throw Interruption()
        }
      }
      #expect(try Data(contentsOf: url) == sample().encoded())
      #expect(try names(in: folder) == ["model.safetensors"])
    }
  }

  @Test func impossiblePlacesAreTypedErrors() throws {
    try withTemporaryFolder { folder in
      let occupied = folder.appendingPathComponent("folder")
      try FileManager.default.createDirectory(
        at: occupied.appendingPathComponent("inner"), withIntermediateDirectories: true)
      expectError(.unwritable) { try sample().write(to: occupied) }
      expectError(.unwritable) { try sample().write(to: folder.appendingPathComponent("none/x.safetensors")) }
      #expect(try names(in: folder) == ["folder"])
      expectError(.unreadable) { _ = try SafeTensorsFile(contentsOf: occupied) }
      expectError(.unreadable) { _ = try SafeTensorsFile(contentsOf: folder.appendingPathComponent("none")) }
    }
  }

  @Test func aPipeIsRefusedInsteadOfWaitedFor() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("pipe")
      try #require(mkfifo(url.path, 0o600) == 0)
      expectError(.unreadable) { _ = try SafeTensorsFile(contentsOf: url) }
    }
  }

  @Test func linksAndPermissionsSurvive() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("best.safetensors")
      let link = folder.appendingPathComponent("link.safetensors")
      try SafeTensorsFile().write(to: url)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: url.path)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: url)
      try sample().write(to: link)
      #expect(try SafeTensorsFile(contentsOf: url).entries.count == 7)
      let destination = try FileManager.default.destinationOfSymbolicLink(atPath: link.path)
      #expect(destination.hasSuffix("best.safetensors"))
      let permissions = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
      #expect((permissions as? NSNumber)?.intValue == 0o640)
    }
  }

  /// Readers that come at any moment find a whole file: the old or the new one.
  @Test func readersNeverSeeHalfAFile() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("model.safetensors")
    func version(_ number: Int) throws -> SafeTensorsFile {
      let count = 5_000 + 20_000 * (number % 3)
      return try SafeTensorsFile(
        entries: [
          SafeTensorsEntry("w", shape: [count], floats: [Float](repeating: Float(number), count: count))
        ], metadata: ["number": "\(number)"])
    }
    try version(0).write(to: url)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for number in 1...60 { try version(number).write(to: url) } }
      group.addTask {
        for _ in 0..<120 {
          let file = try SafeTensorsFile(contentsOf: url)
          let number = try #require(file.metadata["number"].flatMap(Float.init))
          #expect(try file.floats("w").allSatisfy { $0 == number })
        }
      }
      try await group.waitForAll()
    }
  }
}
