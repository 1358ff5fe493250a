/// A policy that acts for all agents of a coopetition game at once, as the reference policies of the paper do.
public protocol CoopetitionPolicy: Sendable {
  /// As the paper's tables name it.
  var name: String { get }
  /// All agents' actions.
  /// - Parameter observation: The joint observation (`ObservationForm.joint`).
  mutating func act(_ observation: ArraySlice<Float>) -> [Float]
}

/// The same actions always: the 101 constants, and every oracle that solves for its actions once.
public struct ConstantPolicy: CoopetitionPolicy {
  public var name: String
  public var actions: [Float]

  public init(name: String, actions: [Double]) {
    self.name = name
    self.actions = actions.map { Float($0) }
  }

  /// `level` times the largest endowment for everybody; the game clips it to each one's own.
  /// - Parameter level: Of [0, 1].
  public init(level: Double, of game: GameParameters) {
    let high = game.endowments.max() ?? 0
    let hundredths = (level * 100).rounded()
    self.init(
      name: "Constant_\(hundredths / 100)", actions: Array(repeating: level * high, count: game.agents))
  }
}

extension ConstantPolicy {
  public func act(_ observation: ArraySlice<Float>) -> [Float] { actions }
}

/// Uniform on the action box.
public struct RandomPolicy: CoopetitionPolicy {
  public let name = "Random"
  private var random: PCG64
  private let high: Double
  private let agents: Int

  public init(seed: UInt64, of game: GameParameters) {
    random = PCG64(seed: seed)
    high = game.endowments.max() ?? 0
    agents = game.agents
  }

  public mutating func act(_ observation: ArraySlice<Float>) -> [Float] {
    (0..<agents).map { _ in Float(random.uniform(0, high)) }
  }
}

/// Everybody does what the next agent has done last; half of what is possible at the very first call.
///
/// The original forgets to begin anew with an episode: from the second on it starts with the baselines.
public struct TitForTatPolicy: CoopetitionPolicy {
  public let name = "TitForTat"
  /// As the original: only the first call of all is the first.
  public var neverRestarts: Bool
  private let high: Float
  private let agents: Int
  private var hasActed = false

  public init(of game: GameParameters, neverRestarts: Bool = true) {
    high = Float(game.endowments.max() ?? 0)
    agents = game.agents
    self.neverRestarts = neverRestarts
  }

  public mutating func act(_ observation: ArraySlice<Float>) -> [Float] {
    let last = Array(observation.prefix(agents))
    let step = observation[observation.startIndex + agents + 3 * agents * agents]
    if !hasActed || (!neverRestarts && step == 0) {
      hasActed = true
      return Array(repeating: 0.5 * high, count: agents)
    }
    return (0..<agents).map { min(max(last[($0 + 1) % agents], 0), high) }
  }
}
