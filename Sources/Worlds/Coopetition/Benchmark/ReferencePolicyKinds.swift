extension PolicyRegistry {
  /// The 110 reference policies that need no learning: seven oracles, two heuristics, 101 constants.
  public static let reference = PolicyRegistry(
    CoopetitionOracle.allCases.map(\.kind) + heuristics + (0...100).map { constant(hundredths: $0) })

  private static let heuristics = [
    PolicyKind("Random", .heuristic, summary: "uniform on the action box") { game, request in
      RandomPolicy(seed: request.seed, of: game.parameters)
    },
    PolicyKind(
      "TitForTat", .heuristic,
      summary:
        "everybody does what the next agent has done last; from the second episode on it starts there too"
    ) { game, _ in TitForTatPolicy(of: game.parameters) },
  ]

  private static func constant(hundredths: Int) -> PolicyKind {
    let level = Double(hundredths) / 100
    return PolicyKind(
      "Constant_\(level)", .constant, summary: "\(hundredths)% of the largest endowment, always"
    ) { game, _ in ConstantPolicy(level: level, of: game.parameters) }
  }
}

extension CoopetitionOracle {
  fileprivate var kind: PolicyKind {
    PolicyKind(rawValue, .oracle, summary: summary) { game, _ in
      guard let policy = policy(for: game) else {
        throw PolicyUnsuitable(policy: rawValue, reason: "it solves games of \(theory)")
      }
      return policy
    }
  }

  private var theory: String {
    switch self {
    case .equilibrium, .trustAware: "every theory"
    case .nash, .socialOptimum, .loyalty: "TR-3, collective action"
    case .reciprocityEquilibrium, .boundedReciprocity: "TR-4, reciprocity"
    }
  }

  private var summary: String {
    switch self {
    case .equilibrium: "TR-1: equilibrium of the integrated utilities, dependence as the weights"
    case .trustAware:
      "TR-2: the same with a reward for answered trust; the whole endowment in the shipped games"
    case .nash: "TR-3: the free-riding effort; full contribution where returns to scale are linear"
    case .socialOptimum: "TR-3: the welfare-maximising effort, inside the endowment"
    case .loyalty: "TR-3: the total effort of members of loyalty 0.9, asked of each"
    case .reciprocityEquilibrium: "TR-4: equilibrium with rewards for trust and deterrence"
    case .boundedReciprocity: "TR-4: a script that answers changes and drifts back to the baselines"
    }
  }
}

extension Coopetition {
  /// The theories of the paper, TR-1 to TR-4.
  public enum Tier: String, Sendable, CaseIterable {
    case interdependence = "TR-1"
    case trust = "TR-2"
    case collectiveAction = "TR-3"
    case reciprocity = "TR-4"

    /// Its five environments.
    public var kinds: [WorldKind] {
      switch self {
      case .interdependence: interdependenceKinds
      case .trust: trustKinds
      case .collectiveAction: collectiveActionKinds
      case .reciprocity: reciprocityKinds
      }
    }

    /// The oracle against which the paper measures gaps.
    public var oracle: CoopetitionOracle {
      switch self {
      case .interdependence: .equilibrium
      case .trust: .trustAware
      case .collectiveAction: .loyalty
      case .reciprocity: .boundedReciprocity
      }
    }
  }

  /// The theory of an environment; nil for a name that is none.
  public static func tier(of world: String) -> Tier? {
    Tier.allCases.first { $0.kinds.contains { $0.name == world.lowercased() } }
  }
}
