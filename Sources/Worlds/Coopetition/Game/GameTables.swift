/// A game's constants as the step wants them: plain memory, written once.
final class GameTables: @unchecked Sendable {
  let agents: Int
  let endowments, baselines, shares, dependence, erosion: UnsafeMutablePointer<Double>
  let largestEndowment: Double
  let valueScale: Double
  private let memory: UnsafeMutablePointer<Double>

  init(_ game: GameParameters) {
    agents = game.agents
    largestEndowment = game.endowments.max() ?? 0
    guard case .logarithmic(let scale) = game.payoff.value else {
      preconditionFailure("coopetition games have logarithmic values")
    }
    valueScale = scale
    memory = .allocate(capacity: 3 * agents + 2 * agents * agents)
    (endowments, baselines, shares) = (memory, memory + agents, memory + 2 * agents)
    (dependence, erosion) = (memory + 3 * agents, memory + 3 * agents + agents * agents)
    for i in 0..<agents {
      endowments[i] = game.endowments[i]
      baselines[i] = game.baselines[i]
      shares[i] = game.payoff.shares[i]
      for j in 0..<agents {
        let value = game.payoff.dependence[i][j]
        dependence[i * agents + j] = value
        erosion[i * agents + j] = i == j ? 0 : game.trust.erosion * (1 + game.trust.amplification * value)
      }
    }
  }

  deinit { memory.deallocate() }
}
