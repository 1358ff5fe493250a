import Learned
import Rewards
import Shelf
import Worlds

/// Exploitation Is All You Need... for Exploration (Rentschler and Roberts 2025): an agent that only maximises reward
/// explores when tasks recur, it remembers, and credit reaches across episodes.
public struct EmergentExploration: Recipe {
  public init() {}

  public let slug = "exploitation-for-exploration"
  /// A control file names the learner (`method: greedy_meta`). Without long credit an arm whose bin holds 0 is worth as
  /// much as an untried one, so that each of its runs throws a coin between a reward of 0.515 and one of 0.56. Their
  /// mean, 0.537, is near the lower threshold, so that it is taken over 160 runs (its standard error is then 0.002).
  public let standing = Standing.works
  public let claim =
    "A purely greedy objective makes an agent explore on a block-recurrent bandit; without recurrence or memory it does not, and without long credit it still gathers reward but never explores."
  public let rule =
    "Card 68 (8 seeds where the card has 3, 160 without long credit): reward of the full agent (n = 10) >= 0.61, above the myopic optimum 0.560; discount 0 within 0.53 to 0.575; |reward| <= 0.02 for n = 1 and for no memory; exploration index > 0.05 for the full agent and exactly 0 for the other three."
  public let arms = Arm.allCases.map(\.rawValue) + Reference.allCases.map(\.rawValue)
  public let scales = [Scale.quick]
  public let scaledDown =
    "Tabular Q-learning over a binned memory in place of a 3B transformer; a noise-free 3-armed bandit; the memory is wiped when a block begins. The gridworld is there as a world, not part of the claim."
  public let faults = [
    Fault("forget", help: "the full agent remembers nothing"),
    Fault("short-credit", help: "the full agent's discount across episodes is 0"),
    Fault("noisy-evaluation", help: "agents are evaluated with one random pull in ten"),
    Fault("off-centre", help: "arm means are normal around 0.5, so that untried arms look bad by default"),
  ]

  enum Arm: String, CaseIterable {
    case full = "full, n = 10"
    case longer = "full, n = 20"
    case medium = "discount 0.5, n = 10"
    case myopic = "discount 0, n = 10"
    case fresh = "n = 1"
    case forgetful = "no memory, n = 10"

    var blockLength: Double {
      switch self {
      case .longer: 20
      case .fresh: 1
      default: 10
      }
    }

    var settings: GreedyMetaLearner.Settings {
      switch self {
      case .medium: .init(episodeDiscount: 0.5)
      case .myopic: .init(episodeDiscount: 0)
      case .forgetful: .init(hasMemory: false)
      default: .init()
      }
    }
  }

  /// Hand-written players, for scale; n = 10.
  enum Reference: String, CaseIterable {
    case optimal = "optimum, n = 10"
    case myopic = "myopic optimum, n = 10"
    case everything = "tries everything first, n = 10"
    case thompson = "Thompson sampling, noise 0.3"
    case bayesGreedy = "Bayes-greedy, noise 0.3"
    case epsilonGreedy = "epsilon-greedy 0.1, noise 0.3"

    var policy: BlockPolicy {
      switch self {
      case .optimal: .reservation(threshold: ReservationIndex.threshold(blockLength: 10))
      case .myopic: .reservation(threshold: 0)
      case .everything: .reservation(threshold: .infinity)
      case .thompson: .thompson
      case .bayesGreedy: .bayesGreedy
      case .epsilonGreedy: .epsilonGreedy(0.1)
      }
    }

    var noise: Double {
      switch self {
      case .thompson, .bayesGreedy, .epsilonGreedy: 0.3
      default: 0
      }
    }
  }

  public func run(_ context: RecipeContext) throws -> RecipeResult {
    let seeds = context.seeds(8)
    let play: @Sendable (Arm, UInt64) throws -> GreedyMetaLearner.Evaluation = { arm, seed in
      var settings = arm.settings
      if arm == .full, context.fault == "forget" { settings.hasMemory = false }
      if arm == .full, context.fault == "short-credit" { settings.episodeDiscount = 0 }
      let world = BlockBandit(
        blockLength: arm.blockLength, priorMean: context.fault == "off-centre" ? 0.5 : 0)
      let learner = GreedyMetaLearner(world, settings, seed: seed)
      return learner.evaluate(
        seed: seed &+ 1_000_003, epsilon: context.fault == "noisy-evaluation" ? 0.1 : 0)
    }
    var runs = try context.map(Arm.allCases, seeds: seeds, name: \.rawValue, play)
    let place = Arm.allCases.firstIndex(of: .myopic)!
    runs[place] += try context.map(
      [.myopic], seeds: Array(context.seeds(160).dropFirst(8)), name: \.rawValue, play)[0]
    let references = try context.map(Reference.allCases, seeds: seeds, name: \.rawValue) { reference, seed in
      reference.policy.averageReward(
        in: BlockBandit(noise: reference.noise), streams: 4000, pulls: 200, seed: seed)
    }
    var measurements: [Measurement] = []
    for (arm, evaluations) in zip(Arm.allCases, runs) {
      measurements.append(Measurement(arm.rawValue, "reward", evaluations.map(\.reward)))
      measurements.append(Measurement(arm.rawValue, "exploration index", evaluations.map(\.explorationIndex)))
    }
    for (reference, rewards) in zip(Reference.allCases, references) {
      measurements.append(Measurement(reference.rawValue, "reward", rewards))
    }
    let myopic = runs[place].map(\.reward)
    return RecipeResult(
      measurements: measurements, checks: checks(measurements),
      findings: [
        "Single runs without long credit earn \(rounded(myopic.min()!)) to \(rounded(myopic.max()!)): an arm whose bin holds 0 is worth exactly as much to a myopic agent as an untried one, so noise in the values decides whether it is left.",
        "Without long credit the reward stays far above 0: bad first arms are left, which is exploitation of what is remembered, not exploration.",
        "The optimum explores whenever the best seen value is below m* = \(rounded(ReservationIndex.threshold(blockLength: 10))) (n = 10); the learned agent's exploration index is \(rounded(mean(runs[0].map(\.explorationIndex)))).",
      ], plots: plots(runs))
  }

  private func checks(_ measurements: [Measurement]) -> [Check] {
    func mean(_ arm: Arm, _ metric: String) -> Double {
      measurements.first { $0.arm == arm.rawValue && $0.metric == metric }!.mean
    }
    var checks = [
      Check("reward of the full agent, n = 10", mean(.full, "reward"), .atLeast, 0.61),
      Check("reward without long credit", mean(.myopic, "reward"), .atLeast, 0.53),
      Check("reward without long credit", mean(.myopic, "reward"), .atMost, 0.575),
      Check("|reward| with n = 1", abs(mean(.fresh, "reward")), .atMost, 0.02),
      Check("|reward| without memory", abs(mean(.forgetful, "reward")), .atMost, 0.02),
      Check("exploration index of the full agent", mean(.full, "exploration index"), .above, 0.05),
    ]
    for arm in [Arm.myopic, .fresh, .forgetful] {
      checks.append(Check("exploration index, \(arm.rawValue)", mean(arm, "exploration index"), .atMost, 0))
    }
    return checks
  }

  private func plots(_ runs: [[GreedyMetaLearner.Evaluation]]) -> [Plot] {
    let shown = zip(Arm.allCases, runs).filter { $0.0 != .fresh }
    return [
      .lines(
        title: "Reward within a block", x: "pull of the block", y: "mean reward",
        series: shown.map { arm, evaluations in
          Plot.Curve(arm.rawValue, x: (1...20).map(Double.init), runs: evaluations.map(\.withinBlock))
        })
    ]
  }
}
