/// One aspect in which models differ, measured on this data.
package struct MeasuredAspect: Codable, Hashable, Sendable {
  package enum Aspect: String, Codable, CaseIterable, Sendable {
    case architecture, dataHandling, temporalDynamics, efficiency, suitability, information

    /// As the table names it.
    package var title: String {
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

  package var aspect: Aspect
  /// What was found, a sentence for each model.
  package var findings: [String]
  /// The models that ``findings`` speak of, by name; nil for the report's models in their order.
  @Nullable package var models: [String]?
  /// What was measured and how, in a sentence or two.
  package var method: String
  package var figures: [MeasuredFigure]

  /// - Parameter models: The models that the findings speak of, by name; nil for the report's models in their order.
  package init(
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
package enum MeasuredFigure: Codable, Hashable, Sendable {
  case table(MeasuredTable)
  case chart(MeasuredChart)
  case graph(MeasuredGraph)
  case pictures(PicturePanel)
}

/// A table of text; numbers stand there as they are to be read.
package struct MeasuredTable: Codable, Hashable, Sendable {
  package var title: String
  package var columns: [String]
  package var rows: [[String]]

  package init(title: String, columns: [String], rows: [[String]]) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }
}

/// Lines over one axis.
package struct MeasuredChart: Codable, Hashable, Sendable {
  package var title: String
  package var xLabel: String
  package var yLabel: String
  /// Whether y is shown on a logarithmic scale.
  package var isLogarithmic: Bool
  package var lines: [MeasuredLine]
  /// Where on x these data lie; nil where that has no meaning.
  @Nullable package var marker: MeasuredMarker?

  package init(
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
package struct MeasuredMarker: Codable, Hashable, Sendable {
  package var name: String
  package var x: Double
  @Nullable package var interval: ScoreInterval?

  package init(name: String, x: Double, interval: ScoreInterval? = nil) {
    self.name = name
    self.x = x
    self.interval = interval
  }
}

/// One line of a ``MeasuredChart``.
package struct MeasuredLine: Codable, Hashable, Sendable {
  package var name: String
  /// Which of the report's models it belongs to, by index; nil for others, and where ``contender`` says it.
  @Nullable package var model: Int?
  /// The name of the model or baseline it belongs to; nil for others.
  @Nullable package var contender: String?
  package var points: [MeasuredPoint]

  /// A line of the report's model at index `model`; nil for a line of its own.
  package init(name: String, model: Int?, points: [MeasuredPoint]) {
    self.name = name
    self.model = model
    contender = nil
    self.points = points
  }

  /// A line of the model or baseline of that name; nil for a line of its own.
  package init(name: String, contender: String?, points: [MeasuredPoint]) {
    self.name = name
    model = nil
    self.contender = contender
    self.points = points
  }
}

/// One point of a ``MeasuredLine``.
package struct MeasuredPoint: Codable, Hashable, Sendable {
  package var x: Double
  @Measured package var y: Double?
  /// The lowest and the highest of what y is the mean of; nil where it is no mean.
  @Nullable package var range: ScoreInterval?

  package init(x: Double, y: Double?, range: ScoreInterval? = nil) {
    self.x = x
    self.y = y
    self.range = range
  }
}

/// A model as a graph: nodes in an order in which they can be computed.
package struct MeasuredGraph: Codable, Hashable, Sendable {
  package struct Node: Codable, Hashable, Sendable {
    package var name: String
    /// Type and output shape.
    package var text: String
    /// The nodes whose outputs it takes, by index.
    package var inputs: [Int]
    /// Whether what it hands on has lost the map's height and width.
    package var isVector: Bool

    package init(name: String, text: String, inputs: [Int], isVector: Bool) {
      self.name = name
      self.text = text
      self.inputs = inputs
      self.isVector = isVector
    }
  }

  package var title: String
  package var nodes: [Node]

  package init(title: String, nodes: [Node]) {
    self.title = title
    self.nodes = nodes
  }
}
