import Rewards

/// What one environment adds to the common game. Every requirement has a default that does nothing.
///
/// The order of a step: `baseline`, trust, payoffs in the chosen mode, `weigh`, the step count, `isOver`, `finish`.
public protocol CoopetitionRule: Sendable {
  /// How many numbers of the state the rule needs for itself.
  func extras(agents: Int) -> Int
  /// Sets the rule's numbers (all 0 before) at the start of an episode.
  /// - Parameter previous: The state in which the last episode ended.
  func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64)
  /// The baseline against which agent's action counts in this step.
  /// - Parameter actions: Clipped to the endowments.
  func baseline(_ given: Double, of agent: Int, _ memory: GameMemory, actions: UnsafeMutablePointer<Double>)
    -> Double
  /// Multiplies the rewards, or puts others in their place.
  func weigh(_ rewards: UnsafeMutableBufferPointer<Double>, _ memory: GameMemory, of game: GameTables)
  /// Whether the episode terminates.
  func isOver(_ memory: GameMemory) -> Bool
  /// What the environment does when the common step is done.
  /// - Parameter asked: The actions as they were given, before any clipping.
  func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64)
  /// How many numbers the environment appends to an observation.
  func suffix(agents: Int) -> Int
  func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>)
  /// Adds the environment's own entries.
  func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject)
}

extension CoopetitionRule {
  public func extras(agents: Int) -> Int { 0 }
  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) {}
  @inline(__always)
  public func baseline(
    _ given: Double, of agent: Int, _ memory: GameMemory, actions: UnsafeMutablePointer<Double>
  ) -> Double { given }
  @inline(__always)
  public func weigh(
    _ rewards: UnsafeMutableBufferPointer<Double>, _ memory: GameMemory, of game: GameTables
  ) {}
  @inline(__always) public func isOver(_ memory: GameMemory) -> Bool { false }
  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {}
  public func suffix(agents: Int) -> Int { 0 }
  public func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>) {}
  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {}
}

/// No extra rule.
public struct PlainRule: CoopetitionRule {
  public init() {}
}

extension JSONValue {
  static func numbers(_ values: some Sequence<Double>) -> JSONValue { .array(values.map { .number($0) }) }
  static func integers(_ values: some Sequence<Int>) -> JSONValue { .array(values.map { .integer($0) }) }
}
