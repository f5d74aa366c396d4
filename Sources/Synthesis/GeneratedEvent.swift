import Foundation
import Readers
import Synchronization

/// A generated sequence whose frames are made together when the first of them is asked for, and kept.
public final class GeneratedEvent: FrameSource {
  public let count: Int
  public let shape: FrameShape
  public let unit: PhysicalUnit
  public let nominalStep: Double? = nil
  public let timestamps: [Date]? = nil
  private let make: @Sendable () throws -> [Float]
  private let values = Mutex<[Float]?>(nil)

  /// - Parameter make: Makes all values, `[time, height, width, channels]`.
  init(count: Int, shape: FrameShape, unit: PhysicalUnit, make: @escaping @Sendable () throws -> [Float]) {
    self.count = count
    self.shape = shape
    self.unit = unit
    self.make = make
  }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let all = try values.withLock { held in
      if let held { return held }
      let made = try make()
      held = made
      return made
    }
    return try Frame(
      shape: shape, values: Array(all[index * shape.count..<(index + 1) * shape.count]))
  }
}
