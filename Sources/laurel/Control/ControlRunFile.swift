import Control
import Foundation
import Learned
import Numeric
import Rewards
import Worlds

/// A run file of control: a world, a learner under Stable-Baselines3's names, and shaping.
struct ControlRunFile {
  enum Method: String, CaseIterable {
    case ppo, sac, td3, ddpg, sarsa, reinforce, barfi, gflownet
    case qLearning = "q_learning"
    case actorCritic = "actor_critic"
    case greedyMeta = "greedy_meta"

    var isOffPolicy: Bool { self == .sac || self == .td3 || self == .ddpg }
    /// It keeps a table, no network.
    var isTabular: Bool { self != .ppo && !isOffPolicy }
  }

  var name: String
  var method: Method
  /// The multi-agent learner that is to be trained in the place of `method`; nil for the others.
  var learner: LearnerKind?
  var worldName: String
  var worldOptions: JSONObject
  var world: any World
  var shapers: [any TransitionShaper]
  /// The list from which `shapers` were made; null without one.
  private(set) var shaping: JSONValue
  /// What barfi weighs; empty for other methods.
  var hints: [any TransitionShaper]
  /// The settings of a HERON reward in place of the world's; nil without one.
  var heron: JSONObject?
  /// Recorded transitions beside the learner's own; nil without any.
  var offlineData: TransitionData?
  /// Hidden widths; nil for the method's own.
  var netArch: [Int]?
  /// Everything else, defaults filled in.
  var settings: Parameters
  var seed: UInt64
  var totalTimesteps: Int
  var evalEpisodes: Int
  var stopReturn: Double?
  private static let common: [Parameter] = [
    Parameter("seed", .integer, default: .integer(1), range: 0...2_147_483_647, help: "of everything random"),
    Parameter(
      "total_timesteps", .integer, default: .integer(100_000), range: 1...1e12, help: "environment steps"),
    Parameter(
      "eval_episodes", .integer, default: .integer(20), range: 1...100_000,
      help: "episodes that measure the policy before and after, without exploration"),
    Parameter(
      "stop_return", .number, default: .null,
      help: "stop once the last 100 episodes' mean return reaches this"),
    Parameter("learning_rate", .number, default: .number(3e-4), range: 0...1, help: "of Adam"),
    Parameter("gamma", .number, default: .number(0.99), range: 0...1, help: "discount"),
    Parameter(
      "activation", .choice(DenseActivation.allCases.map(\.rawValue)), default: .null, help: "hidden layers"),
    Parameter("net_arch", .json, default: .null, help: "hidden widths, a list of integers"),
  ]

  private static let onPolicy: [Parameter] = [
    Parameter("n_envs", .integer, default: .integer(8), range: 1...65_536, help: "environments side by side"),
    Parameter(
      "n_steps", .integer, default: .integer(256), range: 1...1e6, help: "steps of each between updates"),
    Parameter("batch_size", .integer, default: .integer(64), range: 2...1e7, help: "rows of a minibatch"),
    Parameter("n_epochs", .integer, default: .integer(10), range: 1...1_000, help: "passes over a rollout"),
    Parameter("gae_lambda", .number, default: .number(0.95), range: 0...1, help: "of the advantages"),
    Parameter("clip_range", .number, default: .number(0.2), range: 0.0001...10, help: "of the ratio"),
    Parameter("ent_coef", .number, default: .number(0), range: -1...1, help: "weight of the entropy"),
    Parameter("vf_coef", .number, default: .number(0.5), range: 0...100, help: "weight of the value loss"),
    Parameter(
      "max_grad_norm", .number, default: .number(0.5), range: 1e-6...1e6, help: "gradients are clipped to it"),
    Parameter(
      "lr_scheduler_type", .choice(["constant", "linear"]), default: .string("constant"),
      help: "linear: learning rate and clip range fall to 0"),
  ]

  private static let offPolicy: [Parameter] = [
    Parameter("buffer_size", .integer, default: .integer(100_000), range: 1...1e8, help: "transitions kept"),
    Parameter(
      "learning_starts", .integer, default: .integer(1_000), range: 1...1e9, help: "random steps first"),
    Parameter("batch_size", .integer, default: .integer(256), range: 1...1e6, help: "rows of an update"),
    Parameter("tau", .number, default: .number(0.005), range: 0...1, help: "how far targets follow"),
    Parameter("train_freq", .integer, default: .integer(1), range: 1...1e6, help: "steps between updates"),
    Parameter("gradient_steps", .integer, default: .integer(1), range: 1...1e6, help: "updates each time"),
    Parameter(
      "ent_coef", .number, default: .null, range: 0...100,
      help: "sac: weight of the entropy; learned when not given"),
    Parameter("action_noise", .number, default: .number(0.1), range: 0...10, help: "td3, ddpg: exploration"),
    Parameter(
      "offline_data", .string, default: .null,
      help: "recorded transitions with rewards (JSONL) that take a share of every update"),
    Parameter(
      "offline_share", .number, default: .number(0.05), range: 0...1,
      help: "that share: 0.05 is MOPO's beside imagined steps, 0.5 RLPD's beside played ones"),
  ]

  private static func parameters(_ method: Method, _ learner: LearnerKind?) -> [Parameter] {
    if let learner {
      let own = Set(learner.parameters.map(\.name))
      let runs = ["total_timesteps", "eval_episodes", "stop_return"]
      return common.filter { runs.contains($0.name) && !own.contains($0.name) } + learner.parameters
    }
    if method == .gflownet { return common.filter { $0.name == "seed" } + FlowRun.parameters }
    if method.isTabular {
      // The meta-learner has discounts of its own.
      let unused = ["learning_rate", "activation", "net_arch"] + (method == .greedyMeta ? ["gamma"] : [])
      return common.filter { !unused.contains($0.name) }
        + TabularRun.parameters(method)
    }
    return common + (method == .ppo ? onPolicy : offPolicy)
  }

  private static var methodNames: [String] {
    Method.allCases.map(\.rawValue) + LearnerRegistry.standard.kinds.map(\.name)
  }

  /// What `method` names, as the file writes it: ppo, mappo, ...
  var methodName: String { learner?.name ?? method.rawValue }

  /// The keys of a control run, a line each.
  static var keyLines: [String] {
    let own = [
      "name [the file's name]: the run's name, and its folder's",
      "world (needed): a world's name, or the name with its parameters (laurel world list)",
      "method [ppo]: one of \(methodNames.joined(separator: ", "))",
      "shaping [none]: a list of shaping rules: \(TransitionShapers.kinds.map(\.name).joined(separator: ", "))",
    ]
    // reward: heron: is the one learned reward that a file can name.
    let heron = HeronConfiguration.parameters.map { "reward: heron: " + RewardsCommand.line($0) }
    return own + common.map(RewardsCommand.line) + onPolicy.map { "ppo: " + RewardsCommand.line($0) }
      + offPolicy.map { "sac, td3, ddpg: " + RewardsCommand.line($0) } + TabularRun.keyLines + heron
      + learnerLines
  }

  private static var learnerLines: [String] {
    LearnerRegistry.standard.kinds.flatMap { kind in
      [
        "\(kind.name): \(kind.summary) (\(kind.paper)). Besides total_timesteps, eval_episodes and stop_return:"
      ]
        + kind.parameters.map { "\(kind.name): " + RewardsCommand.line($0) }
    }
  }

  /// Whether a file is a control run's: it names a world.
  static func isControl(path: String) -> Bool {
    guard let place = try? YAMLValue(contentsOf: path), let mapping = try? place.mapping() else {
      return false
    }
    return mapping["world"] != nil
  }

  /// - Parameters:
  ///   - plays: The run's policy will only be played: recorded transitions are not read.
  ///   - other: Where it is played; stands in for an imagined world of its actions whose files are gone.
  /// - Throws: `SpecificationError` with line, column and key; `FileError` when the file cannot be read.
  init(path: String, plays: Bool = false, in other: String? = nil) throws {
    let root = try YAMLValue(contentsOf: path).mapping("a mapping with world and method")
    name = try root.string(
      "name", default: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
    if name.isEmpty || name.contains("/") || name.hasPrefix(".") {
      throw (root["name"] ?? root.place).error("expected a name without '/' that does not begin with '.'")
    }
    let learner = LearnerRegistry.standard.kind(named: try root.string("method", default: "ppo"))
    self.learner = learner
    let method =
      learner == nil
      ? try Method(rawValue: root.string("method", default: "ppo").lowercased())
        ?? Method(rawValue: root.choice("method", of: Self.methodNames, default: "ppo")) ?? .ppo : .ppo
    self.method = method
    let place = try root.required("world")
    (worldName, worldOptions) = try Self.world(place)
    do { world = try WorldRegistry.complete.world(worldName, worldOptions) } catch {
      if let other, worldName == ImaginedWorld.kind.name, worldOptions["like"] == .string(other),
        let real = try? WorldRegistry.standard.world(other)
      {
        world = real
      } else {
        // What a parameter is wrong about is told where the parameter stands.
        let options = try? place.mapping().entries.first?.value.mapping()
        throw options?[error.parameter]?.error(error.message, suggestion: error.suggestion)
          ?? place.error(
            worldOptions.keys.isEmpty && error.parameter == "world"
              ? error.message : "\(error.parameter): \(error.message)",
            suggestion: error.suggestion)
      }
    }
    shapers = try Self.rules(root["shaping"])
    shaping = root["shaping"]?.json ?? .null
    hints = method == .barfi ? try Self.rules(root.required("hint")) : []
    if method == .barfi, hints.isEmpty {
      throw try root.required("hint").error("expected at least one shaping rule")
    }
    if let place = root["shaping"], !shapers.isEmpty, [.barfi, .greedyMeta, .gflownet].contains(method) {
      throw place.error(
        "\(method.rawValue) takes no shaping rules" + (method == .barfi ? ": list them under hint" : ""))
    }
    settings = try root.parameters(
      Self.parameters(method, learner), ignoring: ["name", "method", "world", "shaping", "reward"])
    seed = UInt64(settings.int("seed"))
    // A flow counts updates and draws objects.
    let isFlow = method == .gflownet
    totalTimesteps = settings.int(isFlow ? "updates" : "total_timesteps")
    evalEpisodes = settings.int(isFlow ? "samples" : "eval_episodes")
    stopReturn = isFlow ? nil : settings.optionalDouble("stop_return")
    if let starts = settings.values["learning_starts"]?.double, Int(starts) >= totalTimesteps {
      throw (root["learning_starts"] ?? root["total_timesteps"] ?? root.place).error(
        "nothing would be learned: learning_starts (\(Int(starts))) is not below total_timesteps (\(totalTimesteps))"
      )
    }
    try Self.checkMemory(world, method, learner, settings, root)
    if let learner {
      if let other = root["shaping"] ?? root["reward"] {
        throw other.error(
          "\(learner.name) learns the world's own rewards: it goes with ppo, sac, td3, ddpg and the methods that keep tables"
        )
      }
      (netArch, heron) = (nil, nil)
      do { _ = try multiAgentLearner(learner, world) } catch {
        throw (root[error.parameter] ?? place).error(error.message, suggestion: error.suggestion)
      }
      return
    }
    try Self.check(world, method, place, settings, root)
    netArch = try Self.widths(root["net_arch"])
    offlineData = plays ? nil : try Self.offlineData(settings, world, root)
    heron = try Self.heron(root["reward"], method, world)
    if heron != nil, let place = root["shaping"], !shapers.isEmpty {
      throw place.error("a learned reward replaces the world's: shaping rules go with the world's only")
    }
  }

  /// The transitions of `offline_data`, checked against the world.
  private static func offlineData(
    _ settings: Parameters, _ world: any World, _ root: YAMLMapping
  ) throws -> TransitionData? {
    guard case .string(let path)? = settings.values["offline_data"], let place = root["offline_data"] else {
      if let share = root["offline_share"], settings.values["offline_data"] == .null {
        throw share.error("a share of nothing: name recorded transitions with offline_data")
      }
      return nil
    }
    let share = settings.double("offline_share")
    let rows = settings.int("batch_size")
    if share > 0, (share * Double(rows)).rounded() < 1 {
      throw (root["offline_share"] ?? root["batch_size"] ?? place).error(
        "\(share) of \(rows) rows is not one row: nothing of offline_data would be used")
    }
    if let other = root["shaping"] ?? root["reward"] {
      throw other.error(
        "recorded transitions have the world's own rewards: give no others beside offline_data")
    }
    let data: TransitionData
    do { data = try TransitionData(named: "offline_data", path: path) } catch {
      throw place.error(error.message)
    }
    guard data.hasRewards else {
      throw place.error("\(path): transitions without rewards; give each line its `reward`")
    }
    guard data.observationWidth == world.observationWidth, data.actionWidth == world.actionWidth else {
      throw place.error(
        "\(path): transitions of \(data.observationWidth) observation and \(data.actionWidth) action numbers, where "
          + "this world has \(world.observationWidth) and \(world.actionWidth)")
    }
    return data
  }

  private static func rules(_ place: YAMLValue?) throws -> [any TransitionShaper] {
    try place?.items("a list of shaping rules").map { item in
      do { return try TransitionShapers.shaper(item.json) } catch let error as ParameterError {
        throw item.error("\(error.parameter): \(error.message)", suggestion: error.suggestion)
      }
    } ?? []
  }

  private static func world(_ place: YAMLValue) throws -> (String, JSONObject) {
    if case .string(let name) = place.json { return (name, JSONObject()) }
    let mapping = try place.mapping("a world's name, or the name with its parameters")
    guard let entry = mapping.entries.first, mapping.entries.count == 1 else {
      throw place.error("expected one world")
    }
    guard case .object(let options) = entry.value.json else {
      throw entry.value.error(expected: "a mapping with the world's parameters")
    }
    return (entry.name, options)
  }

  private static func check(
    _ world: any World, _ method: Method, _ place: YAMLValue, _ settings: Parameters, _ root: YAMLMapping
  ) throws {
    if method == .gflownet {
      do { try FlowRun.check(world, settings) } catch {
        throw (root[error.parameter] ?? place).error(error.message)
      }
    } else if method.isTabular {
      try checkTable(world, method, place)
    } else if method == .ppo {
      let rows = settings.int("n_envs") * settings.int("n_steps") * world.agents
      guard settings.int("batch_size") <= rows else {
        throw (root["batch_size"] ?? root.place).error(
          "a minibatch of \(settings.int("batch_size")) rows is more than n_envs x n_steps x agents = \(rows)"
        )
      }
    } else if world.agents > 1 {
      throw place.error(
        "\(method.rawValue) is for one agent; this world has \(world.agents): use method: ppo, isac or masac")
    } else {
      guard case .box(let low, let high) = world.actionSpace(of: 0), (low + high).allSatisfy(\.isFinite)
      else {
        throw place.error(
          "\(method.rawValue) needs actions of a bounded box; this world has choices: use method: ppo")
      }
    }
  }

  /// Rollouts and networks that no memory holds are told of before anything is made.
  private static func checkMemory(
    _ world: any World, _ method: Method, _ learner: LearnerKind?, _ settings: Parameters, _ root: YAMLMapping
  ) throws {
    let memory = Double(ProcessInfo.processInfo.physicalMemory)
    func refuse(_ place: YAMLValue?, _ bytes: Double, _ what: String) throws {
      guard bytes > memory else { return }
      throw (place ?? root.place).error(
        String(
          format: "%@ would take %.0f GB, and this machine has %.0f: take less", what, bytes / 1e9,
          memory / 1e9)
      )
    }
    // What is no list of widths is told of by who takes it.
    if let widths = (try? widths(root["net_arch"])) ?? nil, let last = widths.last {
      var (weights, inputs) = (0.0, Double(world.observationWidth))
      for width in (widths + [last]).map(Double.init) {
        weights += inputs * width
        inputs = width
      }
      // Weights, gradients and Adam's two moments, of a policy and a critic at least.
      try refuse(root["net_arch"], 32 * weights, "networks of \(widths)")
    }
    if learner == nil, method == .ppo {
      let rows = Double(settings.int("n_envs")) * Double(settings.int("n_steps"))
      let seen = world.sharesObservation ? world.observationWidth : world.agents * world.observationWidth
      let numbers = Double(seen + world.agents * (world.actionWidth + 8))
      try refuse(root["n_steps"] ?? root["n_envs"], 4 * rows * numbers, "a rollout of n_envs x n_steps")
    }
  }

  private static func checkTable(_ world: any World, _ method: Method, _ place: YAMLValue) throws {
    guard world.agents == 1 else {
      throw place.error(
        "\(method.rawValue) is for one agent; this world has \(world.agents): use method: ppo")
    }
    guard case .discrete = world.actionSpace(of: 0) else {
      throw place.error("\(method.rawValue) needs actions that are choices: use method: ppo, sac or td3")
    }
    if method == .greedyMeta {
      guard let bandit = world as? BlockBandit, bandit.arms <= 5 else {
        throw place.error("greedy_meta learns on the world block-bandit with at most 5 arms")
      }
    }
  }

  private static func widths(_ place: YAMLValue?) throws -> [Int]? {
    if place?.json == .null { return nil }
    return try place?.items("a list of widths such as [64, 64]").map { item in
      guard case .integer(let width) = item.json, (1...65_536).contains(width) else {
        throw item.error(expected: "a width from 1 to 65536")
      }
      return width
    }
  }

  /// `reward: {heron: {...}}`, checked against the world.
  private static func heron(_ place: YAMLValue?, _ method: Method, _ world: any World) throws -> JSONObject? {
    guard let place else { return nil }
    let mapping = try place.mapping("the reward's name with its settings")
    try mapping.requireKeys(["heron"])
    let settings = try mapping.required("heron")
    guard method.isOffPolicy else {
      throw place.error("heron learns from a replay buffer: use sac, td3 or ddpg")
    }
    guard case .object(let object) = settings.json else {
      throw settings.error(expected: "a mapping with signals")
    }
    do {
      _ = try HeronReward(object, observationWidth: world.observationWidth, actionWidth: world.actionWidth)
    } catch {
      throw settings.error("\(error.parameter): \(error.message)", suggestion: error.suggestion)
    }
    return object
  }

  /// The learner with the file's settings and the run's seed.
  /// - Parameter plays: It will only act, as its saved networks do: without what predicts the others (TeamReg).
  func multiAgentLearner(_ kind: LearnerKind, _ world: any World, plays: Bool = false) throws(ParameterError)
    -> any MultiAgentLearner
  {
    var given = JSONObject()
    for parameter in kind.parameters { given[parameter.name] = settings.values[parameter.name] }
    if plays, given["coordination"] == .string("team") {
      for name in ["coordination", "predictor_weight", "policy_weight"] { given[name] = nil }
    }
    given["seed"] = .integer(Int(seed))
    return try kind.learner(given, world: world)
  }

  var ppo: PPOConfiguration {
    var ppo = PPOConfiguration()
    ppo.learningRate = settings.double("learning_rate")
    ppo.nEnvs = settings.int("n_envs")
    ppo.nSteps = settings.int("n_steps")
    ppo.batchSize = settings.int("batch_size")
    ppo.nEpochs = settings.int("n_epochs")
    ppo.gamma = settings.double("gamma")
    ppo.gaeLambda = settings.double("gae_lambda")
    ppo.clipRange = settings.double("clip_range")
    ppo.entCoef = settings.double("ent_coef")
    ppo.vfCoef = settings.double("vf_coef")
    ppo.maxGradNorm = settings.double("max_grad_norm")
    ppo.linearSchedule = settings.string("lr_scheduler_type") == "linear"
    if let netArch { ppo.netArch = netArch }
    if let activation = settings.optionalString("activation").flatMap(DenseActivation.init) {
      ppo.activation = activation
    }
    ppo.seed = seed
    return ppo
  }

  var offPolicy: OffPolicyConfiguration {
    var learner: OffPolicyConfiguration =
      switch method {
      case .td3: .td3
      case .ddpg: .ddpg
      default: .sac
      }
    learner.learningRate = settings.double("learning_rate")
    learner.bufferSize = settings.int("buffer_size")
    learner.learningStarts = settings.int("learning_starts")
    learner.batchSize = settings.int("batch_size")
    learner.tau = settings.double("tau")
    learner.gamma = settings.double("gamma")
    learner.trainFreq = settings.int("train_freq")
    learner.gradientSteps = settings.int("gradient_steps")
    learner.entCoef = settings.optionalDouble("ent_coef")
    learner.actionNoise = settings.double("action_noise")
    if offlineData != nil { learner.offlineShare = settings.double("offline_share") }
    if let netArch { learner.netArch = netArch }
    if let activation = settings.optionalString("activation").flatMap(DenseActivation.init) {
      learner.activation = activation
    }
    learner.seed = seed
    return learner
  }
}
