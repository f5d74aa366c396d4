import Foundation
import Motion
import SafeTensors
import Testing

/// Motion against pysteps and OpenCV (`Reference/motion.py`): rain that turns and drifts, once with parts
/// missing.
@Suite struct GoldenMotionTests {
  struct Golden {
    let file: SafeTensorsFile
    let fields: [ImageField]

    init(_ name: String) throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      file = try SafeTensorsFile(contentsOf: folder.appending(path: "Goldens/motion/\(name).safetensors"))
      let shape = try file.shape("rain")
      let rain = try file.floats("rain")
      let pixels = shape[1] * shape[2]
      fields = try (0..<shape[0]).map { time in
        let values = Array(rain[time * pixels..<(time + 1) * pixels])
        return try ImageField(
          height: shape[1], width: shape[2], values: values, isValid: values.map { $0 >= 0 })
      }
    }

    /// The values of a tensor cut into rows of `length`.
    func rows(_ name: String, of length: Int) throws -> [[Float]] {
      let values = try file.floats(name)
      return stride(from: 0, to: values.count, by: length).map { Array(values[$0..<$0 + length]) }
    }
  }

  @Test(arguments: ["turning", "missing"]) func corners(name: String) throws {
    let golden = try Golden(name)
    let expected = try golden.rows("corners", of: 2).map { [Int($0[0]), Int($0[1])] }
    let ours = OpticalFlow().corners(in: golden.fields[0].decibels()).map { [$0.x, $0.y] }
    let shared = Set(ours).intersection(expected).count
    #expect(expected.count > 20)
    // Equal strengths may be taken in another order, which moves a neighbour.
    #expect(
      Double(shared) >= 0.95 * Double(max(ours.count, expected.count)), "\(shared) of \(expected.count)")
  }

  @Test(arguments: ["turning", "missing"]) func vectors(name: String) throws {
    let golden = try Golden(name)
    let ours = try OpticalFlow().vectors(of: golden.fields.map { $0.decibels() })
    let expected = try golden.rows("vectors", of: 4)
    var errors: [Float] = []
    for vector in expected {
      let here = ours.filter { $0.x == vector[0] && $0.y == vector[1] }
      let error = here.map { max(abs($0.dx - vector[2]), abs($0.dy - vector[3])) }.min()
      if let error { errors.append(error) }
    }
    // pysteps overwrites the first rows before it seeks corners, and has some there that we have not.
    #expect(Double(errors.count) >= 0.8 * Double(max(expected.count, ours.count)))
    #expect(errors.sorted()[errors.count * 9 / 10] < 0.02)
  }

  @Test(arguments: ["turning", "missing"]) func denseMotion(name: String) throws {
    let golden = try Golden(name)
    let motion = try OpticalFlow().motion(of: golden.fields.map { $0.decibels() })
    let expected = try golden.rows("motion", of: motion.dx.count)
    for (ours, theirs) in [(motion.dx, expected[0]), (motion.dy, expected[1])] {
      let errors = zip(ours, theirs).map { abs($0 - $1) }
      let worst = errors.max() ?? 1
      #expect(worst < 0.15, "\(worst)")
      let mean = errors.reduce(0, +) / Float(errors.count)
      #expect(mean < 0.03, "\(mean)")
    }
  }

  @Test(arguments: ["turning", "missing"]) func extrapolation(name: String) throws {
    let golden = try Golden(name)
    let last = golden.fields[golden.fields.count - 1]
    let pixels = last.values.count
    let motion = try golden.rows("motion", of: pixels)
    let field = try MotionField(height: last.height, width: last.width, dx: motion[0], dy: motion[1])
    let expected = try golden.rows("extrapolated", of: pixels)
    let ours = try SemiLagrangian().extrapolate(last, along: field, steps: 4)
    for (ours, theirs) in zip([ours[0], ours[3]], expected) {
      #expect(zip(ours.isValid, theirs).allSatisfy { $0 == ($1 >= 0) })
      let worst = ours.values.indices.reduce(Float(0)) {
        ours.isValid[$1] ? max($0, abs(ours.values[$1] - theirs[$1])) : $0
      }
      #expect(worst < 1e-4, "\(worst)")
    }
  }
}
