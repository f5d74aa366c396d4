/// The eight ways to lay a square grid on itself; of a rectangle that is no square only four.
public enum GridSymmetry: String, CaseIterable, Codable, Sendable {
  case identity
  /// Rows in reverse order: what was up is down.
  case flipRows = "flip-rows"
  /// Columns in reverse order: what was left is right.
  case flipColumns = "flip-columns"
  case halfTurn = "half-turn"
  /// A quarter turn clockwise.
  case quarterTurn = "quarter-turn"
  /// Three quarters clockwise, one the other way.
  case backTurn = "back-turn"
  /// Rows and columns exchanged.
  case transpose
  /// Exchanged over the other diagonal.
  case antitranspose

  /// Whether height and width change places.
  public var exchangesAxes: Bool {
    switch self {
    case .identity, .flipRows, .flipColumns, .halfTurn: false
    case .quarterTurn, .backTurn, .transpose, .antitranspose: true
    }
  }

  /// Where the pixel of the result at (row, column) comes from in a grid of `height`×`width`.
  package func source(row: Int, column: Int, height: Int, width: Int) -> (row: Int, column: Int) {
    switch self {
    case .identity: (row, column)
    case .flipRows: (height - 1 - row, column)
    case .flipColumns: (row, width - 1 - column)
    case .halfTurn: (height - 1 - row, width - 1 - column)
    case .quarterTurn: (height - 1 - column, row)
    case .backTurn: (column, width - 1 - row)
    case .transpose: (column, row)
    case .antitranspose: (height - 1 - column, width - 1 - row)
    }
  }
}
