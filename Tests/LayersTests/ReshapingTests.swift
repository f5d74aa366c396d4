import Layers
import TensorCore
import TestSupport
import Testing

/// Layers that change borders, sizes and order of axes.
@Suite struct ReshapingTests {
  @Test func padding() throws {
    try checkLayer(ZeroPadding1D(padding: Borders([1, 3])), inputs: [[2, 4, 3]])
    try checkLayer(ZeroPadding2D(padding: Borders([[1, 0], [2, 3]])), inputs: [[2, 4, 5, 3]])
    try checkLayer(ZeroPadding3D(), inputs: [[2, 2, 3, 4, 2]])
    let padded = try ZeroPadding1D(padding: Borders([1, 2]))(Tensor([1, 2, 3, 4], shape: [1, 2, 2]))
    #expect(padded.values == [0, 0, 1, 2, 3, 4, 0, 0, 0, 0])
  }

  @Test func cropping() throws {
    try checkLayer(Cropping1D(cropping: Borders([1, 2])), inputs: [[2, 6, 3]])
    try checkLayer(Cropping2D(cropping: Borders([[1, 0], [2, 1]])), inputs: [[2, 4, 5, 3]])
    try checkLayer(Cropping3D(), inputs: [[2, 3, 4, 5, 2]])
    let input = Tensor((0..<12).map(Float.init), shape: [1, 3, 4, 1])
    #expect(try Cropping2D(cropping: Borders([[1, 0], [0, 2]]))(input).values == [4, 5, 8, 9])
  }

  @Test func upSampling() throws {
    try checkLayer(UpSampling1D(size: 3), inputs: [[2, 4, 3]])
    try checkLayer(UpSampling2D(size: [3, 2]), inputs: [[2, 3, 4, 3]])
    try checkLayer(UpSampling2D(size: [2, 3], interpolation: .bilinear), inputs: [[2, 4, 3, 2]])
    try checkLayer(UpSampling3D(size: [2, 1, 2]), inputs: [[2, 2, 3, 4, 2]])
    let input = Tensor([0, 4], shape: [1, 1, 2, 1])
    #expect(try UpSampling2D(interpolation: .bilinear)(input).values == [0, 1, 3, 4, 0, 1, 3, 4])
  }

  @Test func order() throws {
    try checkLayer(Permute(dims: [3, 1, 2]), inputs: [[2, 3, 4, 5]])
    try checkLayer(Rescaling(scale: [0.5, 2, -1], offset: [1, 0, 3]), inputs: [[2, 4, 3]])
  }

  @Test func pooling() throws {
    try checkLayer(MaxPooling1D(poolSize: 3, strides: 2, padding: .same), inputs: [[2, 6, 3]], step: 1e-3)
    try checkLayer(AveragePooling1D(poolSize: 3, strides: 1, padding: .same), inputs: [[2, 5, 3]])
    try checkLayer(
      MaxPooling3D(poolSize: [2, 1, 2], padding: .same), inputs: [[2, 3, 4, 5, 2]], step: 1e-3)
    try checkLayer(AveragePooling3D(poolSize: 2, strides: [1, 2, 1]), inputs: [[2, 3, 4, 5, 2]])
    try checkLayer(GlobalAveragePooling1D(), inputs: [[2, 5, 3]])
    try checkLayer(GlobalAveragePooling3D(keepDimensions: true), inputs: [[2, 3, 2, 4, 3]])
    try checkLayer(GlobalMaxPooling1D(keepDimensions: true), inputs: [[2, 5, 3]], step: 1e-3)
    try checkLayer(GlobalMaxPooling3D(), inputs: [[2, 3, 2, 4, 3]], step: 1e-3)
  }

  /// Channels first is channels last with transposed data.
  @Test func channelsFirst() throws {
    var random = RandomStream(seed: 6)
    let maps = random.normal(shape: [2, 5, 7, 3])
    func check<Layer: SpatialLayer>(_ layer: Layer, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
      var other = layer
      other.dataFormat = .channelsFirst
      let expected = try layer(maps)
      let output = try other(Movement.transposed(maps, [0, 3, 1, 2]))
      let back = expected.rank == 2 ? expected : Movement.transposed(expected, [0, 3, 1, 2])
      #expect(output == back, sourceLocation: sourceLocation)
      try checkLayer(other, inputs: [[2, 3, 5, 7]], step: 1e-3)
    }
    try check(MaxPooling2D(poolSize: [2, 3]))
    try check(AveragePooling2D(poolSize: 3, strides: 2, padding: .same))
    try check(GlobalAveragePooling2D())
    try check(GlobalMaxPooling2D(keepDimensions: true))
    try check(ZeroPadding2D(padding: Borders([1, 2])))
    try check(Cropping2D(cropping: Borders([[1, 0], [0, 2]])))
    try check(UpSampling2D(size: [1, 2]))
    try check(SpatialDropout2D(rate: 0.3))
  }

  @Test func whatDoesNotFitIsAnError() throws {
    func kind(_ body: () throws -> Tensor) -> ShapeError.Kind? {
      do { _ = try body() } catch { return (error as? ShapeError)?.kind }
      return nil
    }
    let maps = Tensor.ones([1, 4, 5, 2])
    #expect(kind { try ZeroPadding2D(padding: Borders([1, 2, 3]))(maps) } == .invalidOption)
    #expect(kind { try ZeroPadding2D(padding: Borders(-1))(maps) } == .invalidOption)
    #expect(kind { try ZeroPadding1D()(maps) } == .wrongRank)
    #expect(kind { try Cropping2D(cropping: 2)(maps) } == .emptyDimension)
    #expect(kind { try UpSampling2D(size: 0)(maps) } == .invalidOption)
    #expect(kind { try UpSampling2D(size: [1, 2, 3])(maps) } == .invalidOption)
    #expect(kind { try Permute(dims: [0, 1, 2])(maps) } == .invalidOption)
    #expect(kind { try Permute(dims: [2, 1])(maps) } == .wrongRank)
    #expect(kind { try MaxPooling1D(poolSize: 3)(.ones([1, 2, 4])) } == .kernelLargerThanInput)
    #expect(kind { try Rescaling(scale: [1, 2, 3])(maps) } == .wrongChannels)
  }
}
