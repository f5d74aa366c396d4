import CKernels
import Synchronization

/// Whether convolutions may run in the Winograd domain, which is several times faster and rounds about ten times
/// more coarsely than direct convolution: within 1e-4 of the root mean square of the result, gradients within
/// 3e-4.
public enum Winograd {
  public enum Use: String, Sendable, CaseIterable {
    /// Where the cost model says that it is faster. It looks at nothing but the shape, the instruction set, the
    /// number of threads and whether the kernels are kept (a single step without a gradient keeps them), so that
    /// results stay the same bits from run to run.
    case whereFaster
    /// Never: results as accurate as direct convolution's.
    case never
    /// Wherever the kernels can do it, for tests and measurements.
    case wherePossible
  }

  @TaskLocal private static var chosen: Use?
  private static let standard = Mutex(Use.whereFaster)

  /// What is in force: what `using` chose for this task, else what holds for the whole process.
  public static var use: Use { chosen ?? standard.withLock { $0 } }

  /// Sets what holds for the whole process. To be called at its start, before anything is computed.
  public static func useEverywhere(_ use: Use) { standard.withLock { $0 = use } }

  /// Runs `body` with another choice, in this task only.
  public static func using<Result>(_ use: Use, _ body: () throws -> Result) rethrows -> Result {
    try $chosen.withValue(use, operation: body)
  }

  /// Whether the processor has the vector instructions that the kernels are written in.
  public static var isAvailable: Bool { squall_winograd_available(3, 3) }

  /// Whether this convolution is to run in the Winograd domain.
  package static func serves(_ geometry: ConvolutionGeometry, _ direction: FastConvolution.Direction) -> Bool
  {
    guard Backend.current == .oneDNN, use != .never, fits(geometry) else { return false }
    return use == .wherePossible || isFaster(geometry, direction)
  }

  /// Whether the kernels' cost model expects this convolution, which `fits`, to be faster in the Winograd domain.
  ///
  /// - Parameters:
  ///   - steps: how many convolutions share one transform of the weights.
  static func isFaster(
    _ geometry: ConvolutionGeometry, _ direction: FastConvolution.Direction, steps: Int = 1
  ) -> Bool {
    squall_winograd_wins(
      squall_convolution_shape(geometry, threads: ThreadTeam.count), direction.winogradPass, Int64(steps))
  }

  /// The side of the tiles along an axis, 8 or 6.
  static func tileLength(outputs: Int, kernel: Int) -> Int {
    Int(squall_winograd_tile_length(Int64(outputs), Int32(kernel)))
  }

  /// Whether the kernels can do it: two space axes, stride 1, no dilation, a kernel of 2…7 along each axis.
  static func fits(_ geometry: ConvolutionGeometry) -> Bool {
    geometry.spatialRank == 2 && geometry.strides == [1, 1] && geometry.dilations == [1, 1]
      && squall_winograd_available(Int32(geometry.kernelSize[0]), Int32(geometry.kernelSize[1]))
  }
}
