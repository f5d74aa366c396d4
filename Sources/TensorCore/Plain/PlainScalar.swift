#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The number types that the plain Swift twins compute in: `Float` as the fallback where no fast kernel is
/// present, `Double` as the reference that tests hold fast kernels against.
@usableFromInline
package protocol PlainScalar: BinaryFloatingPoint, Sendable {
  static func exponential(_ x: Self) -> Self
  static func exponentialMinusOne(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  static func logarithmOfOnePlus(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func errorFunction(_ x: Self) -> Self
}

extension Float: PlainScalar {
  @inlinable package static func exponential(_ x: Float) -> Float { expf(x) }
  @inlinable package static func exponentialMinusOne(_ x: Float) -> Float { expm1f(x) }
  @inlinable package static func logarithm(_ x: Float) -> Float { logf(x) }
  @inlinable package static func logarithmOfOnePlus(_ x: Float) -> Float { log1pf(x) }
  @inlinable package static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
  @inlinable package static func errorFunction(_ x: Float) -> Float { erff(x) }
}

extension Double: PlainScalar {
  @inlinable package static func exponential(_ x: Double) -> Double { exp(x) }
  @inlinable package static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
  @inlinable package static func logarithm(_ x: Double) -> Double { log(x) }
  @inlinable package static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  @inlinable package static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  @inlinable package static func errorFunction(_ x: Double) -> Double { erf(x) }
}
