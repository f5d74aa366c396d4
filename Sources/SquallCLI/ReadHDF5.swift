import ArgumentParser
import Interchange

/// The hidden command by which squall reads foreign HDF5 files in a process of its own; see `HDF5Isolation`.
struct ReadHDF5: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: HDF5Isolation.argument, abstract: "Read an HDF5 file for another process.",
    shouldDisplay: false)

  @Argument var request: String

  func run() throws { HDF5Isolation.serve(request) }
}
