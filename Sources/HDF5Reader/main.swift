// A small program that reads foreign HDF5 files for another one: see HDF5Sandbox. `squall` serves itself; this is
// for tests and for programs that use Squall as a library.
import Foundation
import HDF5

HDF5Child.serveIfAsked()
FileHandle.standardError.write(Data("This program is started by others, to read HDF5 files for them.\n".utf8))
exit(64)
