import Foundation

/// The folder of real files that some tests look at, and the project's own golden numbers.
package enum SharedData {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  package static let data: URL =
    ProcessInfo.processInfo.environment["SQUALL_SHARED_DATA"].map { URL(fileURLWithPath: $0) }
    ?? root.deletingLastPathComponent().appendingPathComponent("shared/data")
  package static let knmi = data.appendingPathComponent("radar/KNMI")
  package static let mnist = data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz")

  package static var hasKNMI: Bool { FileManager.default.fileExists(atPath: knmi.path) }
  package static var hasMNIST: Bool { FileManager.default.fileExists(atPath: mnist.path) }
  package static let reason =
    "the KNMI files are absent: put them in ../shared/data or name a folder in SQUALL_SHARED_DATA"

  package static func golden(_ name: String) -> URL {
    root.appendingPathComponent("Tests/Goldens/data/\(name)")
  }
}
