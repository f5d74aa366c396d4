// `import SquallForecast` is enough for training forecasters and classifiers on data, scoring them, and forecasting
// rain without training.
@_exported import Motion
@_exported import Nowcasting
@_exported import Squall
@_exported import SquallData
@_exported import Tasks
@_exported import Verification
