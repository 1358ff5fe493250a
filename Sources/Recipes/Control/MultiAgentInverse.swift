import Learned
import Rewards
import Shelf
import Worlds

/// Multi-Agent Inverse Q-Learning from Demonstrations (Haynam et al. 2025): with few demonstrations, marginal critics
/// learn better policies than behaviour cloning, and what they stand for follows the true rewards.
public struct MultiAgentInverse: Recipe {
  public init() {}

  public let slug = "mamql"
  public let standing = Standing.works
  public let claim =
    "From one or two demonstrated episodes of a two-agent game, MAMQL's policies earn more than behaviour cloning's, and its recovered rewards correlate with the true ones."
  public let rule =
    "Card 42, 3 seeds x {1, 2} demonstrations: mean MAMQL / mean BC >= 1.10; MAMQL better in at least 5 of 6; reward correlation >= .15."
  public let arms = ["uniform", "behaviour cloning", "MAMQL without replay penalty", "MAMQL", "expert"]
  public let scales = [Scale.quick]
  public let scaledDown =
    "Mini-Gems (4 x 4 cells, 256 states) with tables in place of 15 x 15 Gems, Overcooked and Intersection with networks; the expert is the game's soft equilibrium. With five demonstrations cloning ties: the paper's factor of 2 to 5 is not claimed."
  public let faults = [
    Fault("no-replay-penalty", help: "nothing ties the critics to where actions lead off the expert's path"),
    Fault("swapped-agents", help: "each critic learns from the other agent's actions"),
    Fault("shuffled-actions", help: "the demonstrated actions are shuffled over time"),
  ]

  private static let episodes = 80

  /// What one seed and number of demonstrations gave.
  struct Outcome: Sendable {
    var cloned, learned, untied: Double
    var correlation, untiedCorrelation: Double
  }

  public func run(_ context: RecipeContext) throws -> RecipeResult {
    let world = MiniGems()
    let game = FiniteGame(world)
    try context.report(0, "the expert's equilibrium")
    let (critics, residual) = game.softEquilibrium(discount: 0.9, lambda: 4)
    let expert = critics.map(\.policy)
    let seeds = context.seeds(3)
    let counts = [1, 2, 5]
    let runs = try context.map(counts, seeds: seeds, name: { "\($0) demonstrations" }) { count, seed in
      try Self.outcome(world, game, expert, demonstrations: count, seed: seed, fault: context.fault)
    }
    let uniform = game.actions.map { Array(repeating: 1 / Double($0), count: game.states * $0) }
    func reward(_ policies: [[Double]]) -> [Double] {
      seeds.map {
        PolicyTable.play(policies, in: game, world, episodes: Self.episodes, seed: $0 &+ 77).reward
      }
    }
    var measurements = [
      Measurement("uniform", "total reward", reward(uniform)),
      Measurement("expert", "total reward", reward(expert)),
      Measurement("expert", "marginal Bellman residual", [residual]),
    ]
    for (count, outcomes) in zip(counts, runs) {
      let name = "total reward, \(count) demonstrations"
      measurements.append(Measurement("behaviour cloning", name, outcomes.map(\.cloned)))
      measurements.append(Measurement("MAMQL without replay penalty", name, outcomes.map(\.untied)))
      measurements.append(Measurement("MAMQL", name, outcomes.map(\.learned)))
      let correlation = "reward correlation, \(count) demonstrations"
      measurements.append(
        Measurement("MAMQL without replay penalty", correlation, outcomes.map(\.untiedCorrelation)))
      measurements.append(Measurement("MAMQL", correlation, outcomes.map(\.correlation)))
    }
    let few = runs[0] + runs[1]
    let ratio = few.reduce(0) { $0 + $1.learned } / few.reduce(0) { $0 + $1.cloned }
    let five = runs[2].reduce(0) { $0 + $1.learned } / runs[2].reduce(0) { $0 + $1.cloned }
    return RecipeResult(
      measurements: measurements,
      checks: [
        Check("mean MAMQL over mean cloning, 1 and 2 demonstrations", ratio, .atLeast, 1.10),
        Check(
          "runs of 6 in which MAMQL earns more", Double(few.count { $0.learned > $0.cloned }), .atLeast, 5),
        Check(
          "mean reward correlation, 1 and 2 demonstrations",
          few.reduce(0) { $0 + $1.correlation } / Double(few.count), .atLeast, 0.15),
      ],
      findings: [
        "With 5 demonstrations MAMQL earns \((five * 100).rounded() / 100) times what cloning does: a tie is expected there."
      ],
      plots: [
        .lines(
          title: "Total reward by demonstrations", x: "demonstrated episodes",
          y: "total reward of an episode",
          series: [
            Plot.Curve(
              "behaviour cloning", x: counts.map(Double.init),
              runs: seeds.indices.map { seed in runs.map { $0[seed].cloned } }),
            Plot.Curve(
              "MAMQL", x: counts.map(Double.init),
              runs: seeds.indices.map { seed in runs.map { $0[seed].learned } }),
          ])
      ])
  }

  private static func outcome(
    _ world: MiniGems, _ game: FiniteGame, _ expert: [[Double]], demonstrations: Int, seed: UInt64,
    fault: String?
  ) throws -> Outcome {
    let data = PolicyTable.play(expert, in: game, world, episodes: demonstrations, seed: seed).transitions
    var shown = data
    if fault == "swapped-agents" || fault == "shuffled-actions" {
      shown = JointDemonstrations(states: game.states, actions: game.actions)
      for row in 0..<data.count {
        let from = fault == "swapped-agents" ? row : (row * 17 + 5) % data.count
        let joint = [data.actions[2 * from], data.actions[2 * from + 1]]
        shown.append(
          state: data.states[row], actions: fault == "swapped-agents" ? joint.reversed() : joint,
          next: data.nextStates[row], ends: data.ends[row])
      }
    }
    let simulator = try MarginalInverseLearner.simulator(of: world)
    func learn(_ penalty: Double) throws -> (reward: Double, correlation: Double) {
      var settings = MarginalInverseLearner.Settings()
      settings.replayPenalty = penalty
      let learner = try MarginalInverseLearner(shown, settings, simulator: simulator, seed: seed &+ 1)
      let reward = PolicyTable.play(
        learner.policies, in: game, world, episodes: episodes, seed: seed &+ 77
      ).reward
      return (reward, correlation(learner, data, game, expert))
    }
    let cloned = PolicyTable.play(
      PolicyTable.cloned(data), in: game, world, episodes: episodes, seed: seed &+ 77
    ).reward
    let untied = try learn(0)
    let learned = fault == "no-replay-penalty" ? untied : try learn(0.25)
    return Outcome(
      cloned: cloned, learned: learned.reward, untied: untied.reward, correlation: learned.correlation,
      untiedCorrelation: untied.correlation)
  }

  /// Pearson's, between recovered and true marginal reward over all actions of the states that were demonstrated;
  /// the mean over agents.
  private static func correlation(
    _ learner: MarginalInverseLearner, _ data: JointDemonstrations, _ game: FiniteGame, _ expert: [[Double]]
  ) -> Double {
    let visited = Set(data.states).sorted()
    var sum = 0.0
    for (agent, critic) in learner.critics.enumerated() {
      let recovered = game.recoveredReward(critic, agent: agent, policies: expert, discount: 0.9)
      let truth = game.marginalReward(agent: agent, policies: expert)
      let places = visited.flatMap { $0 * critic.actions..<($0 + 1) * critic.actions }
      sum += pearson(places.map { recovered[$0] }, places.map { truth[$0] })
    }
    return sum / Double(learner.critics.count)
  }

  private static func pearson(_ a: [Double], _ b: [Double]) -> Double {
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (product, squaresA, squaresB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += (x - meanA) * (y - meanB)
      squaresA += (x - meanA) * (x - meanA)
      squaresB += (y - meanB) * (y - meanB)
    }
    return product / (squaresA * squaresB).squareRoot()
  }
}
