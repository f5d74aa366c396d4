#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The number types that the plain Swift twins compute in: `Float` as the fallback where no fast kernel is
/// present, `Double` as the reference that tests hold fast kernels against.
public protocol PlainScalar: BinaryFloatingPoint, Sendable {
  static func exponential(_ x: Self) -> Self
  static func exponentialMinusOne(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  static func logarithmOfOnePlus(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func errorFunction(_ x: Self) -> Self
}

extension Float: PlainScalar {
  @inlinable public static func exponential(_ x: Float) -> Float { expf(x) }
  @inlinable public static func exponentialMinusOne(_ x: Float) -> Float { expm1f(x) }
  @inlinable public static func logarithm(_ x: Float) -> Float { logf(x) }
  @inlinable public static func logarithmOfOnePlus(_ x: Float) -> Float { log1pf(x) }
  @inlinable public static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
  @inlinable public static func errorFunction(_ x: Float) -> Float { erff(x) }
}

extension Double: PlainScalar {
  @inlinable public static func exponential(_ x: Double) -> Double { exp(x) }
  @inlinable public static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
  @inlinable public static func logarithm(_ x: Double) -> Double { log(x) }
  @inlinable public static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  @inlinable public static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  @inlinable public static func errorFunction(_ x: Double) -> Double { erf(x) }
}
