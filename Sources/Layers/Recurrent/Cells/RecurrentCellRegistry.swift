import Synchronization

/// The cells that files may name. Those of Squall are known from the start; a program registers its own
/// before it loads a model that has them.
public enum RecurrentCellRegistry {
  private static let types = Mutex<[String: any RecurrentCell.Type]>(builtIn)

  private static var builtIn: [String: any RecurrentCell.Type] {
    let all: [any RecurrentCell.Type] = [
      ConvGRUCell.self, ConvLSTMCell.self, GRUCell.self, LSTMCell.self, SimpleRNNCell.self,
      SpatioTemporalLSTMCells.self, StackedRNNCells.self,
    ]
    return Dictionary(uniqueKeysWithValues: all.map { ($0.typeName, $0) })
  }

  /// Makes a cell known under its `typeName`.
  public static func register(_ type: any RecurrentCell.Type) {
    types.withLock { $0[type.typeName] = type }
  }

  /// The names of all known cells.
  public static var names: [String] { types.withLock { $0.keys.sorted() } }

  static func type(named name: String) -> (any RecurrentCell.Type)? { types.withLock { $0[name] } }
}

/// A cell of any type in a file: `{"class_name": …, "config": {…}}`.
struct RecurrentCellRecord: Codable {
  var cell: any RecurrentCell

  init(_ cell: any RecurrentCell) { self.cell = cell }

  private enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .className)
    guard let type = RecurrentCellRegistry.type(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .className, in: container,
        debugDescription:
          "unknown cell \"\(name)\"; known: \(RecurrentCellRegistry.names.joined(separator: ", "))."
          + " A cell of your own must be registered with RecurrentCellRegistry.register.")
    }
    cell = try type.init(from: container.superDecoder(forKey: .config))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Swift.type(of: cell).typeName, forKey: .className)
    try cell.encode(to: container.superEncoder(forKey: .config))
  }
}
