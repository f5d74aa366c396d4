import COneDNN

/// A oneDNN operation that is ready to run.
///
/// `@unchecked Sendable`, with this proof: `handle` is set once; the C side says that an operation is immutable
/// after creation and usable from any number of threads at once (streams, memory objects and scratchpads live
/// for one execution only), and `deinit` runs when nobody holds it any more.
final class Operation: @unchecked Sendable {
  /// One array of an operation: which one it is, and where it lies.
  struct Binding {
    let argument: squall_onednn_argument
    let address: UnsafeMutableRawPointer

    static func reads(_ argument: squall_onednn_argument, _ address: UnsafePointer<Float>) -> Binding {
      Binding(argument: argument, address: UnsafeMutableRawPointer(mutating: address))
    }

    static func writes(_ argument: squall_onednn_argument, _ address: UnsafeMutablePointer<Float>) -> Binding
    {
      Binding(argument: argument, address: UnsafeMutableRawPointer(address))
    }
  }

  private let handle: OpaquePointer
  private let scratchpadCount: Int

  /// `nil` where oneDNN has no such operation; the plain twin then does the work.
  init?(_ key: OperationKey) {
    var message = squall_onednn_message()
    var description = key.description
    guard let handle = squall_onednn_create(&description, &message) else { return nil }
    self.handle = handle
    scratchpadCount = (squall_onednn_scratchpad_bytes(handle) + 3) / 4
  }

  deinit { squall_onednn_destroy(handle) }

  /// oneDNN's name of the implementation it chose.
  var implementation: String { String(cString: squall_onednn_implementation(handle)) }

  /// How many floats the argument takes in oneDNN's own layout; 0 where that is the plain one.
  func packedCount(_ argument: squall_onednn_argument) -> Int {
    (squall_onednn_packed_bytes(handle, argument) + 3) / 4
  }

  /// Memory in which `execute` may work.
  func scratchpad() -> Storage? { scratchpadCount > 0 ? Storage(count: scratchpadCount) : nil }

  /// The argument converted to oneDNN's layout; `nil` where the plain one serves.
  func packed(_ argument: squall_onednn_argument, _ plain: UnsafePointer<Float>) -> Storage? {
    let count = packedCount(argument)
    guard count > 0 else { return nil }
    let storage = Storage(count: count)
    var message = squall_onednn_message()
    check(squall_onednn_pack(handle, argument, plain, storage.address, &message), message)
    return storage
  }

  /// Converts an output from oneDNN's layout.
  func unpack(_ argument: squall_onednn_argument, _ packed: Storage, into plain: UnsafeMutablePointer<Float>)
  {
    var message = squall_onednn_message()
    check(squall_onednn_unpack(handle, argument, packed.address, plain, &message), message)
  }

  /// Runs the operation. Packed arguments are bound in their packed form.
  func execute(_ bindings: [Binding], scratchpad given: Storage? = nil) {
    var arguments = squall_onednn_arguments()
    withUnsafeMutableBytes(of: &arguments) { bytes in
      let slots = bytes.bindMemory(to: UnsafeMutableRawPointer?.self)
      for binding in bindings { slots[Int(binding.argument.rawValue)] = binding.address }
    }
    let working = given ?? scratchpad()
    var message = squall_onednn_message()
    withExtendedLifetime(working) {
      check(squall_onednn_execute(handle, &arguments, working?.address, &message), message)
    }
  }

  /// Arguments are complete and memory is ours, so what fails here is a mistake in this folder.
  private func check(_ status: squall_onednn_status, _ message: squall_onednn_message) {
    guard status != squall_onednn_ok else { return }
    let text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    preconditionFailure(text)
  }
}
