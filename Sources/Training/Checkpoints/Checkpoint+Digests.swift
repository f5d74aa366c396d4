import SafeTensors
import TensorCore

extension Checkpoint {
  /// Numbers that any changed bit changes, part by part: of two files that hold the same training at the same point
  /// all are equal. Times, which differ from run to run, are left out.
  ///
  /// - Throws: What encoding throws.
  public func digests() throws -> [(part: String, digest: String)] {
    func digest(_ tensors: [(String, Tensor)], _ text: String = "") throws -> String {
      var file = try SafeTensorsFile(metadata: ["text": text])
      for (name, tensor) in tensors {
        try file.append(SafeTensorsEntry(name, shape: tensor.shape.dimensions, floats: tensor.values))
      }
      return CheckpointFormat.checksum(file)
    }
    var parts = [("weights", try digest(parameters.map { ($0, $1) }))]
    guard let training else { return parts }
    parts.append(
      (
        "optimizer",
        try digest(training.optimizer.state.map { ($0, $1) }, CheckpointFormat.json(training.optimizer))
      ))
    parts.append(("best", try digest((training.best ?? [:]).map { ($0, $1) })))
    var state = training.state
    (state.seconds, state.epochSeconds) = (0, 0)
    for index in state.history.epochs.indices { state.history.epochs[index].seconds = 0 }
    parts.append(("position", try digest([], CheckpointFormat.json(state))))
    return parts
  }
}
