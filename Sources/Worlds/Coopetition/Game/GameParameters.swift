/// Everything that defines a coopetition game, except its extra rules (`CoopetitionRule`).
public struct GameParameters: Sendable, Equatable {
  public var payoff: PayoffFunction
  /// b: what counts as neither cooperation nor defection.
  public var baselines: [Double]
  public var trust: TrustDynamics
  /// Off: trust counts as complete and never changes.
  public var usesTrust = true
  public var maximumSteps: Int
  public var mode = RewardMode.integrated
  /// Rewards are divided by the largest endowment.
  public var normalizesRewards = false
  public var rewardScale = 1.0
  public var observation = ObservationForm.joint
  /// The original's known defects are kept (docs/coopetition.md lists them).
  public var isStrict = true

  public init(payoff: PayoffFunction, baselines: [Double], trust: TrustDynamics, maximumSteps: Int) {
    self.payoff = payoff
    self.baselines = baselines
    self.trust = trust
    self.maximumSteps = maximumSteps
  }

  /// The usual logarithmic game, shares all equal unless given.
  public init(
    endowments: [Double], baselines: [Double], valueScale: Double = 20, synergyWeight: Double,
    shares: [Double]? = nil, dependence: [[Double]], trust: TrustDynamics, maximumSteps: Int
  ) {
    let count = endowments.count
    self.init(
      payoff: PayoffFunction(
        value: .logarithmic(scale: valueScale), synergyWeight: synergyWeight, endowments: endowments,
        shares: shares ?? Array(repeating: 1 / Double(count), count: count), dependence: dependence),
      baselines: baselines, trust: trust, maximumSteps: maximumSteps)
  }

  public var agents: Int { payoff.endowments.count }
  public var endowments: [Double] { payoff.endowments }

  /// The original's parallel wrappers reach past each environment's own reset and step, so that its extra rules do
  /// not take place there.
  var skipsExtras: Bool { isStrict && observation != .joint }

  /// D with the same number everywhere off the diagonal.
  public static func uniform(_ value: Double, count: Int) -> [[Double]] {
    (0..<count).map { i in (0..<count).map { $0 == i ? 0 : value } }
  }

  /// What is wrong with the numbers; nil when nothing is.
  public var problem: ParameterProblem? {
    let count = agents
    if count < 1 { return ("endowments", "there is no agent") }
    if endowments.contains(where: { !($0 > 0 && $0.isFinite) }) {
      return ("endowments", "every endowment must be above 0")
    }
    if baselines.count != count || payoff.shares.count != count {
      return ("baselines", "\(count) agents need as many baselines and shares")
    }
    if abs(payoff.shares.reduce(0, +) - 1) > 1e-3 { return ("shares", "the shares must sum to 1") }
    if payoff.dependence.count != count || payoff.dependence.contains(where: { $0.count != count }) {
      return ("dependence", "the matrix of dependence must be \(count) x \(count)")
    }
    for (row, values) in payoff.dependence.enumerated() {
      if values[row] != 0 { return ("dependence", "nobody depends on himself: the diagonal must be 0") }
      if values.contains(where: { !(0...1 ~= $0) }) {
        return ("dependence", "every entry must be from 0 to 1")
      }
    }
    return nil
  }

  public typealias ParameterProblem = (parameter: String, message: String)
}
