/// Axes made longer by a whole factor, and the transposes of that. Shapes have been checked by the caller.
package enum Resampling {
  /// Every entry of an axis `factor` times in a row.
  package static func nearest(_ a: Tensor, axis: Int, factor: Int) -> Tensor {
    require(factor >= 1, "expected a factor from 1; found \(factor)")
    let sizes = Sizes(a.shape, axis)
    var shape = a.shape
    shape[axis] *= factor
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        for row in 0..<sizes.outer * sizes.length {
          for copy in 0..<factor {
            (out + (row * factor + copy) * sizes.inner).initialize(
              from: x + row * sizes.inner, count: sizes.inner)
          }
        }
      }
    }
  }

  /// The sum of every `factor` entries in a row: the cotangent of `nearest`'s input.
  package static func nearestGradient(_ g: Tensor, axis: Int, factor: Int) -> Tensor {
    var shape = g.shape
    shape[axis] /= factor
    let sizes = Sizes(shape, axis)
    return Tensor(shape: shape) { out in
      g.withUnsafeValues { g in
        guard let g = g.baseAddress, let out = out.baseAddress else { return }
        for row in 0..<sizes.outer * sizes.length {
          let to = out + row * sizes.inner
          to.initialize(from: g + row * factor * sizes.inner, count: sizes.inner)
          for copy in 1..<max(factor, 1) {
            let from = g + (row * factor + copy) * sizes.inner
            for i in 0..<sizes.inner { to[i] += from[i] }
          }
        }
      }
    }
  }

  /// Linear interpolation between the centres of an axis's entries, as TensorFlow's `bilinear` does for each of
  /// two axes: output i lies at (i + ½) / factor − ½; beyond the outermost centres their values go on.
  package static func linear(_ a: Tensor, axis: Int, factor: Int) -> Tensor {
    require(factor >= 1, "expected a factor from 1; found \(factor)")
    let sizes = Sizes(a.shape, axis)
    let taps = Self.taps(length: sizes.length, factor: factor)
    var shape = a.shape
    shape[axis] *= factor
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        ThreadTeam.forEach(count: sizes.outer, grain: sizes.grain(factor)) { part in
          for block in part {
            for (i, tap) in taps.enumerated() {
              let to = out + (block * taps.count + i) * sizes.inner
              let low = x + (block * sizes.length + tap.lower) * sizes.inner
              let high = x + (block * sizes.length + tap.upper) * sizes.inner
              for k in 0..<sizes.inner {
                (to + k).initialize(to: low[k] + (high[k] - low[k]) * tap.share)
              }
            }
          }
        }
      }
    }
  }

  /// The cotangent of `linear`'s input.
  package static func linearGradient(_ g: Tensor, axis: Int, factor: Int) -> Tensor {
    var shape = g.shape
    shape[axis] /= factor
    let sizes = Sizes(shape, axis)
    let taps = Self.taps(length: sizes.length, factor: factor)
    return Tensor(shape: shape) { out in
      out.initialize(repeating: 0)
      g.withUnsafeValues { g in
        guard let g = g.baseAddress, let out = out.baseAddress else { return }
        ThreadTeam.forEach(count: sizes.outer, grain: sizes.grain(factor)) { part in
          for block in part {
            for (i, tap) in taps.enumerated() {
              let from = g + (block * taps.count + i) * sizes.inner
              let low = out + (block * sizes.length + tap.lower) * sizes.inner
              let high = out + (block * sizes.length + tap.upper) * sizes.inner
              for k in 0..<sizes.inner {
                low[k] += from[k] * (1 - tap.share)
                high[k] += from[k] * tap.share
              }
            }
          }
        }
      }
    }
  }

  /// Between which entries an output lies, and how far towards the upper one.
  private struct Tap {
    let lower: Int
    let upper: Int
    let share: Float
  }

  private static func taps(length: Int, factor: Int) -> [Tap] {
    (0..<length * factor).map { i in
      let place = (Float(i) + 0.5) / Float(factor) - 0.5
      let lower = Int(place.rounded(.down))
      return Tap(
        lower: max(lower, 0), upper: min(lower + 1, length - 1), share: place - place.rounded(.down))
    }
  }

  private struct Sizes {
    let outer: Int
    let length: Int
    let inner: Int

    init(_ shape: Shape, _ axis: Int) {
      let axis = shape.index(ofAxis: axis)
      outer = shape.dimensions[..<axis].reduce(1, *)
      length = shape[axis]
      inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    }

    /// How many stretches of the axis, made `factor` times longer, one thread takes at least.
    func grain(_ factor: Int) -> Int { Elementwise.grain / max(length * factor * inner, 1) + 1 }
  }
}
