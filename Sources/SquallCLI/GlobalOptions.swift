import ArgumentParser
import Foundation
import TensorCore

/// Where options may stand beside the command line; see ``ConfigurationFile``.
struct ConfigurationArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Options from a YAML file, by the names they have here; those of the command line win.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?
}

/// Options of every command that computes.
struct GlobalOptions: ParsableArguments {
  @Option(help: "How many threads to use; by default all cores.")
  var threads: Int?

  @Flag(help: "No Winograd convolutions: slower, and as exact as direct ones.")
  var exact = false

  @Flag(
    help: """
      Less memory in training: recurrent layers are computed once more in the backward pass, about a third slower.
      """)
  var recompute = false

  @OptionGroup var configuration: ConfigurationArguments

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: expected a number of at least 1, received \(threads).")
    }
  }

  /// Sets what holds for the whole process.
  func apply() {
    if let threads { ThreadTeam.resize(to: threads) }
    if exact { Winograd.useEverywhere(.never) }
    if recompute { Recomputation.useEverywhere(.overTime) }
  }
}

/// Prints a warning beside the results, to standard error.
func warn(_ line: String) {
  FileHandle.standardError.write(Data("warning: \(line)\n".utf8))
}

/// Prints a line at once: in a log, where `print` waits for a full buffer, lines keep their order beside those of
/// standard error.
func show(_ line: String, terminator: String = "\n") {
  FileHandle.standardOutput.write(Data((line + terminator).utf8))
}
