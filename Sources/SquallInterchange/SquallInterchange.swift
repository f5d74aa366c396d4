// `import SquallInterchange` is enough for reading and writing models of Keras, PyTorch and ONNX.
@_exported import Interchange
@_exported import Squall
