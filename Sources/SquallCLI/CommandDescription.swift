import ArgumentParser
import Foundation

/// What the command and its subcommands take, read from the parser's own description, so that nothing else has to list
/// options: configuration files, `--like`, and the tests of documents and errors.
struct CommandDescription: Decodable {
  static let shared: CommandDescription = {
    struct Dump: Decodable { let command: CommandDescription }
    let text = SquallCommand._dumpHelp()
    guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(text.utf8)) else {
      return CommandDescription(commandName: "squall", subcommands: nil, arguments: nil)
    }
    return dump.command
  }()

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }
    struct Name: Decodable { let name: String }

    let kind: Kind
    let names: [Name]?
    let valueName: String?
    let isRepeating: Bool
  }

  let commandName: String
  let subcommands: [CommandDescription]?
  let arguments: [Argument]?

  subscript(_ command: String) -> CommandDescription? {
    subcommands?.first { $0.commandName == command }
  }

  /// The names of positional arguments, in their order.
  var positional: [String] {
    (arguments ?? []).filter { $0.kind == .positional }.compactMap { $0.valueName ?? $0.names?.first?.name }
  }

  /// Every option and flag with its kind.
  private var kinds: [String: Argument] {
    var kinds: [String: Argument] = [:]
    for argument in arguments ?? [] where argument.kind != .positional {
      for name in argument.names ?? [] { kinds[name.name] = argument }
    }
    return kinds
  }

  /// The names of options and flags, without hyphens.
  var optionNames: Set<String> { Set(kinds.keys) }

  /// The flags that have a form with `no-`.
  var invertibleFlags: Set<String> {
    let names = kinds.filter { $0.value.kind == .flag }.keys
    return Set(names.filter { names.contains("no-" + $0) })
  }

  /// The positional arguments among a command's arguments, wherever they stand, and the rest.
  ///
  /// - Parameter arguments: What follows the command on the command line.
  func positionals(in arguments: ArraySlice<String>) -> (values: [String], rest: [String]) {
    let kinds = kinds
    var (values, rest): ([String], [String]) = ([], [])
    var index = arguments.startIndex
    while index < arguments.endIndex {
      let text = arguments[index]
      index += 1
      if text == "--" {
        values += arguments[index...]
        break
      }
      guard text.hasPrefix("-"), text.count > 1 else {
        values.append(text)
        continue
      }
      rest.append(text)
      let name = String(text.drop { $0 == "-" })
      if kinds[name]?.kind == .option, index < arguments.endIndex {
        rest.append(arguments[index])
        index += 1
      }
    }
    return (values, rest)
  }

  /// The options and flags among a command's arguments that another command has too, with their values.
  ///
  /// - Parameters:
  ///   - arguments: The command and what follows it, as on the command line.
  ///   - other: The name of the other command.
  func options(
    of arguments: [String], knownTo other: String
  ) -> [(name: String, values: [String])] {
    guard let command = arguments.first.flatMap({ self[$0] }), let other = self[other] else { return [] }
    let (own, shared) = (command.kinds, other.optionNames)
    var found: [(name: String, values: [String])] = []
    var index = 1
    while index < arguments.count {
      let text = arguments[index]
      index += 1
      guard text.hasPrefix("--"), text.count > 2 else { continue }
      let parts = text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let argument = own[name] else { continue }
      var values: [String] = []
      if argument.kind == .option {
        if parts.count > 1 {
          values = [String(parts[1])]
        } else if index < arguments.count {
          values = [arguments[index]]
          index += 1
        }
      }
      guard shared.contains(name), !Self.ownOfEach.contains(name) else { continue }
      if let place = found.firstIndex(where: { $0.name == name }) {
        found[place].values = argument.isRepeating ? found[place].values + values : values
      } else {
        found.append((name, values))
      }
    }
    return found
  }

  /// Options that name files of one run.
  private static let ownOfEach: Set = ["output", "resume", "config", "task", "seed", "threads"]
}
