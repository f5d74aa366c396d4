import Foundation
import Readers

/// A field with other sources behind it as further channels of the same frames.
public struct StackedSource: FrameSource {
  private let field: any FrameSource
  private let auxiliary: [any FrameSource]
  public let shape: FrameShape

  /// - Parameters:
  ///   - field: Gives times, unit, grid and the first channels.
  ///   - auxiliary: As many frames of the same height and width, or a single one that never changes.
  /// - Throws: `DataError` if sizes or numbers of frames differ.
  public init(_ field: any FrameSource, auxiliary: [any FrameSource]) throws {
    for source in auxiliary { try AuxiliaryChannels.check(source, with: field) }
    self.field = field
    self.auxiliary = auxiliary
    shape = FrameShape(
      height: field.shape.height, width: field.shape.width,
      channels: auxiliary.reduce(field.shape.channels) { $0 + $1.shape.channels })
  }

  public var count: Int { field.count }
  public var timestamps: [Date]? { field.timestamps }
  public var nominalStep: Double? { field.nominalStep }
  public var unit: PhysicalUnit { field.unit }
  public var grid: GridMetadata? { field.grid }
  public var events: [Range<Int>] { field.events }

  public func frame(at index: Int) throws -> Frame {
    let parts =
      [try field.frame(at: index)] + (try auxiliary.map { try $0.frame(at: $0.count == 1 ? 0 : index) })
    var values: [Float] = []
    var isValid: [Bool] = []
    values.reserveCapacity(shape.count)
    isValid.reserveCapacity(shape.count)
    for pixel in 0..<shape.pixels {
      for part in parts {
        let channels = part.shape.channels
        values += part.values[pixel * channels..<(pixel + 1) * channels]
        isValid += part.isValid[pixel * channels..<(pixel + 1) * channels]
      }
    }
    return try Frame(shape: shape, values: values, isValid: isValid, time: parts[0].time)
  }
}
