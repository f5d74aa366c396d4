/// A ConvLSTM (Shi et al. 2015, without peepholes, as Keras' `ConvLSTM1D/2D/3D`) over whole sequences as one
/// operation. Shapes have been checked by the geometry.
///
/// z = W ∗ x + U ∗ h₋ + b;  i, f, o = recurrentActivation(z), g = activation(z);  c = f c₋ + i g;
/// h = o activation(c)
package enum ConvLSTMSequence {
  /// All steps of a sequence.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, space…, channels]`
  ///   - kernel: `[kernel space…, channels, 4 · filters]`
  ///   - recurrentKernel: `[kernel space…, filters, 4 · filters]`
  ///   - bias: `[4 · filters]`
  ///   - initialHidden: `[batch, output space…, filters]`; `nil` is zero.
  ///   - initialCell: `[batch, output space…, filters]`; `nil` is zero.
  ///   - geometry: the sizes, checked.
  ///   - returningSequence: whether all hidden states are wanted or only the last.
  ///   - keepingContext: whether a gradient will be asked for; otherwise only the sequence grows with time.
  package static func forward(
    _ input: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor?, initialHidden: Tensor? = nil,
    initialCell: Tensor? = nil, _ geometry: ConvLSTMGeometry, returningSequence: Bool = true,
    keepingContext: Bool = false
  ) -> RecurrentResult {
    GatedSequence.forward(
      RecurrentOperands(
        input: input, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
        initialHidden: initialHidden, initialCell: initialCell), geometry,
      returningSequence: returningSequence, keepingContext: keepingContext)
  }

  /// The cotangents of all operands from those of the sequence, the last hidden and the last cell state; `nil`
  /// counts as zero. The sequence's cotangent has the order of the sequence, whatever `goBackwards` is.
  ///
  /// With `usingUpContext` gradients of the gates take the place of the gates that the context keeps, which saves
  /// memory, and the context must not be used again.
  package static func gradient(
    sequence: Tensor?, hidden: Tensor?, cell: Tensor?, context: RecurrentContext,
    _ geometry: ConvLSTMGeometry, wantingInput: Bool = true, wantingInitialState: Bool = true,
    usingUpContext: Bool = false
  ) -> RecurrentGradients {
    GatedSequence.gradient(
      sequence: sequence, hidden: hidden, cell: cell, context, geometry, wantingInput: wantingInput,
      wantingInitialState: wantingInitialState, usingUpContext: usingUpContext)
  }

  /// One step: `input` `[batch, space…, channels]`, in a geometry of one time step.
  package static func step(
    _ input: Tensor, hidden: Tensor?, cell: Tensor?, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor?,
    _ geometry: ConvLSTMGeometry
  ) -> (hidden: Tensor, cell: Tensor) {
    require(geometry.time == 1, "expected a geometry of one time step; found \(geometry.time)")
    let result = forward(
      input.viewed(as: geometry.inputShape), kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      initialHidden: hidden, initialCell: cell, geometry, returningSequence: false)
    return (result.hidden, result.cell)
  }
}
