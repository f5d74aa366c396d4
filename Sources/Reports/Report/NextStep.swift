/// Something to do with the answer, with the command that does it.
package struct NextStep: Codable, Hashable, Sendable {
  /// What it does, in a sentence: "Train convlstm2d on all of the data."
  package var text: String
  /// The exact command, ready to paste.
  package var command: String

  package init(_ text: String, command: String) {
    self.text = text
    self.command = command
  }
}

extension KeyedDecodingContainer {
  /// Used by synthesized decoding: reports written before there were next steps have none.
  func decode(_ type: [NextStep].Type, forKey key: Key) throws -> [NextStep] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}
