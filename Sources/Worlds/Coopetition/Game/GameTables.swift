/// A game's constants as the step wants them: plain memory, written once, and behind one reference so that copying
/// a game costs next to nothing.
public final class GameTables: @unchecked Sendable {
  let parameters: GameParameters
  let rule: StandardRule
  let extras: Int
  public let agents: Int
  let endowments, baselines, shares, dependence, erosion: UnsafeMutablePointer<Double>
  let largestEndowment: Double
  let valueScale: Double
  let mode: RewardMode
  let usesTrust: Bool
  let building, damage, repair, sensitivity: Double
  let rewardScale: Double
  /// The original's known defects are kept.
  public let isStrict: Bool
  let skipsExtras: Bool
  let sharesObservation: Bool
  /// D as observations show it.
  let shownDependence: UnsafeMutablePointer<Float>
  private let memory: UnsafeMutablePointer<Double>

  init(_ game: GameParameters, rule: StandardRule) {
    parameters = game
    self.rule = rule
    agents = game.agents
    extras = rule.extras(agents: game.agents)
    sharesObservation = game.observation == .joint
    largestEndowment = game.endowments.max() ?? 0
    guard case .logarithmic(let scale) = game.payoff.value else {
      preconditionFailure("coopetition games have logarithmic values")
    }
    valueScale = scale
    mode = game.mode
    usesTrust = game.usesTrust
    (building, damage) = (game.trust.building, game.trust.damage)
    (repair, sensitivity) = (game.trust.repair, game.trust.sensitivity)
    rewardScale = game.rewardScale / (game.normalizesRewards ? largestEndowment : 1)
    isStrict = game.isStrict
    skipsExtras = game.skipsExtras
    memory = .allocate(capacity: 3 * agents + 2 * agents * agents)
    (endowments, baselines, shares) = (memory, memory + agents, memory + 2 * agents)
    (dependence, erosion) = (memory + 3 * agents, memory + 3 * agents + agents * agents)
    shownDependence = .allocate(capacity: agents * agents)
    for i in 0..<agents {
      endowments[i] = game.endowments[i]
      baselines[i] = game.baselines[i]
      shares[i] = game.payoff.shares[i]
      for j in 0..<agents {
        let value = game.payoff.dependence[i][j]
        dependence[i * agents + j] = value
        shownDependence[i * agents + j] = Float(value)
        erosion[i * agents + j] = i == j ? 0 : game.trust.erosion * (1 + game.trust.amplification * value)
      }
    }
  }

  deinit {
    memory.deallocate()
    shownDependence.deallocate()
  }
}
