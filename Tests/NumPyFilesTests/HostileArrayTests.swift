import Foundation
import NumPyFiles
import Testing
import ZipArchive

/// Files that lie: each gives a typed error, with bounded memory.
@Suite struct HostileArrayTests {
  private func file(_ header: String, bytes: Int = 0, version: UInt8 = 1, length: Int? = nil) -> Data {
    let count = length ?? header.utf8.count
    return Data([0x93]) + Data("NUMPY".utf8) + Data([version, 0, UInt8(count & 0xff), UInt8(count >> 8)])
      + Data(header.utf8) + Data(count: bytes)
  }

  private func kind(_ data: Data) -> NumPyError.Kind? {
    do {
      _ = try NumPyFile(data: data).array()
      return nil
    } catch { return (error as? NumPyError)?.kind }
  }

  @Test func theHonestOnesAreRead() {
    #expect(kind(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", bytes: 8)) == nil)
    #expect(kind(file("{\"shape\": (2L, 1L), 'descr':'|b1','fortran_order':True}", bytes: 2)) == nil)
  }

  @Test(arguments: [
    "", "{", "{}", "{'descr': '<f4'}", "[1, 2]", "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + 1",
    "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
  ])
  func headers(_ header: String) { #expect(kind(file(header, bytes: 8)) == .malformedHeader) }

  @Test(arguments: ["|O", "<U3", "<c8", "<M8[D]", "<f16", "<i3", "|V4", "", "f", "<"])
  func types(_ type: String) {
    #expect(
      kind(file("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }", bytes: 8))
        == .unsupportedType)
  }

  @Test func records() {
    #expect(
      kind(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", bytes: 4))
        == .unsupportedType)
  }

  @Test func sizes() {
    func with(shape: String, bytes: Int) -> NumPyError.Kind? {
      kind(file("{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }", bytes: bytes))
    }
    #expect(with(shape: "(2,)", bytes: 15) == .byteCount)
    #expect(with(shape: "(2,)", bytes: 17) == .byteCount)
    #expect(with(shape: "(1000000000000,)", bytes: 8) == .byteCount)
    #expect(with(shape: "(4611686018427387904, 4)", bytes: 0) == .shape)
    #expect(with(shape: "(4611686018427387904, 4, 0)", bytes: 0) == .shape)
    #expect(with(shape: "(0, 3)", bytes: 0) == nil)
    #expect(with(shape: "(" + String(repeating: "1, ", count: 40) + ")", bytes: 8) == .shape)
  }

  @Test func otherFiles() {
    #expect(kind(Data()) == .foreignFormat)
    #expect(kind(Data(count: 200)) == .foreignFormat)
    #expect(kind(file("{}", version: 9)) == .unknownVersion)
    #expect(kind(file("{}", length: 60_000)) == .malformedHeader)
    #expect(kind(Data([0x93]) + Data("NUMPY".utf8) + Data([2, 0, 0xff, 0xff])) == .malformedHeader)
  }

  /// Whatever a mutated file does, it reads or throws a typed error.
  @Test(arguments: ["f4-little-c.npy", "f8-big-c-v3.npy", "f4-little-fortran-v2.npy", "arrays.npz"])
  func mutations(_ name: String) throws {
    let data = try Data(contentsOf: archives.appending(path: name))
    var state: UInt64 = 88_172_645_463_325_252
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let count = (Int(ProcessInfo.processInfo.environment["SQUALL_MUTATIONS"] ?? "") ?? 8000) / 4
    for _ in 0..<count {
      var changed = [UInt8](data)
      for _ in 0...next(3) {
        // Most changes go where the structure is.
        let place = next(4) == 0 ? next(changed.count) : next(min(changed.count, 130))
        if next(8) == 0 { changed.removeLast(next(changed.count / 2)) }
        if place < changed.count { changed[place] = UInt8(next(256)) }
      }
      do {
        if name.hasSuffix("npz") {
          let archive = try NumPyArchive(data: Data(changed))
          for name in archive.names { _ = try archive.array(name) }
        } else {
          _ = try NumPyFile(data: Data(changed)).array()
        }
      } catch is NumPyError {} catch is ZipError {}
    }
  }
}
