import CTorch

/// A failure inside libtorch, with its message.
public struct TorchError: Error, CustomStringConvertible, Sendable {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

/// Runs one call of the C ABI and turns its status into a Swift error.
@inline(__always)
func checked(_ status: Int32) throws {
  if status != 0 { throw TorchError(String(cString: ct_last_error())) }
}
