import Synchronization

/// The contenders that options and files may name. Those of Squall are known from the start; a program registers its
/// own before it compares them.
public enum Contenders {
  /// What a comparison takes unless told otherwise.
  public static let standard = [Conv2DLSTMForecaster.name, ConvLSTM2DForecaster.name]

  private static let forecasters = Mutex<[any ForecastContender.Type]>([
    Conv2DLSTMForecaster.self, ConvLSTM2DForecaster.self, ConvGRU2DForecaster.self,
    UNetForecaster.self, SimVPForecaster.self, StackedConvLSTMForecaster.self, PredRNNForecaster.self,
  ])
  private static let classifiers = Mutex<[any ClassificationContender.Type]>([
    Conv2DLSTMClassifier.self, ConvLSTM2DClassifier.self, CNNLastClassifier.self,
    CNNMeanClassifier.self, C3DClassifier.self, R2Plus1DClassifier.self,
  ])

  /// Makes a forecaster known under its name; one of the same name is replaced.
  public static func register(_ type: any ForecastContender.Type) {
    forecasters.withLock { known in
      known.removeAll { $0.name == type.name }
      known.append(type)
    }
  }

  /// Makes a classifier known under its name; one of the same name is replaced.
  public static func register(_ type: any ClassificationContender.Type) {
    classifiers.withLock { known in
      known.removeAll { $0.name == type.name }
      known.append(type)
    }
  }

  /// The names of all known forecasters.
  public static var forecasterNames: [String] { forecasters.withLock { $0.map { $0.name } } }

  /// The names of all known classifiers.
  public static var classifierNames: [String] { classifiers.withLock { $0.map { $0.name } } }

  /// The forecaster that a text such as `convlstm2d:kernel=5` names.
  ///
  /// - Throws: ``ContenderError`` that lists the known ones, or the options of this one.
  public static func forecaster(_ text: String) throws -> any ForecastContender {
    let name = try ContenderOptions(parsing: text).name
    guard let type = forecasters.withLock({ $0.first { $0.name == name } }) else {
      throw unknown(name, "forecaster", forecasterNames)
    }
    return try type.init(parsing: text)
  }

  /// The classifier that a text names.
  ///
  /// - Throws: as ``forecaster(_:)``.
  public static func classifier(_ text: String) throws -> any ClassificationContender {
    let name = try ContenderOptions(parsing: text).name
    guard let type = classifiers.withLock({ $0.first { $0.name == name } }) else {
      throw unknown(name, "classifier", classifierNames)
    }
    return try type.init(parsing: text)
  }

  private static func unknown(_ name: String, _ what: String, _ known: [String]) -> ContenderError {
    ContenderError(
      expected: "a \(what): \(known.joined(separator: ", "))", found: "“\(name)”",
      remedy: "Choose one of them. A program's own are registered with Contenders.register.")
  }
}
