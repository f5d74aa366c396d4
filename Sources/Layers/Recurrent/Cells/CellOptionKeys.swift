/// The names that Keras gives to the options of cells, and a few of our own.
enum CellOptionKeys: String, CodingKey {
  case units, filters, activation, strides, padding, dropout, peepholes, rank
  case recurrentActivation = "recurrent_activation"
  case recurrentDropout = "recurrent_dropout"
  case useBias = "use_bias"
  case unitForgetBias = "unit_forget_bias"
  case resetAfter = "reset_after"
  case layerNormalization = "layer_normalization"
  case kernelSize = "kernel_size"
  case dilationRate = "dilation_rate"
  case dataFormat = "data_format"
}

extension KeyedEncodingContainer where Key == CellOptionKeys {
  /// Writes the rates of dropout where there is any.
  mutating func encode(dropout: Float, recurrentDropout: Float) throws {
    if dropout != 0 { try encode(dropout, forKey: .dropout) }
    if recurrentDropout != 0 { try encode(recurrentDropout, forKey: .recurrentDropout) }
  }
}
