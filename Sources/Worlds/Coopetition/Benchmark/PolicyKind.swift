import Rewards

/// What a policy may need to come into being, besides the game.
public struct PolicyRequest: Sendable {
  /// Of everything random: drawn actions, training.
  public var seed: UInt64
  /// Environment steps that a learner may train for; nil for its own default.
  public var trainingSteps: Int?
  /// Called with the share of the training that is done.
  public var progress: @Sendable (Double) -> Void
  /// Whether training should stop; what has been learned so far is then returned.
  public var isCancelled: @Sendable () -> Bool

  public init(
    seed: UInt64 = 99, trainingSteps: Int? = nil, progress: @escaping @Sendable (Double) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.seed = seed
    self.trainingSteps = trainingSteps
    self.progress = progress
    self.isCancelled = isCancelled
  }
}

/// A policy that does not go with a game: an oracle without its theory, a mean field of two.
public struct PolicyUnsuitable: Error, Sendable, Equatable, CustomStringConvertible {
  public var policy: String
  public var reason: String

  public init(policy: String, reason: String) {
    self.policy = policy
    self.reason = reason
  }

  public var description: String { "\(policy) does not go with this game: \(reason)" }
}

/// A policy that a name can call up.
public struct PolicyKind: Sendable {
  public enum Family: String, Sendable, CaseIterable {
    case learner, oracle, heuristic, constant
  }

  /// As the paper's tables name it.
  public var name: String
  public var family: Family
  /// One line.
  public var summary: String
  private let build: @Sendable (CoopetitionGame, PolicyRequest) throws -> any CoopetitionPolicy

  /// - Parameter build: Makes the policy for a game, in whose reward mode a learner trains. Throws
  ///   `PolicyUnsuitable` where it does not go with the game.
  public init(
    _ name: String, _ family: Family, summary: String,
    build: @escaping @Sendable (CoopetitionGame, PolicyRequest) throws -> any CoopetitionPolicy
  ) {
    self.name = name
    self.family = family
    self.summary = summary
    self.build = build
  }

  /// The policy for a game; a learner is trained first.
  public func policy(for game: CoopetitionGame, _ request: PolicyRequest = PolicyRequest()) throws
    -> any CoopetitionPolicy
  {
    try build(game, request)
  }
}

/// The policies that a name can call up. `reference` has those that need no learning; rooms that know learners add
/// theirs: `PolicyRegistry.reference.adding(kinds)`.
public struct PolicyRegistry: Sendable {
  public let kinds: [PolicyKind]

  /// - Precondition: No name comes twice.
  public init(_ kinds: [PolicyKind]) {
    precondition(Set(kinds.map(\.name)).count == kinds.count, "two policies have the same name")
    self.kinds = kinds
  }

  /// This registry with more policies, which are listed first.
  public func adding(_ more: [PolicyKind]) -> PolicyRegistry { PolicyRegistry(more + kinds) }

  /// The kind of that name. Case does not matter, nor do final zeros of a constant (`constant_0.30`).
  public func kind(named name: String) -> PolicyKind? {
    let wanted = Self.canonical(name)
    return kinds.first { Self.canonical($0.name) == wanted }
  }

  private static func canonical(_ name: String) -> String {
    let name = name.lowercased()
    let prefix = "constant_"
    guard name.hasPrefix(prefix), let level = Double(name.dropFirst(prefix.count)) else { return name }
    return prefix + "\(level)"
  }

  /// The kinds of a list of names and groups, in the registry's order, each once. Groups are `all`, and the families
  /// `learners`, `oracles`, `heuristics`, `constants`.
  /// - Throws: `ParameterError` that says the nearest name.
  public func kinds(named names: [String]) throws(ParameterError) -> [PolicyKind] {
    var wanted: Set<String> = []
    for name in names {
      if name.lowercased() == "all" {
        wanted.formUnion(kinds.map(\.name))
      } else if let family = PolicyKind.Family.allCases.first(where: {
        $0.rawValue + "s" == name.lowercased()
      }) {
        wanted.formUnion(kinds.filter { $0.family == family }.map(\.name))
      } else if let kind = kind(named: name) {
        wanted.insert(kind.name)
      } else {
        throw unknown(name)
      }
    }
    return kinds.filter { wanted.contains($0.name) }
  }

  /// What to say of a name that is none.
  public func unknown(_ name: String) -> ParameterError {
    if let learner = Self.learnerNames.first(where: { $0.lowercased() == name.lowercased() }) {
      return ParameterError(
        parameter: "policy", "\(learner) is a learner, and this program was built without it")
    }
    return ParameterError(
      parameter: "policy", "there is no policy \"\(name)\"; `laurel coopetition policies` lists all of them",
      suggestion: nearestName(
        to: name, in: kinds.map(\.name) + ["all"] + PolicyKind.Family.allCases.map { $0.rawValue + "s" }))
  }

  /// The paper's sixteen learners; together with the 110 of `reference` they are its 126 reference policies.
  public static let learnerNames = [
    "IPPO", "IA2C", "ISAC", "IndependentREINFORCE", "LOLA", "SelfPlay_PPO", "FCP", "MAPPO", "MADDPG", "MATD3",
    "M3DDPG", "MASAC", "QMIX", "VDN", "COMA", "MeanFieldAC",
  ]
}
