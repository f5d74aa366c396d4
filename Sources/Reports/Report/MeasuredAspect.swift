/// One aspect in which models differ, measured on this data.
public struct MeasuredAspect: Codable, Hashable, Sendable {
  public enum Aspect: String, Codable, CaseIterable, Sendable {
    case architecture, dataHandling, temporalDynamics, efficiency, suitability, information

    /// As the table names it.
    public var title: String {
      switch self {
      case .architecture: "Architecture"
      case .dataHandling: "Data handling"
      case .temporalDynamics: "Temporal dynamics"
      case .efficiency: "Computational efficiency"
      case .suitability: "Application suitability"
      case .information: "Information retention"
      }
    }
  }

  public var aspect: Aspect
  /// What was found, a sentence for each model.
  public var findings: [String]
  /// The models that ``findings`` speak of, by name; nil for the report's models in their order.
  @Nullable public var models: [String]?
  /// What was measured and how, in a sentence or two.
  public var method: String
  public var figures: [MeasuredFigure]

  /// - Parameter models: The models that the findings speak of, by name; nil for the report's models in their order.
  public init(
    aspect: Aspect, findings: [String], method: String, figures: [MeasuredFigure] = [],
    models: [String]? = nil
  ) {
    self.aspect = aspect
    self.findings = findings
    self.models = models
    self.method = method
    self.figures = figures
  }
}

/// What a measurement shows.
public enum MeasuredFigure: Codable, Hashable, Sendable {
  case table(MeasuredTable)
  case chart(MeasuredChart)
  case graph(MeasuredGraph)
  case pictures(PicturePanel)
}

/// A table of text; numbers stand there as they are to be read.
public struct MeasuredTable: Codable, Hashable, Sendable {
  public var title: String
  public var columns: [String]
  public var rows: [[String]]

  public init(title: String, columns: [String], rows: [[String]]) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }
}

/// Lines over one axis.
public struct MeasuredChart: Codable, Hashable, Sendable {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  /// Whether y is shown on a logarithmic scale.
  public var isLogarithmic: Bool
  public var lines: [MeasuredLine]
  /// Where on x these data lie; nil where that has no meaning.
  @Nullable public var marker: MeasuredMarker?

  public init(
    title: String, xLabel: String, yLabel: String, isLogarithmic: Bool = false, lines: [MeasuredLine],
    marker: MeasuredMarker? = nil
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.isLogarithmic = isLogarithmic
    self.lines = lines
    self.marker = marker
  }
}

/// A place on the x axis of a ``MeasuredChart``.
public struct MeasuredMarker: Codable, Hashable, Sendable {
  public var name: String
  public var x: Double
  @Nullable public var interval: ScoreInterval?

  public init(name: String, x: Double, interval: ScoreInterval? = nil) {
    self.name = name
    self.x = x
    self.interval = interval
  }
}

/// One line of a ``MeasuredChart``.
public struct MeasuredLine: Codable, Hashable, Sendable {
  public var name: String
  /// Which of the report's models it belongs to, by index; nil for others, and where ``contender`` says it.
  @Nullable public var model: Int?
  /// The name of the model or baseline it belongs to; nil for others.
  @Nullable public var contender: String?
  public var points: [MeasuredPoint]

  /// A line of the report's model at index `model`; nil for a line of its own.
  public init(name: String, model: Int?, points: [MeasuredPoint]) {
    self.name = name
    self.model = model
    contender = nil
    self.points = points
  }

  /// A line of the model or baseline of that name; nil for a line of its own.
  public init(name: String, contender: String?, points: [MeasuredPoint]) {
    self.name = name
    model = nil
    self.contender = contender
    self.points = points
  }
}

/// One point of a ``MeasuredLine``.
public struct MeasuredPoint: Codable, Hashable, Sendable {
  public var x: Double
  @Measured public var y: Double?
  /// The lowest and the highest of what y is the mean of; nil where it is no mean.
  @Nullable public var range: ScoreInterval?

  public init(x: Double, y: Double?, range: ScoreInterval? = nil) {
    self.x = x
    self.y = y
    self.range = range
  }
}

/// A model as a graph: nodes in an order in which they can be computed.
public struct MeasuredGraph: Codable, Hashable, Sendable {
  public struct Node: Codable, Hashable, Sendable {
    public var name: String
    /// Type and output shape.
    public var text: String
    /// The nodes whose outputs it takes, by index.
    public var inputs: [Int]
    /// Whether what it hands on has lost the map's height and width.
    public var isVector: Bool

    public init(name: String, text: String, inputs: [Int], isVector: Bool) {
      self.name = name
      self.text = text
      self.inputs = inputs
      self.isVector = isVector
    }
  }

  public var title: String
  public var nodes: [Node]

  public init(title: String, nodes: [Node]) {
    self.title = title
    self.nodes = nodes
  }
}
