import Rewards

/// `LoyaltyShaper` on the steps of any world with several agents: what a run file calls `loyalty`.
///
/// An agent's cost is `unitCost` times its action, held inside its space; it must already be in the reward (the
/// coopetition games pay e - a + ..., so that their unit cost is 1).
public struct LoyaltyShaping: MemorylessShaper {
  /// One for all agents, or one for each.
  public let loyalties: [Double]
  public let benefit, tolerance: Double
  public let welfare: TeamParameters.Welfare
  public let unitCost: Double
  private var shaper = LoyaltyShaper(loyalties: [])
  /// The lowest and highest action of each agent.
  private var bounds: [ClosedRange<Double>] = []
  private var costs: [Double] = []

  /// - Precondition: As `LoyaltyShaper`'s; `unitCost` is not negative.
  public init(
    loyalties: [Double], benefit: Double = 0.8, tolerance: Double = 0.3,
    welfare: TeamParameters.Welfare = .sum, unitCost: Double = 1
  ) {
    precondition(!loyalties.isEmpty && unitCost >= 0, "no loyalty, or a negative cost")
    self.loyalties = loyalties
    self.benefit = benefit
    self.tolerance = tolerance
    self.welfare = welfare
    self.unitCost = unitCost
  }

  public var guarantee: PolicyGuarantee { .none }
  /// It depends on the teammates' rewards too.
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    let agents = setting.team.count
    guard agents > 0 else {
      throw .parameter("loyalty needs all agents' rewards at once: name it itself, not inside another shaper")
    }
    guard agents > 1 else { throw .parameter("loyalty needs teammates: this world has one agent") }
    guard loyalties.count == 1 || loyalties.count == agents else {
      throw .parameter(
        "theta has \(loyalties.count) loyalties for \(agents) agents: give one for each, or one")
    }
    bounds = []
    for space in setting.team {
      switch space {
      case .discrete(let count): bounds.append(0...Double(count - 1))
      case .box(let low, let high):
        guard low.count == 1 else {
          throw .parameter("loyalty takes the action as the effort: this world's have \(low.count) numbers")
        }
        bounds.append(Double(low[0])...Double(high[0]))
      }
    }
    costs = Array(repeating: 0, count: agents)
    shaper = LoyaltyShaper(
      loyalties: loyalties.count == 1 ? Array(repeating: loyalties[0], count: agents) : loyalties,
      benefit: benefit, tolerance: tolerance, welfare: welfare)
  }

  /// A single transition has no teammates: `begin` refuses the settings in which this would be called.
  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    preconditionFailure("loyalty shapes all agents together")
  }

  public mutating func shape(_ batch: TransitionBatch, rewards: UnsafeMutableBufferPointer<Double>) {
    let agents = costs.count
    for first in stride(from: 0, to: batch.lanes, by: agents) {
      for agent in 0..<agents {
        let action = Double(batch.actions[first + agent])
        costs[agent] = unitCost * min(max(action, bounds[agent].lowerBound), bounds[agent].upperBound)
      }
      let own = UnsafeMutableBufferPointer(rebasing: rewards[first..<first + agents])
      costs.withUnsafeBufferPointer { shaper.shape(own, costs: $0) }
    }
  }
}

extension LoyaltyShaping {
  /// What a run file writes.
  static let kind = TransitionShaperKind(
    name: "loyalty",
    help: "A team's loyalty: r_i + theta_i (phi_b x the teammates' rewards + phi_c x own cost) (TR-3, 2026).",
    parameters: [
      Parameter(
        "theta", .json, default: .number(0.9), help: "loyalty of [0, 1]: one for all, or a list, one an agent"
      ),
      Parameter(
        "phi_b", .number, default: .number(0.8), range: -1e6...1e6,
        help: "how much the teammates' rewards count; negative only with envy"),
      Parameter(
        "phi_c", .number, default: .number(0.3), range: 0...0.999,
        help: "which part of its own cost loyalty gives back"),
      Parameter(
        "form", .choice(["sum", "average"]), default: .string("sum"),
        help: "the teammates' rewards as a sum (the paper's figures) or average (its released code)"),
      Parameter(
        "c", .number, default: .number(1), range: 0...1e6,
        help: "what a unit of the action costs, as the reward already has it"),
      Parameter("envy", .bool, default: .bool(false), help: "allow a negative phi_b"),
    ],
    make: { given in
      let benefit = given.double("phi_b")
      guard benefit >= 0 || given.bool("envy") else {
        throw ParameterError(
          parameter: "phi_b", expected: "a number from 0 (or envy: true)", found: "\(benefit)")
      }
      return LoyaltyShaping(
        loyalties: try loyalties(given.json("theta")), benefit: benefit, tolerance: given.double("phi_c"),
        welfare: given.string("form") == "sum" ? .sum : .mean, unitCost: given.double("c"))
    })

  private static func loyalties(_ value: JSONValue) throws(ParameterError) -> [Double] {
    let items = if case .array(let items) = value { items } else { [value] }
    var loyalties: [Double] = []
    for item in items {
      guard let number = item.double, 0...1 ~= number else {
        throw ParameterError(
          parameter: "theta", expected: "a number from 0 to 1, or a list of them", found: item.summary)
      }
      loyalties.append(number)
    }
    guard !loyalties.isEmpty else {
      throw ParameterError(parameter: "theta", expected: "a loyalty for each agent", found: "an empty list")
    }
    return loyalties
  }
}
