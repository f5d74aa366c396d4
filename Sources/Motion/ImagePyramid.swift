/// An image at several resolutions, each half of the one before, with margins for windows that reach over an
/// edge.
struct ImagePyramid {
  /// One resolution: grey levels mirrored into the margins, and Scharr gradients that are 0 there.
  struct Level {
    let height: Int
    let width: Int
    let margin: Int
    let stride: Int
    let pixels: [Float]
    /// Empty unless asked for.
    let dx: [Float]
    let dy: [Float]

    /// The place of a pixel in the arrays.
    func offset(_ x: Int, _ y: Int) -> Int { (y + margin) * stride + x + margin }

    init(_ image: ByteImage, margin: Int, withGradients: Bool) {
      (height, width, self.margin) = (image.height, image.width, margin)
      let stride = image.width + 2 * margin
      self.stride = stride
      var pixels = [Float](repeating: 0, count: stride * (image.height + 2 * margin))
      let columns = (-margin..<image.width + margin).map { reflected($0, image.width) }
      for y in -margin..<image.height + margin {
        let source = reflected(y, image.height) * image.width
        let target = (y + margin) * stride
        for x in 0..<stride { pixels[target + x] = Float(image.pixels[source + columns[x]]) }
      }
      self.pixels = pixels
      guard withGradients else {
        (dx, dy) = ([], [])
        return
      }
      var (dx, dy) = ([Float](repeating: 0, count: pixels.count), [Float](repeating: 0, count: pixels.count))
      for y in 0..<image.height {
        for x in 0..<image.width {
          let place = (y + margin) * stride + x + margin
          let (up, down) = (place - stride, place + stride)
          let corners = pixels[down + 1] - pixels[up - 1]
          let others = pixels[up + 1] - pixels[down - 1]
          dx[place] = 3 * (corners + others) + 10 * (pixels[place + 1] - pixels[place - 1])
          dy[place] = 3 * (corners - others) + 10 * (pixels[down] - pixels[up])
        }
      }
      (self.dx, self.dy) = (dx, dy)
    }
  }

  /// The finest first.
  let levels: [Level]

  /// At most `maximumLevel` halvings; none that would leave an image no larger than the window.
  init(_ image: ByteImage, maximumLevel: Int, window: Int, withGradients: Bool) {
    let margin = window + 10
    var levels = [Level(image, margin: margin, withGradients: withGradients)]
    var current = image
    while levels.count <= maximumLevel, (current.width + 1) / 2 > window, (current.height + 1) / 2 > window {
      current = current.halved()
      levels.append(Level(current, margin: margin, withGradients: withGradients))
    }
    self.levels = levels
  }
}
