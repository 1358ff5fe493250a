import Foundation

/// TR-2's case: the Renault-Nissan alliance in five phases, scored by the report's rubric (60 points).
public struct AllianceCase: Sendable {
  public struct Phase: Sendable, Equatable {
    public var name: String
    public var steps: Int
    /// What both companies contribute.
    public var action: Double
  }

  public struct Score: Sendable, Equatable {
    /// 10 always: the original fits nothing here (12 when any observation is given).
    public var alignment: Int
    /// 15 points each.
    public var behaviour, mechanism, outcome: Int
    public var total: Int { alignment + behaviour + mechanism + outcome }
  }

  public struct Outcome: Sendable {
    /// [T_00, T_01, T_10, T_11] of steps 0 ... 79.
    public var trust: [[Double]]
    /// [R_01, R_10].
    public var reputation: [[Double]]
    /// The rubric line by line, and its sums.
    public var indicators: [CaseIndicator] = []
    public var score: Score {
      func sum(_ category: String) -> Int { Int(indicators.points(category)) }
      return Score(
        alignment: sum("alignment"), behaviour: sum("behaviour"), mechanism: sum("mechanism"),
        outcome: sum("outcome"))
    }
    /// Of the trust entries over the phases.
    public var analysis: VarianceAnalysis

    func mean(_ step: Int) -> Double { trust[step].reduce(0, +) / 4 }
  }

  public var dynamics = TrustDynamics(
    building: 0.08, erosion: 0.25, damage: 0.55, repair: 0.02, amplification: 0.5, ceiling: .frozen)
  public var phases = [
    Phase(name: "formation", steps: 12, action: 6.5), Phase(name: "mature", steps: 40, action: 7.0),
    Phase(name: "crisis", steps: 4, action: 2.0), Phase(name: "recovery", steps: 15, action: 6.2),
    Phase(name: "current", steps: 8, action: 6.5),
  ]
  public var baseline = 5.0
  /// How much Renault depends on Nissan, and Nissan on Renault.
  public var dependence = (0.65, 0.75)
  /// Row by row. The original's second row has its entries swapped: Nissan trusts Renault fully at the start, and
  /// the diagonal is 0.55.
  public var initialTrust = [1.0, 0.50, 1.0, 0.55]

  public init() {}

  /// With the swapped entries put right.
  public static var corrected: AllianceCase {
    var alliance = AllianceCase()
    alliance.initialTrust = [1.0, 0.50, 0.55, 1.0]
    return alliance
  }

  public func run() -> Outcome {
    var trust = [initialTrust]
    var reputation = [[0.0, 0.0]]
    for phase in phases {
      let signal = dynamics.signal(phase.action - baseline)
      for _ in 0..<phase.steps {
        var (now, harm) = (trust.last!, reputation.last!)
        dynamics.update(trust: &now[1], reputation: &harm[0], signal: signal, dependence: dependence.0)
        dynamics.update(trust: &now[2], reputation: &harm[1], signal: signal, dependence: dependence.1)
        trust.append(now)
        reputation.append(harm)
      }
    }
    var start = 0
    let groups = phases.map { phase in
      defer { start += phase.steps }
      return trust[start..<start + phase.steps].flatMap { $0 }
    }
    var outcome = Outcome(
      trust: trust, reputation: reputation, analysis: VarianceAnalysis(groups: groups))
    outcome.indicators = indicators(outcome)
    return outcome
  }

  private func indicators(_ outcome: Outcome) -> [CaseIndicator] {
    let signals = phases.map { tanh($0.action - baseline) }
    let ends = phases.indices.map { index in phases[...index].reduce(0) { $0 + $1.steps } }
    let starts = [0] + ends.dropLast()
    let changes = phases.indices.map { outcome.mean(ends[$0]) - outcome.mean(starts[$0]) }
    func meanRate(_ isWanted: (Double) -> Bool) -> Double? {
      let rates = phases.indices.filter { isWanted(signals[$0]) }.map {
        abs(changes[$0]) / Double(phases[$0].steps)
      }
      return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }
    var isNegative = false
    if let erosion = meanRate({ $0 < 0 }), let building = meanRate({ $0 > 0 }) {
      isNegative = erosion > 1.5 * building
    }
    let isLasting = phases.indices.dropLast().contains { index in
      signals[index] < -0.3 && signals[index + 1] > 0.3 && ends[index + 1] < outcome.trust.count
        && outcome.mean(ends[index + 1]) < 0.9 * outcome.mean(max(0, starts[index] - 1))
    }
    let last = outcome.trust.count - 1
    let visible = ends.dropLast().filter { end in
      end < last && abs(outcome.mean(end + 1) - outcome.mean(end - 1)) > 0.05
    }.count
    let isHarmed = outcome.reputation.contains { $0.contains { $0 > 0.3 } }
    return [CaseIndicator("alignment", "always given: nothing is fitted", 10, of: 15)]
      + phases.indices.map {
        CaseIndicator(
          "behaviour", "\(phases[$0].name): trust moves with the actions", signals[$0] * changes[$0] > 0, 3)
      } + [
        CaseIndicator("mechanism", "erosion faster than building", isNegative, 5),
        CaseIndicator("mechanism", "recovery stays below what was", isLasting, 5),
        CaseIndicator("mechanism", "reputation damage above .3", isHarmed, 5),
        CaseIndicator(
          "outcome", "final trust from .2 to .8", 0.2...0.8 ~= outcome.mean(last) ? 7 : 4, of: 7),
        CaseIndicator("outcome", "visible phase changes", Double(min(8, 2 * visible)), of: 8),
      ]
  }
}
