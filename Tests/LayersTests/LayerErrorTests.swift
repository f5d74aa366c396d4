import Layers
import TensorCore
import Testing

/// User input that does not fit gets a typed error that says what was expected, what came and what to do.
@Suite struct LayerErrorTests {
  private func kind(_ body: () throws -> Void) -> ShapeError.Kind? {
    do {
      try body()
      return nil
    } catch let error as ShapeError {
      #expect(!error.expected.isEmpty && !error.received.isEmpty && !error.remedy.isEmpty)
      return error.kind
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test func wrongRank() throws {
    let layer = try ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same)
      .built(for: [nil, nil, nil, nil, 1])
    #expect(kind { _ = try layer(.ones([2, 4, 4, 1])) } == .wrongRank)
    #expect(kind { _ = try Conv2D(filters: 1, kernelSize: 1).built(for: [nil, 4, 4]) } == .wrongRank)
    #expect(kind { _ = try layer.step(.ones([4, 4, 1])) } == .wrongRank)
  }

  @Test func wrongChannels() throws {
    let layer = try ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same)
      .built(for: [nil, nil, nil, nil, 3])
    #expect(kind { _ = try layer(.ones([1, 2, 4, 4, 2])) } == .wrongChannels)
    let dense = try Dense(units: 2).built(for: [nil, 3])
    #expect(kind { _ = try dense(.ones([1, 4])) } == .wrongChannels)
    let transpose = try Conv2DTranspose(filters: 2, kernelSize: 2).built(for: [nil, nil, nil, 3])
    #expect(kind { _ = try transpose(.ones([1, 4, 4, 2])) } == .wrongChannels)
  }

  @Test func emptyDimension() throws {
    let layer = try ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same)
      .built(for: [nil, nil, nil, nil, 3])
    #expect(kind { _ = try layer(.ones([1, 0, 4, 4, 3])) } == .emptyDimension)
    #expect(kind { _ = try MaxPooling2D()(.ones([0, 4, 4, 1])) } == .emptyDimension)
    #expect(kind { _ = try Flatten()(.ones([0, 4])) } == .emptyDimension)
    #expect(kind { _ = try GlobalAveragePooling2D()(.ones([1, 0, 4, 1])) } == .emptyDimension)
  }

  @Test func kernelLargerThanInput() throws {
    let layer = try Conv2D(filters: 2, kernelSize: 5).built(for: [nil, nil, nil, 1])
    #expect(kind { _ = try layer(.ones([1, 4, 9, 1])) } == .kernelLargerThanInput)
    #expect(kind { _ = try MaxPooling2D(poolSize: 3)(.ones([1, 2, 9, 1])) } == .kernelLargerThanInput)
  }

  @Test func strideWithDilation() throws {
    #expect(
      kind {
        _ = try Conv2D(filters: 1, kernelSize: 3, strides: 2, dilationRate: 2).built(for: [nil, 9, 9, 1])
      } == .strideWithDilation)
    #expect(
      kind {
        _ = try ConvLSTM2D(filters: 1, kernelSize: 3, strides: 2, dilationRate: 2)
          .built(for: [nil, 3, 9, 9, 1])
      } == .strideWithDilation)
  }

  @Test func invalidOptions() throws {
    #expect(kind { _ = try Conv2D(filters: 0, kernelSize: 3).built(for: [nil, 9, 9, 1]) } == .invalidOption)
    #expect(kind { _ = try Conv2D(filters: 1, kernelSize: 0).built(for: [nil, 9, 9, 1]) } == .invalidOption)
    #expect(
      kind { _ = try Conv2D(filters: 1, kernelSize: [3, 3, 3]).built(for: [nil, 9, 9, 1]) } == .invalidOption)
    #expect(kind { _ = try Dropout(rate: 1)(.ones([1, 2])) } == .invalidOption)
    #expect(kind { _ = try LSTM(units: -1).built(for: [nil, 3, 2]) } == .invalidOption)
    #expect(
      kind { _ = try LSTM(units: 1, activation: .softmax).built(for: [nil, 3, 2]) } == .invalidOption)
    #expect(kind { _ = try AveragePooling2D(poolSize: 0)(.ones([1, 4, 4, 1])) } == .invalidOption)
  }

  @Test func stateThatDoesNotFit() throws {
    let layer = try LSTM(units: 3).built(for: [nil, nil, 2])
    var context = Context.inference
    #expect(
      kind { _ = try layer.call([.ones([2, 4, 2]), .ones([2, 3])], context: &context) } == .wrongInputCount)
    #expect(
      kind {
        _ = try layer.call([.ones([2, 4, 2]), .ones([2, 4]), .ones([2, 4])], context: &context)
      } == .wrongLength)
  }

  @Test func notBuilt() {
    #expect(kind { _ = try Dense(units: 2)(.ones([1, 2])) } == .notBuilt)
    #expect(kind { _ = try LSTM(units: 2)(.ones([1, 2, 2])) } == .notBuilt)
    #expect(kind { _ = try ConvLSTM2D(filters: 1, kernelSize: 1)(.ones([1, 2, 2, 2, 1])) } == .notBuilt)
  }

  @Test func modelsNameTheInputThatDoesNotFit() throws {
    let model = try Sequential(input: [nil, 4, 8, 8, 1]) {
      ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same)
      GlobalAveragePooling2D()
    }
    #expect(kind { _ = try model(.ones([1, 4, 8, 8, 2])) } == .wrongChannels)
    #expect(kind { _ = try model(.ones([1, 8, 8, 1])) } == .wrongRank)
    #expect(kind { _ = try model(.ones([1, 4, 9, 8, 1])) } == .wrongLength)
  }
}
