/// What the tape hangs on a tensor; `Autodiff` has the one class that conforms.
package protocol TapeEntry: AnyObject, Sendable {}

/// One output of one recorded operation.
package struct TapeLink: Sendable {
  package let entry: any TapeEntry
  package let output: Int

  package init(entry: any TapeEntry, output: Int) {
    self.entry = entry
    self.output = output
  }
}
