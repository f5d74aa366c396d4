import Autodiff
import TensorCore

/// A model that is nothing but named tensors.
struct Weights: Parameterized {
  let names: [String]
  var values: [Parameter]

  init(_ tensors: [(String, Tensor)]) {
    names = tensors.map(\.0)
    values = tensors.map { Parameter($0.1) }
  }

  subscript(name: String) -> Tensor { values[names.firstIndex(of: name)!].value }

  mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    for i in names.indices { try visit(names[i], &values[i]) }
  }
}
