// `import Squall` is enough for tensors, layers, both families and training.
@_exported import Architectures
@_exported import Autodiff
@_exported import Layers
@_exported import SafeTensors
@_exported import Support
@_exported import TensorCore
@_exported import Training
