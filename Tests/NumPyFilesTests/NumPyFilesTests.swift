import Foundation
import NumPyFiles
import Testing
import ZipArchive

let archives = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Goldens/archives")

@Suite struct NumPyFilesTests {
  private static let files =
    ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"].flatMap {
      $0.hasSuffix("1") ? ["\($0)-little-c.npy"] : ["\($0)-little-c.npy", "\($0)-big-fortran.npy"]
    } + ["f4-little-fortran-v2.npy", "f8-big-c-v3.npy"]

  private func expected(_ name: String) -> [Double] {
    (0..<24).map { (i: Int) -> Double in
      if name.hasPrefix("b") { return Double(i % 2) }
      return Double(name.hasPrefix("u") ? 3 * i : 3 * i - 20)
    }
  }

  @Test(arguments: files) func readsWhatNumPyWrites(_ name: String) throws {
    let file = try NumPyFile(contentsOf: archives.appending(path: name))
    #expect(file.shape == [2, 3, 4])
    let array = try file.array()
    #expect(array.elementType.rawValue == name.prefix(2))
    #expect(array.doubles() == expected(name))
    #expect(array.floats() == expected(name).map(Float.init))
    if !name.hasPrefix("f") { #expect(try array.integers() == expected(name).map { Int($0) }) }
    let row = try file.rows(1..<2)
    #expect(row.shape == [1, 3, 4])
    #expect(row.doubles() == Array(expected(name)[12...]))
    #expect(throws: NumPyError.self) { try file.rows(1..<3) }
  }

  @Test func readsArchives() throws {
    let archive = try NumPyArchive(contentsOf: archives.appending(path: "arrays.npz"))
    #expect(archive.names == ["x", "labels"])
    #expect(try archive.array("x").doubles() == expected("f4"))
    #expect(try archive.array("labels").integers()[1] == -17)
    let error = #expect(throws: NumPyError.self) { try archive.array("y") }
    #expect(error?.kind == .missingArray)
  }

  @Test func writesAsNumPyDoes() throws {
    let golden = try Data(contentsOf: archives.appending(path: "f4-little-c.npy"))
    let array = try NumPyArray(shape: [2, 3, 4], floats: expected("f4").map(Float.init))
    let written = try array.encoded()
    // NumPy pads further, so that a header can grow; but for the padding the files are equal.
    #expect(written.suffix(96) == golden.suffix(96))
    #expect((written.count - 96) % 64 == 0)
    #expect(try NumPyFile(data: written).array() == array)
  }

  @Test(arguments: [[], [1], [0], [3, 0, 2], [7]]) func shapes(_ shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let array = try NumPyArray(shape: shape, doubles: (0..<count).map(Double.init))
    let read = try NumPyFile(data: array.encoded()).array()
    #expect(read == array)
    #expect(read.shape == shape)
  }

  @Test func archivesRoundTrip() throws {
    let x = try NumPyArray(shape: [2, 2], floats: [1, -0.0, .infinity, .nan])
    let data = try NumPyArchive.encoded([("x", x), ("y", try NumPyArray(shape: [], doubles: [4]))])
    let archive = try NumPyArchive(data: data)
    #expect(archive.names == ["x", "y"])
    #expect(try archive.array("x").bytes == x.bytes)
  }
}
