/// What is asked of a recurrent layer, whatever its cell.
public struct RecurrentOptions: Hashable, Sendable {
  /// Whether all outputs are returned and not only the last one.
  public var returnSequences: Bool
  /// Whether the last state is returned after the output.
  public var returnState: Bool
  /// Whether time runs from the last step to the first; outputs then come in that order.
  public var goBackwards: Bool
  /// Whether a sequence starts from the state in which the one before it ended: sample i goes on where sample
  /// i of the last batch stopped. The batch then has a fixed size.
  public var stateful: Bool
  /// Whether the output of a masked step is zero, and not the output before it.
  public var zeroOutputForMask: Bool

  public init(
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    stateful: Bool = false, zeroOutputForMask: Bool = false
  ) {
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.stateful = stateful
    self.zeroOutputForMask = zeroOutputForMask
  }
}

extension RecurrentOptions: Codable {
  private enum CodingKeys: String, CodingKey {
    case stateful
    case returnSequences = "return_sequences"
    case returnState = "return_state"
    case goBackwards = "go_backwards"
    case zeroOutputForMask = "zero_output_for_mask"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      returnSequences: try options.value(.returnSequences, default: false),
      returnState: try options.value(.returnState, default: false),
      goBackwards: try options.value(.goBackwards, default: false),
      stateful: try options.value(.stateful, default: false),
      zeroOutputForMask: try options.value(.zeroOutputForMask, default: false))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(returnSequences, forKey: .returnSequences)
    try options.encode(returnState, forKey: .returnState)
    try options.encode(goBackwards, forKey: .goBackwards)
    if stateful { try options.encode(stateful, forKey: .stateful) }
    if zeroOutputForMask { try options.encode(zeroOutputForMask, forKey: .zeroOutputForMask) }
  }
}
