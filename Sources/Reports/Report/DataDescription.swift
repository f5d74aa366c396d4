/// What the models learned from and were tested on.
package struct DataDescription: Codable, Hashable, Sendable {
  /// Short name, for example "KNMI rain radar".
  package var name: String
  /// One or two sentences: where it is from, how many frames, which period.
  package var summary: String
  /// What a pixel holds, as it appears in "rain > 2 mm/h".
  package var quantity: String
  /// Unit of the pixels and thresholds, "mm/h"; empty for pure numbers.
  package var unit: String
  /// What lead times count.
  package var leadTimeUnit: LeadTimeUnit
  /// Frames the models see.
  package var inputFrames: Int
  /// Frames they forecast; nil for classification.
  @Nullable package var forecastFrames: Int?
  /// Class names in the order of the confusion matrices; empty for forecasts.
  package var classes: [String]
  /// Parts of the data in time order: training, validation, test.
  package var split: [SplitPart]
  /// The tiles that all models share; nil where whole frames are used.
  @Nullable package var tiles: TileDescription?

  package init(
    name: String, summary: String, quantity: String = "rain", unit: String = "mm/h",
    leadTimeUnit: LeadTimeUnit = .minutes, inputFrames: Int, forecastFrames: Int? = nil,
    classes: [String] = [], split: [SplitPart] = [], tiles: TileDescription? = nil
  ) {
    self.name = name
    self.summary = summary
    self.quantity = quantity
    self.unit = unit
    self.leadTimeUnit = leadTimeUnit
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
    self.classes = classes
    self.split = split
    self.tiles = tiles
  }
}

/// What the numbers of ``LeadTimeResult/leadTime`` count.
package enum LeadTimeUnit: String, Codable, CaseIterable, Sendable {
  case minutes, frames
}

/// One part of the split.
package struct SplitPart: Codable, Hashable, Sendable {
  /// "training", "validation", "test".
  package var name: String
  /// Period or selection in words, for example "04:40 to 07:35 UTC".
  package var extent: String
  /// Windows or clips in it.
  package var samples: Int

  package init(name: String, extent: String, samples: Int) {
    self.name = name
    self.extent = extent
    self.samples = samples
  }
}

/// The square tiles that every model and baseline is scored on.
package struct TileDescription: Codable, Hashable, Sendable {
  /// Pixels.
  package var height: Int
  /// Pixels.
  package var width: Int
  /// Size of a pixel, for example "2 km".
  package var resolution: String
  /// How the tiles are chosen.
  package var selection: String

  package init(height: Int, width: Int, resolution: String, selection: String) {
    self.height = height
    self.width = width
    self.resolution = resolution
    self.selection = selection
  }
}
