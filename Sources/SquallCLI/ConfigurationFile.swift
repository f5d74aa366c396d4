import ArgumentParser
import Comparison
import Foundation
import Yams

/// Options from a YAML file, under the names of the flags: `--config FILE.yaml`.
///
///     data: KNMI
///     contender: convlstm2d
///     input-frames: 6
///     output: nowcast
///     train:            # for squall train alone; what stands above is for every command that knows it
///       max-minutes: 60
///
/// The file's options come before those of the command line, which win.
enum ConfigurationFile {
  /// The arguments with those of the configuration file among them.
  ///
  /// - Throws: `CleanError` for a file that cannot be read or says what no option can be.
  static func expanded(_ arguments: [String]) throws -> [String] {
    guard let command = arguments.first, let description = CommandDescription.shared[command] else {
      return arguments
    }
    let config = value(of: "config", in: arguments)
    let like = command == "train" ? try value(of: "like", in: arguments).map(report) : nil
    guard config != nil || like != nil else { return arguments }
    let named = Set(
      arguments.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) })
    let path = config ?? like ?? ""
    var options = try like.map { try read($0, command: command) } ?? []
    var settled = named
    for option in try config.map({ try read($0, command: command) }) ?? [] {
      settled.insert(option.name)
      options.removeAll { $0.name == option.name || $0.name == "no-" + option.name }
      options.append(option)
    }
    let names = description.positional
    // What a report recommends gives way where other options decide the same.
    if like != nil {
      if settled.contains("from") {
        options.removeAll { ofModels.contains($0.name) && !settled.contains($0.name) }
      }
      if settled.contains("all-data") { options.removeAll { $0.name == "train-fraction" } }
      if settled.contains("contender") || settled.contains("parameters") {
        options.removeAll { $0.name == "width" && !settled.contains("width") }
      }
    }
    let invertible = description.invertibleFlags
    let (given, rest) = description.positionals(in: arguments.dropFirst())
    var flags: [String] = []
    for (name, value) in options {
      if names.contains(name) {
        if case .flag = value { throw wrong(path, name, "a path or name") }
        continue
      }
      guard !named.contains(name), !named.contains("no-" + name), name != "config" else { continue }
      switch value {
      case .text(let text): flags += ["--\(name)=\(text)"]
      case .several(let texts): flags += texts.map { "--\(name)=\($0)" }
      case .flag(true): flags.append("--" + name)
      case .flag(false): if invertible.contains(name) { flags.append("--no-" + name) }
      }
    }
    // Positional arguments stand in the order that the command has, not the file; the command line may give the first
    // of them.
    let ordered = names.dropFirst(given.count).flatMap { name -> [String] in
      switch options.first(where: { $0.name == name })?.value {
      case .text(let text): [text]
      case .several(let texts): texts
      case .flag, nil: []
      }
    }
    return [command] + given + ordered + flags + rest
  }

  /// Options that a model to go on from decides.
  private static let ofModels: Set = [
    "contender", "width", "parameters", "input-frames", "forecast-frames", "tile-size", "downsampling",
    "background", "coordinates", "calibration", "residual", "no-residual", "mask-channel", "decoding",
    "sampling", "sampling-steps", "stages", "head",
  ]

  private enum Value {
    case text(String)
    case several([String])
    case flag(Bool)
  }

  private static func value(of name: String, in arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { return nil }
      if argument.hasPrefix("--\(name)=") { return String(argument.dropFirst(name.count + 3)) }
      if argument == "--" + name, index + 1 < arguments.count { return arguments[index + 1] }
    }
    return nil
  }

  /// What a report recommends to train.
  private static func report(_ folder: String) throws -> String {
    let file = URL(filePath: folder).appending(path: RecommendedTraining.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw CleanError(
        description:
          "--like \(folder): expected the folder of a report of squall compare, with \(RecommendedTraining.fileName) "
          + "in it, found none. Name the folder that --output of squall compare named.")
    }
    return file.path
  }

  private static func read(_ path: String, command: String) throws -> [(name: String, value: Value)] {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw CleanError(
        description: "--config \(path): expected a readable file, received \(error.localizedDescription). "
          + "Check the path.")
    }
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw CleanError(description: "--config \(path): expected YAML, received \(error).")
    }
    guard let root else { return [] }
    guard case .mapping(let mapping) = root else {
      throw CleanError(
        description: "--config \(path): expected options as NAME: VALUE, received something else. "
          + "Write for example “epochs: 20”.")
    }
    let commands = Set(SquallCommand.configuration.subcommands.map { $0._commandName })
    var found: [(name: String, value: Value)] = []
    func add(_ key: Node, _ node: Node) throws {
      guard let name = key.string?.trimmingCharacters(in: CharacterSet(charactersIn: "-")) else {
        throw wrong(path, "a name", "text")
      }
      let value = try value(node, name, path)
      found.removeAll { $0.name == name }
      found.append((name, value))
    }
    for (key, node) in mapping {
      if case .mapping = node, commands.contains(key.string ?? "") { continue }
      // What stands above the sections is for the commands that know it.
      let name = key.string?.trimmingCharacters(in: CharacterSet(charactersIn: "-")) ?? ""
      guard !isForOthers(name, than: command) else { continue }
      try add(key, node)
    }
    if case .mapping(let section)? = mapping[Node(command)] {
      for (key, node) in section { try add(key, node) }
    }
    return found
  }

  private static func isForOthers(_ name: String, than command: String) -> Bool {
    func knows(_ description: CommandDescription) -> Bool {
      description.optionNames.contains(name) || description.positional.contains(name)
    }
    let shared = CommandDescription.shared
    return !(shared[command].map(knows) ?? true) && (shared.subcommands ?? []).contains(where: knows)
  }

  private static func value(_ node: Node, _ name: String, _ path: String) throws -> Value {
    switch node {
    case .scalar(let scalar):
      if scalar.style == .plain, let flag = node.bool { return .flag(flag) }
      return .text(scalar.string)
    case .sequence(let sequence):
      let texts = try sequence.map { item in
        guard case .scalar(let scalar) = item else { throw wrong(path, name, "a list of plain values") }
        return scalar.string
      }
      // Numbers are one option with commas, as --thresholds 0.5,2 is; texts are one option each.
      let numbers = texts.allSatisfy { Double($0) != nil }
      return numbers ? .text(texts.joined(separator: ",")) : .several(texts)
    default: throw wrong(path, name, "a value or a list of values")
    }
  }

  private static func wrong(_ path: String, _ name: String, _ expected: String) -> CleanError {
    CleanError(
      description: "--config \(path): expected \(expected) for “\(name)”, received something else. "
        + "squall help COMMAND lists the options.")
  }
}
