import Support
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct FourierTransformTests {
  @Test(arguments: [
    (4, 8), (16, 2), (1, 4), (1, 1), (6, 10), (7, 5), (9, 4), (1, 30), (25, 3), (37, 20), (3, 41), (1, 74),
    (47, 1),
  ])
  func sumsAreThoseOfTheDefinition(height: Int, width: Int) {
    var field = ComplexField(height: height, width: width)
    for index in 0..<height * width {
      field.real[index] = sin(Double(3 * index + 1))
      field.imaginary[index] = cos(Double(index * index))
    }
    var transformed = field
    let transform = FourierTransform(height: height, width: width)
    transform.forward(&transformed)
    for ky in 0..<height {
      for kx in 0..<width {
        var (real, imaginary) = (0.0, 0.0)
        for y in 0..<height {
          for x in 0..<width {
            let angle =
              -2 * Double.pi
              * (Double(ky * y) / Double(height) + Double(kx * x) / Double(width))
            let index = y * width + x
            real += field.real[index] * cos(angle) - field.imaginary[index] * sin(angle)
            imaginary += field.real[index] * sin(angle) + field.imaginary[index] * cos(angle)
          }
        }
        #expect(abs(transformed.real[ky * width + kx] - real) < 1e-10)
        #expect(abs(transformed.imaginary[ky * width + kx] - imaginary) < 1e-10)
      }
    }
    transform.inverse(&transformed)
    #expect(zip(transformed.real, field.real).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(transformed.imaginary, field.imaginary).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}
