/// Advantages of single tokens, from credits of finished responses (SCAR, arXiv 2505.20417).
///
/// A token is worth what is still to come: its response's advantage A_i less what was earned before its unit. With
/// past_i(t) = alpha x the credits of the units that ended before token t,
///
///     A_i(t) = A_i - k (past_i(t) - mean over the group of past_j(t))
///
/// where k is what the estimator makes of a difference of totals (1 / deviation for GRPO). It is REINFORCE with
/// reward-to-go and a baseline for each position; with alpha = 0 it is the estimator's own advantage. A response that
/// has ended counts with all its credits.
public struct TokenAdvantages: Sendable {
  /// One response of a group.
  public struct Response: Sendable {
    /// Nil for one that takes no part.
    public var total: Double?
    /// A_i.
    public var advantage: Double
    /// A credit for each unit; nil where none could be computed: such a response keeps A_i and enters no mean.
    public var credits: [Double]?
    /// The unit of each token, ascending.
    public var units: [Int]

    public init(total: Double?, advantage: Double, credits: [Double]?, units: [Int]) {
      (self.total, self.advantage, self.credits, self.units) = (total, advantage, credits, units)
    }
  }

  /// The estimators to which this applies: their advantages are affine in the totals of a group.
  public static let estimators = ["grpo", "dr_grpo", "rloo", "reinforce_plus_plus"]

  /// The advantages of one group, response by response, token by token.
  /// - Precondition: Units are places in `credits`.
  public static func values(_ group: [Response], alpha: Double) -> [[Double]] {
    let slope = slope(group)
    let length = group.map(\.units.count).max() ?? 0
    let pasts = group.map { response in
      response.credits.map { past(response, $0, alpha: alpha, length: length) }
    }
    let known = pasts.compactMap { $0 }
    let means = (0..<length).map { token in
      known.reduce(0) { $0 + $1[token] } / Double(max(known.count, 1))
    }
    return zip(group, pasts).map { response, past in
      guard let past, response.total != nil else {
        return Array(repeating: response.advantage, count: response.units.count)
      }
      return response.units.indices.map { response.advantage - slope * (past[$0] - means[$0]) }
    }
  }

  /// k, from the two totals that lie farthest apart; 0 where all are equal: such a group teaches nothing.
  private static func slope(_ group: [Response]) -> Double {
    let known = group.compactMap { response in response.total.map { ($0, response.advantage) } }
    guard let low = known.min(by: { $0.0 < $1.0 }), let high = known.max(by: { $0.0 < $1.0 }), high.0 > low.0
    else { return 0 }
    return (high.1 - low.1) / (high.0 - low.0)
  }

  /// What was earned before each token's unit; behind the end, everything.
  private static func past(_ response: Response, _ credits: [Double], alpha: Double, length: Int) -> [Double]
  {
    var earned = [0.0]
    for credit in credits { earned.append(earned[earned.count - 1] + alpha * credit) }
    return (0..<length).map { token in
      token < response.units.count ? earned[response.units[token]] : earned[earned.count - 1]
    }
  }
}
