import Foundation

extension EnsembleForecaster {
  /// Opens models, one member each. A folder stands for the `model.squall` in it, or, where there is none, for its
  /// members: those in a folder `members`, or its own `seed-1.squall`, `seed-2/model.squall`, … in the order of their
  /// numbers.
  ///
  /// - Throws: `ForecastingError` if models do not go together or one is a classifier; `SafeTensorsError` and
  ///   `CheckpointError` for files that cannot be read.
  public init(contentsOf urls: [URL]) throws {
    let files = urls.flatMap(Self.files(in:))
    try self.init(
      files.map { try StoredModel(contentsOf: $0).forecaster() }, names: files.map(Self.name(of:)))
  }

  /// Opens a model or a folder of members; see ``init(contentsOf:)-([URL])``.
  ///
  /// - Throws: As there.
  public init(contentsOf url: URL) throws { try self.init(contentsOf: [url]) }

  /// The model files that a path stands for; at least one, which need not exist.
  static func files(in url: URL) -> [URL] {
    let manager = FileManager.default
    func isFolder(_ url: URL) -> Bool {
      var isFolder: ObjCBool = false
      return manager.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
    guard isFolder(url) else { return [url] }
    let model = url.appending(path: "model.squall")
    guard !manager.fileExists(atPath: model.path) else { return [model] }
    let members = url.appending(path: "members")
    if isFolder(members) { return files(in: members) }
    let names = (try? manager.contentsOfDirectory(atPath: url.path)) ?? []
    let found = names.sorted(by: isBefore).compactMap { name -> URL? in
      let entry = url.appending(path: name)
      let inside = entry.appending(path: "model.squall")
      if isFolder(entry) { return manager.fileExists(atPath: inside.path) ? inside : nil }
      // last.squall is where a training stands, no member.
      return entry.pathExtension == "squall" && name != "last.squall" ? entry : nil
    }
    return found.isEmpty ? [model] : found
  }

  /// `seed-2` before `seed-10`.
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    func parts(_ name: String) -> (text: Substring, number: Int) {
      let stem = name.prefix { $0 != "." }
      let digits = stem.reversed().prefix(while: \.isNumber).count
      return (stem.dropLast(digits), Int(stem.suffix(digits)) ?? -1)
    }
    let (left, right) = (parts(a), parts(b))
    return (left.text, left.number, a) < (right.text, right.number, b)
  }

  /// `seed-2` of `members/seed-2.squall` and of `members/seed-2/model.squall`.
  private static func name(of file: URL) -> String {
    let stem = file.deletingPathExtension().lastPathComponent
    let folder = file.deletingLastPathComponent().lastPathComponent
    return stem == "model" && !folder.isEmpty ? folder : stem
  }
}
