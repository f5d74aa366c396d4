// `import SquallData` is enough for reading files, cutting samples from them and generating data.
@_exported import Readers
@_exported import Sampling
@_exported import Support
@_exported import Synthesis
