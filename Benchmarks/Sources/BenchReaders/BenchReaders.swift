import Foundation
import SquallData

/// Frames a second of each reader: opening, and reading every frame once. One thread works, and its processor time is
/// what counts, so that a busy machine does not change the numbers.
///
///     swift run -c release --package-path Benchmarks BenchReaders ../shared/data
@main
struct BenchReaders {
  struct Case {
    let name: String
    let path: String
    var options = DataOptions()
  }

  static func main() throws {
    let root = URL(filePath: CommandLine.arguments.dropFirst().first ?? "../shared/data")
    let made = FileManager.default.temporaryDirectory.appending(path: "squall-bench-\(getpid())")
    defer { try? FileManager.default.removeItem(at: made) }
    try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
    let array = made.appending(path: "frames.npy")
    try writeArray(to: array)
    let cases = [
      Case(name: "knmi (HDF5, 765×700)", path: "radar/KNMI"),
      Case(name: "netcdf (BoM, 512×512)", path: "radar/bom"),
      Case(name: "meteoswiss (GIF, 640×710)", path: "radar/mch"),
      Case(name: "pictures (the same GIFs)", path: "radar/mch", options: DataOptions(reader: .pictures)),
      Case(name: "video (H.264 80×80, clips)", path: "video/pong-ball", options: DataOptions(grey: true)),
      Case(name: "idx (gzip, 28×28)", path: "mnist/t10k-images-idx3-ubyte.gz"),
      Case(name: "npy (bytes, 512×512)", path: array.path),
    ]
    print("| reader | frames | open s | frames/s |\n|---|---|---|---|")
    for entry in cases {
      let url = entry.path.hasPrefix("/") ? URL(filePath: entry.path) : root.appending(path: entry.path)
      guard FileManager.default.fileExists(atPath: url.path) else {
        print("| \(entry.name) | absent | | |")
        continue
      }
      var frames = 0
      var opened: OpenedData?
      let opening = try seconds { opened = try openData(at: [url], options: entry.options) }
      let reading = try seconds {
        // Clips are read when they are opened.
        guard case .events(let events)? = opened else { return }
        for event in events {
          for index in 0..<event.count { _ = try event.frame(at: index) }
          frames += event.count
        }
      }
      var time = reading
      if case .clips(let clips)? = opened {
        (frames, time) = (clips.count * clips.frames, opening)
      }
      let rate = String(format: "%.0f", Double(frames) / max(time, 1e-9))
      print("| \(entry.name) | \(frames) | \(String(format: "%.2f", opening)) | \(rate) |")
    }
  }

  /// Processor time of this process.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = clock()
    try body()
    return Double(clock() - start) / Double(CLOCKS_PER_SEC)
  }

  /// 200 frames of bytes, as numpy.save writes them.
  static func writeArray(to url: URL) throws {
    let (frames, side) = (200, 512)
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(frames), \(side), \(side)), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var data =
      Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0]) + Data(header.utf8)
    data += Data((0..<frames * side * side).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 16) })
    try data.write(to: url)
  }
}
