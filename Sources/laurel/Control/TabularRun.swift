import Control
import Foundation
import Learned
import Rewards
import Worlds

/// The methods of a control run that keep tables: their keys, and their learners.
enum TabularRun {
  static let learningRate = Parameter(
    "learning_rate", .number, default: .null, range: 0...10,
    help: "of values or preferences; q_learning, sarsa, actor_critic 0.1, reinforce 0.5")
  private static let bins = Parameter(
    "bins", .integer, default: .null, range: 1...1e6,
    help: "into how many parts each number of the observation is cut; not needed for numbered states")
  private static let batchEpisodes = Parameter(
    "batch_episodes", .integer, default: .null, range: 1...1e6,
    help: "episodes between updates; reinforce 2, barfi 20")

  static let values = [
    learningRate, bins,
    Parameter(
      "exploration_fraction", .number, default: .number(0.1), range: 0...1, help: "share of random actions"),
    Parameter(
      "ties", .choice(TieBreak.allCases.map(\.rawValue)), default: .string("random"),
      help: "how equal values are told apart (q_learning)"),
  ]
  static let policies = [
    learningRate, bins, batchEpisodes,
    Parameter(
      "critic_rate", .number, default: .number(0.1), range: 0...10, help: "of actor_critic's values"),
  ]
  static let barfi = [
    bins, batchEpisodes,
    Parameter("hint", .json, help: "the hint: a list of shaping rules; what they add is weighed"),
    Parameter(
      "outer", .choice(["implicit", "unrolled", "none"]), default: .string("implicit"),
      help: "how the reward's gradient is found"),
    Parameter("inner_rate", .number, default: .number(0.5), range: 1e-6...100, help: "of the policy"),
    Parameter(
      "inner_updates", .integer, default: .integer(15), range: 1...1000, help: "of the policy each time"),
    Parameter(
      "decay", .number, default: .number(0.01), range: 1e-9...10, help: "pulls the policy to uniform"),
    Parameter("memory", .integer, default: .integer(5), range: 1...1000, help: "batches of episodes kept"),
    Parameter("neumann_steps", .integer, default: .integer(30), range: 1...10_000, help: "of the series"),
    Parameter("neumann_rate", .number, default: .number(0.2), range: 1e-6...10, help: "of the series"),
    Parameter("outer_rate", .number, default: .number(0.05), range: 1e-6...10, help: "of the reward"),
    Parameter(
      "regularization", .number, default: .number(0), range: 0...1e6, help: "pulls the reward to its start"),
  ]
  static let greedyMeta = [
    Parameter(
      "episode_discount", .number, default: .number(0.95), range: 0...0.9999,
      help: "credit from one episode to the next; 0: none"),
    Parameter("memory", .bool, default: .bool(true), help: "the agent remembers its block"),
    Parameter("streams", .integer, default: .integer(512), range: 1...1e6, help: "bandits side by side"),
    Parameter(
      "final_epsilon", .number, default: .number(0.1), range: 0...1,
      help: "share of random pulls in the second half of the data"),
  ]

  static func parameters(_ method: ControlRunFile.Method) -> [Parameter] {
    switch method {
    case .qLearning, .sarsa: values
    case .reinforce, .actorCritic: policies
    case .barfi: barfi
    case .greedyMeta: greedyMeta
    default: []
    }
  }

  /// The keys, a line each.
  static var keyLines: [String] {
    [
      ("q_learning, sarsa", values), ("reinforce, actor_critic", policies), ("barfi", barfi),
      ("greedy_meta (world: block-bandit)", greedyMeta),
      ("gflownet (world: objects or hypergrid)", FlowRun.parameters),
    ].flatMap { name, parameters in
      parameters.map { "\(name): " + RewardsCommand.line($0) }
    }
  }
}

extension ControlRunFile {
  /// Nil for a method that keeps no table of values.
  var tabular: TabularConfiguration? {
    guard let own = TabularConfiguration.Method(rawValue: method.rawValue) else { return nil }
    var configuration = TabularConfiguration(own, learningRate: settings.optionalDouble("learning_rate"))
    configuration.gamma = settings.double("gamma")
    configuration.bins = settings.optionalInt("bins")
    configuration.seed = seed
    switch own {
    case .qLearning, .sarsa:
      configuration.exploration = settings.double("exploration_fraction")
      configuration.ties = TieBreak(rawValue: settings.string("ties")) ?? .random
    case .reinforce, .actorCritic:
      configuration.criticRate = settings.double("critic_rate")
      if let episodes = settings.optionalInt("batch_episodes") { configuration.batchEpisodes = episodes }
    }
    return configuration
  }

  var alignment: BehaviourAlignment.Settings {
    var own = BehaviourAlignment.Settings()
    own.outer =
      switch settings.string("outer") {
      case "none": .none
      case "unrolled": .unrolled(updates: min(settings.int("inner_updates"), 15))
      default: .implicit
      }
    own.discount = settings.double("gamma")
    own.innerDiscount = own.discount
    own.innerRate = settings.double("inner_rate")
    own.innerUpdates = settings.int("inner_updates")
    own.decay = settings.double("decay")
    own.memory = settings.int("memory")
    own.neumannSteps = settings.int("neumann_steps")
    own.neumannRate = settings.double("neumann_rate")
    own.outerRate = settings.double("outer_rate")
    own.regularization = settings.double("regularization")
    return own
  }

  var metaLearner: GreedyMetaLearner.Settings {
    var own = GreedyMetaLearner.Settings(
      episodeDiscount: settings.double("episode_discount"), hasMemory: settings.bool("memory"))
    own.streams = settings.int("streams")
    own.steps = max(1, totalTimesteps / own.streams)
    own.finalEpsilon = settings.double("final_epsilon")
    return own
  }
}
