import TensorCore
import Testing

/// What lies outside of a tensor is never read: the program ends with a message that names the sizes, in release builds
/// too.
@Suite struct BoundsTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func slices() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Movement.slice(.zeros([2, 3, 4]), axis: 1, 2..<5))
    }
    #expect(
      text(result).contains("expected a range within 0..<3, axis 1 of the shape [2, 3, 4]; found 2..<5"))
  }

  @Test func slicesBelowZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Movement.slice(.zeros([2, 3, 4]), axis: -1, -1..<2))
    }
    #expect(
      text(result).contains("expected a range within 0..<4, axis 2 of the shape [2, 3, 4]; found -1..<2"))
  }

  @Test func axes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.zeros([2, 3]).shape[2])
    }
    #expect(text(result).contains("expected an axis in -2..<2 of the shape [2, 3]; found 2"))
  }

  @Test func counts() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor([1, 2, 3, 4, 5], shape: [2, 3]))
    }
    #expect(text(result).contains("expected 6 values for the shape [2, 3]; found 5"))
  }

  @Test func negativeLengths() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor(repeating: 1, shape: [-2, -3]))
    }
    #expect(text(result).contains("expected axes of length 0 or more; found the shape [-2, -3]"))
  }

  @Test func views() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.zeros([2, 3]).viewed(as: [4]))
    }
    #expect(text(result).contains("expected a shape of 6 values, as [2, 3] has; found [4]"))
  }

  @Test func concatenations() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Movement.concatenated([.zeros([2, 3]), .zeros([1, 3])], axis: 1))
    }
    #expect(text(result).contains("expected shapes that differ in axis 1 alone; found [2, 3] and [1, 3]"))
  }

  @Test func gatheredRows() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Movement.gathered(.zeros([2, 3]), [0, 2]))
    }
    #expect(text(result).contains("expected indices within 0..<2, axis 0 of the shape [2, 3]; found [0, 2]"))
  }

  @Test func borders() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Movement.cropped(.zeros([2, 3]), before: [0, 2], after: [0, 2]))
    }
    #expect(text(result).contains("expected no more to crop than the shape [2, 3] has"))
  }

  @Test func broadcasting() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Elementwise.map(.zeros([2, 3]), .zeros([2])) { $0 + $1 })
    }
    #expect(text(result).contains("expected shapes that broadcast; found [2, 3] and [2]"))
  }

  /// What lies just within is read.
  @Test func theLastOnesCount() {
    let x = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
    #expect(Movement.slice(x, axis: 1, 2..<3).values == [8, 9, 10, 11, 20, 21, 22, 23])
    #expect(Movement.slice(x, axis: 0, 2..<2).shape == [0, 3, 4])
    #expect(Movement.gathered(x, [1, 0]).values.first == 12)
    #expect(Movement.cropped(x, before: [0, 1, 2], after: [0, 2, 2]).count == 0)
  }
}
