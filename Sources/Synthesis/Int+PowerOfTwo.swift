extension Int {
  /// The smallest power of two that is not below.
  var roundedUpToPowerOfTwo: Int {
    var power = 1
    while power < self { power *= 2 }
    return power
  }
}
