// `import SquallForecast` is enough for training forecasters and classifiers on data, scoring them, and extrapolating
// motion.
@_exported import Motion
@_exported import Squall
@_exported import SquallData
@_exported import Tasks
@_exported import Verification
