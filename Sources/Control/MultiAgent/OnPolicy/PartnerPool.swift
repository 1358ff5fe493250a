import Numeric
import Worlds

/// A frozen policy that takes seats beside a learner: any seat, told by a one-hot index.
final class Partner {
  let policy: DenseNetwork
  let logDeviations: ParameterVector
  private let distribution: ActionDistribution
  var normalizer: ObservationNormalizer
  private let team: Team
  private var state, input: [Float]

  init(_ actor: Actor, normalizer: ObservationNormalizer, team: Team) {
    (policy, logDeviations) = actor.copy()
    distribution = actor.distribution
    self.normalizer = normalizer
    self.team = team
    state = Array(repeating: 0, count: team.stateWidth)
    input = Array(repeating: 0, count: policy.inputWidth)
  }

  /// Draws a seat's action, as the world takes it.
  func act(
    _ observed: UnsafePointer<Float>, seat: Int, into action: UnsafeMutablePointer<Float>,
    random: inout PCG64
  ) {
    normalizer.normalize(observed, into: &state)
    let start = team.start(of: seat)
    for place in 0..<team.width { input[place] = state[start + place] }
    for agent in 0..<team.agents { input[team.width + agent] = agent == seat ? 1 : 0 }
    let output = policy.forward(input, rows: 1)
    _ = distribution.sample(
      output.baseAddress!, logDeviations: logDeviations.parameters, into: action, random: &random)
    distribution.confine(action)
  }
}

/// The partners of a learner, in two groups: newer and older ones.
struct PartnerPool {
  /// With this probability a partner is one of the newer; when one group is empty, it is of the other.
  var recentProbability: Double
  var recent: [Partner] = []
  var older: [Partner] = []
  /// Whether the learner's own present policy is one of the newer.
  var includesLearner: Bool

  /// A partner; nil for the learner's own present policy.
  func draw(_ random: inout PCG64) -> Partner? {
    let newer = recent.count + (includesLearner ? 1 : 0)
    let isRecent = older.isEmpty || (newer > 0 && random.uniform() < recentProbability)
    if !isRecent { return older[random.integer(below: older.count)] }
    if newer == 0 { return nil }
    let choice = random.integer(below: newer)
    return choice < recent.count ? recent[choice] : nil
  }
}
