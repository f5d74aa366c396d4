import Foundation

/// A change of unit, pixel by pixel.
public enum UnitConversion: Equatable, Codable, Sendable {
  /// dBZ to mm/h. Values up to `noEcho` are no rain.
  case reflectivityToRate(ReflectivityRelation, noEcho: Float)
  /// mm/h to dBZ. Where it does not rain, and below, stands `noEcho`: a number of its own, so that dry is neither
  /// missing nor minus infinity.
  case rateToReflectivity(ReflectivityRelation, noEcho: Float)
  /// mm over so many minutes to mm/h.
  case accumulationToRate(minutes: Double)
  /// mm/h to mm over so many minutes.
  case rateToAccumulation(minutes: Double)

  public var from: PhysicalUnit {
    switch self {
    case .reflectivityToRate: .decibelsZ
    case .rateToReflectivity, .rateToAccumulation: .millimetresPerHour
    case .accumulationToRate: .millimetres
    }
  }

  public var to: PhysicalUnit {
    switch self {
    case .reflectivityToRate, .accumulationToRate: .millimetresPerHour
    case .rateToReflectivity: .decibelsZ
    case .rateToAccumulation: .millimetres
    }
  }

  /// One value in the new unit.
  public func callAsFunction(_ value: Float) -> Float {
    switch self {
    case .reflectivityToRate(let relation, let noEcho):
      value > noEcho ? relation.rate(decibels: value) : 0
    case .rateToReflectivity(let relation, let noEcho): max(noEcho, relation.decibels(rate: value))
    case .accumulationToRate(let minutes): value * Float(60 / minutes)
    case .rateToAccumulation(let minutes): value * Float(minutes / 60)
    }
  }

  func check() throws {
    let holds =
      switch self {
      case .reflectivityToRate(_, let noEcho), .rateToReflectivity(_, let noEcho): noEcho.isFinite
      case .accumulationToRate(let minutes), .rateToAccumulation(let minutes):
        minutes > 0 && minutes.isFinite
      }
    guard holds else {
      throw DataError(
        .invalidOption, expected: "a positive number of minutes, a finite reflectivity for no echo",
        received: "\(self)", remedy: "Choose for example 5 minutes, or -32 dBZ.")
    }
  }
}

/// Another sequence in another unit. Missing pixels stay missing.
public struct ConvertedSource: FrameSource {
  private let base: any FrameSource
  public let conversion: UnitConversion

  /// - Throws: ``DataError`` if the source is in another unit than the conversion starts from.
  public init(_ base: any FrameSource, _ conversion: UnitConversion) throws {
    try conversion.check()
    guard base.unit == conversion.from else {
      throw DataError(
        .wrongType, expected: "values in \(conversion.from.rawValue)",
        received: "values in \(base.unit.rawValue)", remedy: "Choose the conversion for this unit.")
    }
    self.base = base
    self.conversion = conversion
  }

  public var count: Int { base.count }
  public var shape: FrameShape { base.shape }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { conversion.to }
  public var grid: GridMetadata? { base.grid }
  public var events: [Range<Int>] { base.events }

  public func frame(at index: Int) throws -> Frame {
    let frame = try base.frame(at: index)
    return try Frame(
      shape: frame.shape, values: zip(frame.values, frame.isValid).map { $1 ? conversion($0) : 0 },
      isValid: frame.isValid, time: frame.time)
  }
}
