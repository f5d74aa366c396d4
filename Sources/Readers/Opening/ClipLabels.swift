import Foundation
import NumPyFiles

/// Classes of clips from a table or an array.
struct ClipLabels {
  /// What a line of a table says about a clip.
  struct Entry {
    let label: String
    let group: String?
  }

  /// By the clip's name: its path below the data folder or the last part of it, with or without ending; or by its
  /// number as text, for samples of an array.
  private var entries: [String: Entry] = [:]
  private let file: String

  /// Reads `name,label[,group]` lines (a first line `name,label…` or `clip,label…` is a heading; `;` and tabs
  /// separate as well), or an array of whole numbers in a `.npy` or IDX file.
  ///
  /// - Throws: ``DataError`` if a line has no label, or a clip two different ones.
  init(contentsOf url: URL) throws {
    file = url.path
    switch DataFormat(file: url) {
    case .npy:
      let numbers = try numPyErrors(url) { try NumPyFile(contentsOf: url).array().integers() }
      for (index, number) in numbers.enumerated() { add("\(index)", "\(number)", nil) }
    case .idx:
      let array = try IDXFile(contentsOf: url)
      for (index, number) in array.floats(0..<array.count).enumerated() {
        add("\(index)", "\(Int(number))", nil)
      }
    default: try readTable(FileBytes.read(url))
    }
  }

  /// Reads the arrays `labels` and, if there is one, `groups` of a `.npz` archive: whole numbers, one for each
  /// sample.
  ///
  /// - Returns: `nil` if there are no such labels: fractions are measurements, and several of them for a single
  ///   sample belong to its frames.
  /// - Throws: ``DataError`` if there are labels of another number.
  init?(archive url: URL, samples: Int) throws {
    file = url.path
    let arrays = try numPyErrors(url) {
      let archive = try NumPyArchive(contentsOf: url)
      return try ["labels", "groups"].map { archive.names.contains($0) ? try archive.array($0) : nil }
    }
    guard let labels = arrays[0], labels.shape.count == 1, !labels.elementType.isFloatingPoint,
      samples > 1 || labels.count == 1
    else { return nil }
    for (name, array) in zip(["labels", "groups"], arrays) {
      guard let array, array.shape != [samples] else { continue }
      throw DataError(
        .wrongShape, file: file, expected: "\(samples) \(name), one for each sample",
        received: array.shape.map(String.init).joined(separator: "×"),
        remedy: "Name the array of frames by --dataset, which leaves \(name) alone, or correct the file.")
    }
    let (classes, groups) = try numPyErrors(url) { (try labels.integers(), try arrays[1]?.integers()) }
    for index in 0..<samples { add("\(index)", "\(classes[index])", groups.map { "\($0[index])" }) }
  }

  /// Reads a table from the bytes of a file.
  init(table data: Data, file: String) throws {
    self.file = file
    try readTable(data)
  }

  private mutating func add(_ name: String, _ label: String, _ group: String?) {
    entries[name] = Entry(label: label, group: group)
  }

  private mutating func readTable(_ data: Data) throws {
    guard let text = String(data: data, encoding: .utf8) else {
      throw DataError(
        .foreignFormat, file: file, expected: "a table of text in UTF-8", received: "other bytes",
        remedy: "Save the table as CSV.")
    }
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    let separator: Character =
      lines.first?.contains(",") == true ? "," : lines.first?.contains(";") == true ? ";" : "\t"
    for (number, line) in lines.enumerated() {
      let fields = Self.fields(String(line), separator)
      guard fields.count >= 2, !fields[0].isEmpty, !fields[1].isEmpty else {
        throw DataError(
          .badValue, file: file, expected: "name,label or name,label,group in line \(number + 1)",
          received: "“\(line.prefix(60))”", remedy: "Write one line for each clip.")
      }
      if number == 0, ["label", "class"].contains(fields[1].lowercased()) { continue }
      if let known = entries[fields[0]], known.label != fields[1] {
        throw DataError(
          .badValue, file: file, expected: "one class for \(fields[0])",
          received: "“\(known.label)” and “\(fields[1])”", remedy: "Keep one of the lines.")
      }
      add(fields[0], fields[1], fields.count > 2 && !fields[2].isEmpty ? fields[2] : nil)
    }
  }

  /// The fields of a line; quotes protect separators, and two quotes are one.
  private static func fields(_ line: String, _ separator: Character) -> [String] {
    var (fields, field, isQuoted) = ([String](), "", false)
    var characters = Array(line)[...]
    while let character = characters.popFirst() {
      if character == "\"" {
        if isQuoted, characters.first == "\"" {
          field.append(characters.removeFirst())
        } else {
          isQuoted.toggle()
        }
      } else if character == separator, !isQuoted {
        fields.append(field)
        field = ""
      } else {
        field.append(character)
      }
    }
    return (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  var count: Int { entries.count }

  /// What the table says about a clip.
  ///
  /// - Throws: ``DataError`` if it says nothing.
  func entry(for path: String) throws -> Entry {
    let last = (path as NSString).lastPathComponent
    let names = [
      path, (path as NSString).deletingPathExtension, last, (last as NSString).deletingPathExtension,
    ]
    for name in names { if let entry = entries[name] { return entry } }
    throw DataError(
      .missingObject, file: file, expected: "a line for \(path)", received: "none among \(entries.count)",
      remedy: "Add the clip, or move it away.")
  }
}
