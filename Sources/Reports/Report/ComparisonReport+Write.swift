import Foundation

extension ComparisonReport {
  /// Writes `index.html`, `results.json` and the tables of ``tables`` as CSV into `directory`, which is made if need be.
  ///
  /// All are written in full under temporary names and then renamed: a full disk or a kill in between leaves
  /// an earlier report as it was.
  ///
  /// - Throws: ``ReportError`` that names the place when it cannot be written, or a name that two models or baselines
  ///   share.
  package func write(to directory: URL) throws(ReportError) {
    try requireDistinctNames()
    let files =
      [("index.html", Data(html().utf8)), ("results.json", try json())]
      + tables.map { ($0.name, Data($0.content.utf8)) }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw Self.cannotWrite(directory, error)
    }
    Self.removeRemains(in: directory)
    var written: [(temporary: URL, final: URL)] = []
    defer { for file in written { try? FileManager.default.removeItem(at: file.temporary) } }
    for (name, content) in files {
      let temporary = directory.appendingPathComponent(".\(name).\(UUID().uuidString)\(Self.temporarySuffix)")
      written.append((temporary, directory.appendingPathComponent(name)))
      do { try Self.store(content, at: temporary) } catch { throw Self.cannotWrite(directory, error) }
    }
    for file in written where rename(file.temporary.path, file.final.path) != 0 {
      throw Self.cannotWrite(file.final, POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO))
    }
  }

  /// Everything here is found by name.
  private func requireDistinctNames() throws(ReportError) {
    var seen: Set<String> = []
    for name in models.map(\.name) + baselines.map(\.name) where !seen.insert(name).inserted {
      throw ReportError(
        expected: "models and baselines with different names", received: "“\(name)” twice",
        remedy: "Name each contender once.")
    }
  }

  private static let temporarySuffix = ".report.tmp"

  /// Removes what a process left that was killed while it wrote.
  private static func removeRemains(in directory: URL) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(temporarySuffix) {
      try? FileManager.default.removeItem(at: directory.appendingPathComponent(name))
    }
  }

  /// Writes and waits until the disk has it, so that the rename never publishes an empty file.
  private static func store(_ content: Data, at url: URL) throws {
    try content.write(to: url)
    let handle = try FileHandle(forUpdating: url)
    try handle.synchronize()
    try handle.close()
  }

  private static func cannotWrite(_ place: URL, _ error: any Error) -> ReportError {
    let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
    return ReportError(
      expected: "to write the report to \(place.path)", received: describe(reason),
      remedy: "Choose another folder with --output, or make room or grant access there.")
  }

  private static func describe(_ error: any Error) -> String {
    let error = error as NSError
    guard error.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    return "“\(String(cString: strerror(Int32(error.code))))”"
  }
}
