import Foundation
import Testing
import Training

@Suite struct TensorBoardLogTests {
  /// The bytes that TensorFlow 2.21 writes for the same events (TFRecord around `Event`), in order.
  @Test func writesTheBytesOfTensorFlow() async throws {
    try await withTemporaryFolder { folder in
      let log = TensorBoardLog(folder, now: { 1_700_000_000.5 })
      log.trainingBegan(TrainingPlan(loss: .meanSquaredError, epochs: 1))
      log.stepEnded(
        StepReport(
          epoch: 1, epochs: 1, batch: 1, batches: 2, step: 300, samples: 4, batchLoss: 0.25, loss: 0.25,
          learningRate: 0.1))
      log.trainingEnded(.completed)
      #expect(log.failure == nil)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents.1700000000."))
      let bytes = try [UInt8](Data(contentsOf: folder.appending(path: names[0])))
      // Version: wall_time 1 and file_version 3.
      #expect(bytes[0..<8].elementsEqual([24, 0, 0, 0, 0, 0, 0, 0]))
      #expect(String(decoding: bytes[23..<36], as: UTF8.self) == "brain.Event:2")
      let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      #expect(hex == Self.expected)
    }
  }

  /// Written by tf.compat.v1 protocol messages and tf.io.TFRecordWriter.
  static let expected =
    "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531101000"
    + "00000000000095fbfe180900002040fc54d94110ac023a020801b94512a32d000000000000003c418afb"
    + "0900002040fc54d94110ac022a1f0a1d0a096c6f73732f73746570150000803e4a0b0a090a077363616c"
    + "6172730cd46422"

  @Test func aFolderThatCannotBeMadeEndsNoTraining() {
    let log = TensorBoardLog(URL(filePath: "/proc/none/log"))
    log.trainingBegan(TrainingPlan(loss: .meanSquaredError, epochs: 1))
    #expect(log.failure != nil)
  }
}
