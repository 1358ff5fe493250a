/// A verifier that cannot be built from the parameters given.
public struct VerifierError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The parameter at fault.
  public var parameter: String
  /// What was expected, and what came instead.
  public var message: String

  public init(parameter: String, _ message: String) {
    self.parameter = parameter
    self.message = message
  }

  public var description: String { "\(parameter): \(message)" }
}
