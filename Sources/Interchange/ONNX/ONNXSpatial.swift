import Autodiff
import Layers
import TensorCore

/// Layers over maps of one to three space axes: pooling, borders and sizes.
enum ONNXSpatial {
  /// `nil` for other layers.
  static func emit(_ layer: any Layer, _ place: inout ONNXPlace) throws -> [String]? {
    if layer is GlobalAveragePooling1D, place.masks.first.flatMap({ $0 }) != nil {
      throw ONNXRefusal("takes the mean of steps of which a mask leaves some out")
    }
    return switch layer {
    case let layer as MaxPooling1D: [pool("MaxPool", layer, &place)]
    case let layer as MaxPooling2D: [pool("MaxPool", layer, &place)]
    case let layer as MaxPooling3D: [pool("MaxPool", layer, &place)]
    case let layer as AveragePooling1D: [pool("AveragePool", layer, &place)]
    case let layer as AveragePooling2D: [pool("AveragePool", layer, &place)]
    case let layer as AveragePooling3D: [pool("AveragePool", layer, &place)]
    case let layer as GlobalAveragePooling1D: [reduced("ReduceMean", layer, layer.keepDimensions, &place)]
    case let layer as GlobalAveragePooling2D: [reduced("ReduceMean", layer, layer.keepDimensions, &place)]
    case let layer as GlobalAveragePooling3D: [reduced("ReduceMean", layer, layer.keepDimensions, &place)]
    case let layer as GlobalMaxPooling1D: [reduced("ReduceMax", layer, layer.keepDimensions, &place)]
    case let layer as GlobalMaxPooling2D: [reduced("ReduceMax", layer, layer.keepDimensions, &place)]
    case let layer as GlobalMaxPooling3D: [reduced("ReduceMax", layer, layer.keepDimensions, &place)]
    case let layer as ZeroPadding1D: [try padded(layer, layer.padding, &place)]
    case let layer as ZeroPadding2D: [try padded(layer, layer.padding, &place)]
    case let layer as ZeroPadding3D: [try padded(layer, layer.padding, &place)]
    case let layer as Cropping1D: [try cropped(layer, layer.cropping, &place)]
    case let layer as Cropping2D: [try cropped(layer, layer.cropping, &place)]
    case let layer as Cropping3D: [try cropped(layer, layer.cropping, &place)]
    case let layer as UpSampling1D: [resized(layer, layer.size, layer.interpolation, &place)]
    case let layer as UpSampling2D: [resized(layer, layer.size, layer.interpolation, &place)]
    case let layer as UpSampling3D: [resized(layer, layer.size, layer.interpolation, &place)]
    default: nil
    }
  }

  private static func pool<Space: SpatialRank>(
    _ type: String, _ layer: MaxPooling<Space>, _ place: inout ONNXPlace
  ) -> String {
    pool(type, Space.rank, layer.poolSize, layer.strides, layer.padding, &place)
  }

  private static func pool<Space: SpatialRank>(
    _ type: String, _ layer: AveragePooling<Space>, _ place: inout ONNXPlace
  ) -> String {
    pool(type, Space.rank, layer.poolSize, layer.strides, layer.padding, &place)
  }

  private static func pool(
    _ type: String, _ rank: Int, _ size: Extent, _ strides: Extent, _ padding: Padding,
    _ place: inout ONNXPlace
  ) -> String {
    let value = place.graph.channelsFirst(place.input, rank: rank + 2)
    var attributes = ONNXConvolution.window(
      place.shape, kernel: size, strides: strides, dilations: 1, padding, rank: rank)
    attributes["dilations"] = nil
    let result = place.graph.add(type, [value], attributes)
    return place.graph.channelsLast(result, rank: rank + 2)
  }

  private static func reduced<Maps: SpatialLayer>(
    _ type: String, _ layer: Maps, _ keep: Bool, _ place: inout ONNXPlace
  ) -> String {
    place.graph.add(
      type, [place.input],
      ["axes": .integers(Array(1...Maps.Space.rank)), "keepdims": .integer(keep ? 1 : 0)])
  }

  private static func amounts(_ borders: Borders, _ rank: Int) throws -> [[Int]] {
    guard let amounts = borders.amounts(rank: rank) else { throw ONNXRefusal("has borders of another rank") }
    return amounts
  }

  private static func padded<Maps: SpatialLayer>(
    _ layer: Maps, _ padding: Borders, _ place: inout ONNXPlace
  ) throws -> String {
    let amounts = try amounts(padding, Maps.Space.rank)
    let pads = [0] + amounts.map { $0[0] } + [0, 0] + amounts.map { $0[1] } + [0]
    return place.graph.add("Pad", [place.input, place.graph.integers(pads), place.graph.number(0)])
  }

  private static func cropped<Maps: SpatialLayer>(
    _ layer: Maps, _ cropping: Borders, _ place: inout ONNXPlace
  ) throws -> String {
    let amounts = try amounts(cropping, Maps.Space.rank)
    return place.graph.add(
      "Slice",
      [
        place.input, place.graph.integers(amounts.map { $0[0] }),
        place.graph.integers(amounts.map { $0[1] == 0 ? Int(Int32.max) : -$0[1] }),
        place.graph.integers(Array(1...Maps.Space.rank)),
      ])
  }

  private static func resized<Maps: SpatialLayer>(
    _ layer: Maps, _ size: Extent, _ interpolation: Interpolation, _ place: inout ONNXPlace
  ) -> String {
    let rank = Maps.Space.rank
    let factors = [1, 1] + size.values(rank: rank).map(Float.init)
    let scales = place.weight("scales", Tensor(factors, shape: [factors.count]))
    let value = place.graph.channelsFirst(place.input, rank: rank + 2)
    let isNearest = interpolation == .nearest
    let result = place.graph.add(
      "Resize", [value, "", scales],
      [
        "mode": .text(isNearest ? "nearest" : "linear"),
        "coordinate_transformation_mode": .text(isNearest ? "asymmetric" : "half_pixel"),
        "nearest_mode": .text("floor"),
      ])
    return place.graph.channelsLast(result, rank: rank + 2)
  }
}
