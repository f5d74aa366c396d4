import Squall

/// Clips `[batch, time, height, width, channels]` and their classes `[batch]`: 0 moves right, 1 left.
func movingDots(count: Int, random: inout RandomStream) -> (clips: Tensor, classes: Tensor) {
  let (frames, height, width) = (5, 8, 12)
  var pixels = [Float](repeating: 0, count: count * frames * height * width)
  var classes: [Float] = []
  for clip in 0..<count {
    let movesLeft = random.integer(below: 2)
    let row = random.integer(below: height)
    let start = random.integer(below: width - frames + 1)
    for frame in 0..<frames {
      let column = start + (movesLeft == 1 ? frames - 1 - frame : frame)
      pixels[((clip * frames + frame) * height + row) * width + column] = 1
    }
    classes.append(Float(movesLeft))
  }
  return (Tensor(pixels, shape: [count, frames, height, width, 1]), Tensor(classes, shape: [count]))
}
