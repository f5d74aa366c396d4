import Foundation
import SafeTensors
import Support

extension RunDescription {
  /// Writes a file of the run so that its name never stands for half of it, and clears away what a killed process left
  /// of it.
  ///
  /// - Throws: ``ComparisonError`` if there is no room, or no way to write there.
  func store(_ data: Data, at url: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      AtomicFile.removeRemains(of: url)
      try AtomicFile.write(to: url) { try $0.append(data) }
    } catch {
      throw ComparisonError(
        expected: "a folder for the report that can be written and has room, to write \(url.path)",
        received: (error as? FileError)?.found ?? (error as NSError).localizedDescription,
        remedy: "Make room or grant access there and go on with --resume, or choose another folder with "
          + "--output. What was finished is kept.")
    }
  }
}
