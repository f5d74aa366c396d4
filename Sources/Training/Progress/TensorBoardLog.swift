import Foundation
import Synchronization

/// Writes what TensorBoard shows: the loss of every step, both losses and the learning rate of every epoch.
///
/// Each run of a training writes a file of its own into the folder. The first record of a file says at which step it
/// begins, so that TensorBoard forgets later steps of a run that was interrupted.
///
/// The format is TensorFlow's: a TFRecord (length, masked CRC-32C of it, bytes, masked CRC-32C of them) for each
/// `Event` message in protocol-buffer encoding. Training does not end for a log: what failed last is in ``failure``.
public final class TensorBoardLog: TrainingProgress {
  private struct State {
    var file: FileHandle?
    var failure: String?
    var pending = Data()
    var hasBegun = false
    var lastFlush = -Double.infinity
  }

  private let folder: URL
  private let now: @Sendable () -> Double
  private let state = Mutex(State())

  /// - Parameters:
  ///   - folder: Where TensorBoard is told to look (`tensorboard --logdir FOLDER`).
  ///   - now: The time in seconds since 1970.
  public init(_ folder: URL, now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }) {
    self.folder = folder
    self.now = now
  }

  deinit { state.withLock { try? $0.file?.close() } }

  /// Why something could not be written, if it could not.
  public var failure: String? { state.withLock { $0.failure } }

  public func trainingBegan(_ plan: TrainingPlan) {
    let time = now()
    state.withLock { state in
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var name = "events.out.tfevents.\(Int(time)).\(ProcessInfo.processInfo.hostName)"
        var number = 0
        while FileManager.default.fileExists(atPath: folder.appending(path: "\(name).\(number)").path) {
          number += 1
        }
        name += ".\(number)"
        let url = folder.appending(path: name)
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
          throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: url.path])
        }
        state.file = try FileHandle(forWritingTo: url)
        state.hasBegun = false
        state.pending = Self.record(Self.event(time: time).text(3, "brain.Event:2").bytes)
        flush(&state, at: time)
      } catch { state.failure = "\(error.localizedDescription)" }
    }
  }

  public func stepEnded(_ report: StepReport) {
    let time = now()
    state.withLock { state in
      begin(&state, at: report.step, time)
      guard let loss = report.batchLoss else { return }
      state.pending += Self.scalars([("loss/step", loss)], step: report.step, time: time)
      if time - state.lastFlush > 2 { flush(&state, at: time) }
    }
  }

  public func epochEnded(_ epoch: History.Epoch, isBest: Bool) {
    let time = now()
    var values = [("loss/training", epoch.trainingLoss), ("learning_rate", epoch.learningRate)]
    if let loss = epoch.validationLoss { values.append(("loss/validation", loss)) }
    state.withLock { state in
      begin(&state, at: epoch.steps, time)
      state.pending += Self.scalars(values, step: epoch.steps, time: time)
      flush(&state, at: time)
    }
  }

  public func trainingEnded(_ outcome: TrainingOutcome) {
    let time = now()
    state.withLock { flush(&$0, at: time) }
  }

  private func begin(_ state: inout State, at step: Int, _ time: Double) {
    guard !state.hasBegun else { return }
    state.hasBegun = true
    // SessionLog with status START: what an earlier file says of this step and later ones no longer holds.
    let start = ProtocolBuffer().integer(1, 1)
    state.pending += Self.record(Self.event(time: time).integer(2, step).message(7, start).bytes)
  }

  private func flush(_ state: inout State, at time: Double) {
    state.lastFlush = time
    do {
      try state.file?.write(contentsOf: state.pending)
    } catch { state.failure = "\(error.localizedDescription)" }
    state.pending = Data()
  }

  private static func scalars(_ values: [(tag: String, value: Double)], step: Int, time: Double) -> Data {
    var summary = ProtocolBuffer()
    for (tag, value) in values {
      // Summary.Value: tag, simple_value, and metadata that name the plugin.
      let plugin = ProtocolBuffer().text(1, "scalars")
      let metadata = ProtocolBuffer().message(1, plugin)
      summary = summary.message(
        1, ProtocolBuffer().text(1, tag).float(2, Float(value)).message(9, metadata))
    }
    return record(event(time: time).integer(2, step).message(5, summary).bytes)
  }

  private static func event(time: Double) -> ProtocolBuffer { ProtocolBuffer().double(1, time) }

  /// A TFRecord around some bytes.
  static func record(_ bytes: [UInt8]) -> Data {
    let length = ProtocolBuffer.little(UInt64(bytes.count))
    return Data(
      length + ProtocolBuffer.little(CRC32C.masked(length)) + bytes
        + ProtocolBuffer.little(CRC32C.masked(bytes)))
  }
}

/// As much of the protocol-buffer encoding as event files need.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  func integer(_ field: Int, _ value: Int) -> ProtocolBuffer {
    appending(field, type: 0, Self.variable(UInt64(max(0, value))))
  }

  func double(_ field: Int, _ value: Double) -> ProtocolBuffer {
    appending(field, type: 1, Self.little(value.bitPattern))
  }

  func float(_ field: Int, _ value: Float) -> ProtocolBuffer {
    appending(field, type: 5, Self.little(value.bitPattern))
  }

  func text(_ field: Int, _ value: String) -> ProtocolBuffer { block(field, Array(value.utf8)) }

  func message(_ field: Int, _ value: ProtocolBuffer) -> ProtocolBuffer { block(field, value.bytes) }

  private func block(_ field: Int, _ content: [UInt8]) -> ProtocolBuffer {
    appending(field, type: 2, Self.variable(UInt64(content.count)) + content)
  }

  private func appending(_ field: Int, type: Int, _ content: [UInt8]) -> ProtocolBuffer {
    var copy = self
    copy.bytes += Self.variable(UInt64(field << 3 | type)) + content
    return copy
  }

  private static func variable(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// The checksum of Castagnoli, reflected polynomial 0x82F63B78, and TensorFlow's mask over it.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }

  static func masked(_ bytes: [UInt8]) -> UInt32 {
    let crc = checksum(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
