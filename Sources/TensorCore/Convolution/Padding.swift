/// How a window meets the border of its input, by TensorFlow's and Keras' rules.
public enum Padding: String, CaseIterable, Codable, Sendable {
  /// Windows lie inside the input: the output shrinks.
  case valid
  /// Zeros are added so that stride 1 keeps the size and stride s gives ⌈size / s⌉; an odd zero goes last.
  case same
  /// Zeros are added in front only, so that no output sees what comes after it; for convolutions over time.
  case causal

  /// How many outputs windows of `kernel` taps, `dilation` apart, give along an axis of `length` elements; 0 or
  /// less if none fits.
  package func outputLength(_ length: Int, kernel: Int, stride: Int, dilation: Int = 1) -> Int {
    switch self {
    case .valid:
      let reach = (kernel - 1) * dilation + 1
      return length < reach ? 0 : (length - reach) / stride + 1
    case .same, .causal: return (length + stride - 1) / stride
    }
  }

  /// How many zeros come before and after an axis of `length` elements.
  package func amounts(
    _ length: Int, kernel: Int, stride: Int, dilation: Int = 1
  ) -> (before: Int, after: Int) {
    if self == .causal { return ((kernel - 1) * dilation, 0) }
    guard self == .same else { return (0, 0) }
    let outputs = outputLength(length, kernel: kernel, stride: stride, dilation: dilation)
    let total = max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - length)
    return (total / 2, total - total / 2)
  }

  /// How long a transposed convolution makes an axis of `length` elements, by Keras' rule.
  package func transposedLength(
    _ length: Int, kernel: Int, stride: Int, dilation: Int = 1, outputPadding: Int? = nil
  ) -> Int {
    let reach = (kernel - 1) * dilation + 1
    switch (self, outputPadding) {
    case (.valid, nil): return length * stride + max(reach - stride, 0)
    case (.same, nil), (.causal, nil): return length * stride
    case (.valid, let extra?): return (length - 1) * stride + reach + extra
    case (.same, let extra?), (.causal, let extra?):
      return (length - 1) * stride + reach - 2 * (reach / 2) + extra
    }
  }
}
