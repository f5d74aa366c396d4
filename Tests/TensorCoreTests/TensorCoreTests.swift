import Testing

/// The suites in this group change the size of the one thread team, so they run one after another.
@Suite(.serialized)
enum KernelTests {}
