import Foundation

/// The seven oracles of the paper: what the theories say should be played.
///
/// Equilibria are solved in double precision. The original's utilities are 32-bit numbers, flat around their maximum:
/// its solutions lie up to 0.02 beside the exact ones, and two equal agents get unequal actions.
public enum CoopetitionOracle: String, CaseIterable, Sendable {
  /// TR-1: equilibrium of the integrated utilities with D as the weights.
  case equilibrium = "Oracle_Equilibrium"
  /// TR-2: the same plus 0.2 T (the sum over j of a_j - b_j) a_i with T = 0.95. In the shipped games that is
  /// always the whole endowment.
  case trustAware = "Oracle_TrustAware"
  /// TR-3: the free-riding effort. Returns to scale of 1 or more fall back to 50, which is full contribution.
  case nash = "Oracle_Nash"
  /// TR-3: the welfare-maximising effort; falls back to 75.
  case socialOptimum = "Oracle_SocialOptimum"
  /// TR-3: the equilibrium of members with loyalty 0.9. The original lets each member do the team's total.
  case loyalty = "Oracle_Loyalty"
  /// TR-4: equilibrium of utilities with a reward for trust and a deterrence of defection.
  case reciprocityEquilibrium = "Oracle_ReciprocityEquilibrium"
  /// TR-4: a script that answers changes of behaviour and drifts back to the baselines.
  case boundedReciprocity = "Oracle_BoundedReciprocity"

  /// The oracle for a game; nil where the game lacks the theory's parameters.
  public func policy(for world: CoopetitionGame) -> (any CoopetitionPolicy)? {
    let game = world.parameters
    let rule = world.rule
    switch self {
    case .equilibrium: return constant(equilibrium(game) { _, _ in 0 })
    case .trustAware:
      return constant(
        equilibrium(game) { agent, actions in
          0.2 * 0.95 * Self.surplus(game, agent, actions) * actions[agent]
        })
    case .nash, .socialOptimum, .loyalty:
      guard case .team(let team) = rule else { return nil }
      let effort = effort(team.team, members: game.agents)
      return constant(game.endowments.map { max(0, min(effort, $0)) })
    case .reciprocityEquilibrium:
      guard case .reciprocity(let rule) = rule else { return nil }
      return constant(reciprocityEquilibrium(game, rule.reciprocity))
    case .boundedReciprocity:
      guard case .reciprocity(let rule) = rule else { return nil }
      return BoundedReciprocityPolicy(rule.reciprocity, of: game)
    }
  }

  private func constant(_ actions: [Double]) -> ConstantPolicy {
    ConstantPolicy(name: rawValue, actions: actions)
  }

  private func effort(_ team: TeamParameters, members: Int) -> Double {
    let n = Double(members)
    guard team.returns < 1 else { return self == .nash ? 50 : 75 }
    switch self {
    case .nash: return team.freeRidingEffort(members: members)
    case .socialOptimum: return team.optimalEffort(members: members)
    default:
      let felt = 1 + team.benefit * 0.9 * (n - 1)
      return pow(
        team.productivity * team.returns * felt / (n * team.cost * (1 - team.tolerance * 0.9)),
        1 / (1 - team.returns))
    }
  }

  /// How much the others contribute above their baselines.
  private static func surplus(_ game: GameParameters, _ agent: Int, _ actions: [Double]) -> Double {
    actions.indices.reduce(0) { $1 == agent ? $0 : $0 + actions[$1] - game.baselines[$1] }
  }

  private func equilibrium(
    _ game: GameParameters, plus extra: (_ agent: Int, _ actions: [Double]) -> Double
  ) -> [Double] {
    BestResponseSolver().solve(
      from: game.endowments.map { 0.5 * $0 }, bounds: game.endowments.map { 0...$0 }
    ) { agent, actions in game.payoff.utilities(actions)[agent] + extra(agent, actions) }.actions
  }

  private func reciprocityEquilibrium(_ game: GameParameters, _ reciprocity: ReciprocityParameters)
    -> [Double]
  {
    let trust = min(0.95, game.trust.initialTrust + 0.35)
    let deterrence = game.payoff.dependence.enumerated().map { agent, row in
      row.indices.reduce(0) { sum, partner in
        partner == agent
          ? sum : sum + reciprocity.coupling(dependence: row[partner]) * trust * reciprocity.sensitivity
      }
    }
    return equilibrium(game) { agent, actions in
      let own = actions[agent] / game.endowments[agent]
      let above = max(actions[agent] - game.baselines[agent], 0) / max(game.endowments[agent], 1)
      return 0.2 * trust * Self.surplus(game, agent, actions) * own + deterrence[agent] * above
    }
  }
}

/// The scripted oracle of TR-4. It keeps its own trust and its own history, looks at nothing, and begins anew after
/// as many calls as an episode may have steps.
public struct BoundedReciprocityPolicy: CoopetitionPolicy {
  public let name = CoopetitionOracle.boundedReciprocity.rawValue
  private let reciprocity: ReciprocityParameters
  private let game: GameParameters
  private var calls = 0
  private var current: [Double] = []
  private var history: [[Double]] = []
  private var trust: [[Double]] = []

  public init(_ reciprocity: ReciprocityParameters, of game: GameParameters) {
    self.reciprocity = reciprocity
    self.game = game
    restart()
  }

  private mutating func restart() {
    calls = 0
    history = []
    current = zip(game.baselines, game.endowments).map { $0 + 0.4 * ($1 - $0) }
    trust = (0..<game.agents).map { i in
      (0..<game.agents).map { $0 == i ? 1 : game.trust.initialTrust }
    }
  }

  public mutating func act(_ observation: ArraySlice<Float>) -> [Float] {
    if calls >= game.maximumSteps { restart() }
    calls += 1
    let count = game.agents
    var signals = Array(repeating: 0.0, count: count)
    if let last = history.last {
      let recent = history.suffix(reciprocity.memory)
      for j in 0..<count {
        signals[j] = last[j] - recent.reduce(0) { $0 + $1[j] } / Double(recent.count)
      }
      for i in 0..<count {
        for j in 0..<count where i != j {
          let rate = signals[j] > 0 ? 0.10 * max(0, 0.95 - trust[i][j]) : 0.30 * trust[i][j]
          trust[i][j] = max(0, min(1, trust[i][j] + rate * signals[j]))
        }
      }
    }
    let high = game.endowments.max() ?? 0
    current = (0..<count).map { i in
      var push = 0.0
      for j in 0..<count where i != j {
        push +=
          reciprocity.coupling(dependence: game.payoff.dependence[i][j]) * trust[i][j]
          * tanh(reciprocity.sensitivity * signals[j])
      }
      let next =
        current[i] + 0.12 * push * game.endowments[i] - 0.05 * (current[i] - game.baselines[i])
      return max(0, min(high, next))
    }
    history.append(current)
    if history.count > reciprocity.memory { history.removeFirst() }
    return current.map { Float($0) }
  }
}
