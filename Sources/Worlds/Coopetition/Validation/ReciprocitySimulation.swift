import Foundation

/// TR-4's behavioural simulation: actions of [0, 1] drift by reciprocity, and trust follows. It serves as a study and
/// as a scripted partner. The memory window has no part in it, in the original either.
public struct ReciprocitySimulation: Sendable {
  /// What happens to an actor's action at a step.
  public enum Shock: Sendable, Equatable {
    case add(Double)
    case set(Double)
  }

  public struct Course: Sendable {
    /// Of steps 0 ... n: actions, trust and reputation damage row by row.
    public var actions: [[Double]]
    public var trust, reputation: [[[Double]]]
    /// Of steps 0 ..< n: R_ij = rho_ij tanh(kappa s_ij).
    public var responses: [[[Double]]]
  }

  public var reciprocity: ReciprocityParameters
  public var dependence: [[Double]]
  public var baselines: [Double]
  public var initialActions: [Double]
  public var initialTrust: [[Double]]
  /// alpha: how fast actions follow reciprocity.
  public var rate = 0.15
  /// How fast they return to the baselines.
  public var decay = 0.0
  /// u: how fast the baselines follow the actions.
  public var adaptation = 0.0
  /// Actor to shock, by step.
  public var shocks: [Int: [Int: Shock]] = [:]
  /// Trust is moved by the raw difference s = a_j - b_j, not by its tanh.
  public var dynamics = TrustDynamics(ceiling: .lenient)

  public init(
    _ reciprocity: ReciprocityParameters, dependence: [[Double]], baseline: Double, action: Double,
    trust: Double
  ) {
    let count = dependence.count
    self.reciprocity = reciprocity
    self.dependence = dependence
    baselines = Array(repeating: baseline, count: count)
    initialActions = Array(repeating: action, count: count)
    initialTrust = (0..<count).map { i in (0..<count).map { $0 == i ? 1 : trust } }
  }

  /// - Parameter noise: Added to the actors' actions, step after step; nil: none.
  public func run(steps: Int, noise: [Double]? = nil) -> Course {
    let count = dependence.count
    var (actions, trust) = (initialActions, initialTrust)
    var reputation = initialTrust.map { $0.map { _ in 0.0 } }
    var baselines = baselines
    var course = Course(actions: [actions], trust: [trust], reputation: [reputation], responses: [])
    let sensitivities = dependence.map { $0.map { $0 > 0 ? reciprocity.sensitivity(dependence: $0) : 0 } }
    for step in 0..<steps {
      for (actor, shock) in shocks[step] ?? [:] {
        switch shock {
        case .add(let change): actions[actor] = max(0, min(1, actions[actor] + change))
        case .set(let level): actions[actor] = max(0, min(1, level))
        }
      }
      course.actions[step] = actions
      var responses = reputation.map { $0.map { _ in 0.0 } }
      var next = actions
      for i in 0..<count {
        var push = 0.0
        for j in 0..<count where i != j {
          let signal = actions[j] - baselines[j]
          responses[i][j] = sensitivities[i][j] * tanh(reciprocity.sensitivity * signal)
          push +=
            reciprocity.weight * trust[i][j] * (1 + reciprocity.amplification * dependence[i][j])
            * responses[i][j]
          dynamics.update(
            trust: &trust[i][j], reputation: &reputation[i][j], signal: signal,
            dependence: dependence[i][j])
        }
        let change = rate * push - decay * (actions[i] - baselines[i])
        next[i] = max(0, min(1, actions[i] + change + (noise?[step * count + i] ?? 0)))
      }
      for i in 0..<count { baselines[i] = (1 - adaptation) * baselines[i] + adaptation * actions[i] }
      actions = next
      course.actions.append(actions)
      course.trust.append(trust)
      course.reputation.append(reputation)
      course.responses.append(responses)
    }
    return course
  }
}
