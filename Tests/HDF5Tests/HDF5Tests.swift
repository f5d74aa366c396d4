import CHDF5
import Foundation
import HDF5
import SafeTensors
import Testing

@Suite struct HDF5Tests {
  static let helper = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("HDF5Reader")

  static func image() throws -> Data {
    try HDF5Writer.image { file in
      try file.group("layers/dense/vars")
      let values: [Float] = [1, -2, .infinity, 4, 5, 6]
      try values.withUnsafeBufferPointer { try file.floats("layers/dense/vars/0", shape: [2, 3], $0) }
      try file.integer("step", 42)
      try file.attribute("config", of: "", String(repeating: "größer ", count: 20_000))
      try file.attribute("name", of: "layers/dense", "dense")
    }
  }

  /// In this process and in one of its own the contents are the same.
  @Test(arguments: [false, true]) func roundTrip(_ isolated: Bool) throws {
    let image = try Self.image()
    let contents =
      isolated
      ? try HDF5Sandbox(executable: Self.helper).contents(of: image, name: "test")
      : try HDF5Contents(image: image, name: "test")
    #expect(try contents.tensors.floats("layers/dense/vars/0") == [1, -2, .infinity, 4, 5, 6])
    #expect(try contents.tensors.shape("layers/dense/vars/0") == [2, 3])
    #expect(try contents.tensors.entry("step").integers(Int64.self) == [42])
    #expect(contents.text("@config")?.count == 140_000)
    #expect(contents.attributes["layers/dense@name"] == ["dense"])
  }

  @Test func limits() throws {
    let image = try Self.image()
    func kind(_ limits: HDF5Limits) -> HDF5Error.Kind? {
      do {
        _ = try HDF5Sandbox(executable: Self.helper, limits: limits).contents(of: image, name: "test")
        return nil
      } catch { return (error as? HDF5Error)?.kind }
    }
    #expect(kind(HDF5Limits()) == nil)
    #expect(kind(HDF5Limits(valueBytes: 20)) == .wrongShape)
    #expect(kind(HDF5Limits(objects: 3)) == .wrongShape)
    #expect(kind(HDF5Limits(depth: 1)) == .wrongShape)
    #expect(kind(HDF5Limits(attributeBytes: 50)) != nil)
  }

  @Test func otherFiles() {
    let sandbox = HDF5Sandbox(executable: Self.helper)
    for data in [Data(), Data("text".utf8), Data(count: 5000)] {
      let error = #expect(throws: HDF5Error.self) { try sandbox.contents(of: data, name: "test") }
      #expect(error?.kind == .foreignFormat)
    }
    let error = #expect(throws: HDF5Error.self) {
      try HDF5Sandbox(executable: URL(filePath: "/nowhere")).contents(of: Data(count: 9), name: "test")
    }
    #expect(error?.kind == .readerFailed)
  }

  /// A program that never answers is ended, and one that answers nonsense is not believed.
  @Test func readersThatFail() throws {
    let image = try Self.image()
    for (program, seconds) in [("/bin/true", 20), ("/usr/bin/yes", 20), ("/bin/cat", 2)] {
      guard FileManager.default.isExecutableFile(atPath: program) else { continue }
      let sandbox = HDF5Sandbox(
        executable: URL(filePath: program), limits: HDF5Limits(valueBytes: 1 << 20), seconds: seconds)
      let error = #expect(throws: HDF5Error.self) { try sandbox.contents(of: image, name: "test") }
      #expect(error?.kind == .readerFailed, "\(program)")
    }
  }

  /// What was never written takes no room, but could claim any size.
  @Test func shapeBombs() throws {
    let image = try Self.image(bombed: true)
    let error = #expect(throws: HDF5Error.self) {
      try HDF5Sandbox(executable: Self.helper).contents(of: image, name: "test")
    }
    #expect(error?.kind == .wrongShape)
  }

  @Test func linksElsewhere() throws {
    for external in [true, false] {
      let image = try HDF5Writer.image { file in
        try file.group("layers")
        try file.link("layers/away", external: external)
      }
      let error = #expect(throws: HDF5Error.self) {
        try HDF5Sandbox(executable: Self.helper).contents(of: image, name: "test")
      }
      #expect(error?.kind == .externalData)
    }
  }

  static func image(bombed: Bool) throws -> Data {
    try HDF5Writer.image { file in try file.unwritten("bomb", shape: [1 << 20, 1 << 18]) }
  }

  /// libhdf5 may break; this process does not, and every answer is a value or a typed error.
  @Test func mutations() throws {
    let image = try Self.image().prefix(20_000)
    let sandbox = HDF5Sandbox(executable: Self.helper, seconds: 10)
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let whole = try Self.image()
    for round in 0..<60 {
      var bytes = round % 6 == 0 ? Data(image) : whole
      for _ in 0...next(20) { bytes[next(min(bytes.count, 6000))] = UInt8(next(256)) }
      do { _ = try sandbox.contents(of: bytes, name: "mutation") } catch is HDF5Error {}
    }
  }
}
