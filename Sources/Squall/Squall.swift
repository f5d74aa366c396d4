// `import Squall` is enough for tensors, layers, contenders and training.
@_exported import Autodiff
@_exported import Contenders
@_exported import Layers
@_exported import SafeTensors
@_exported import Support
@_exported import TensorCore
@_exported import Training
