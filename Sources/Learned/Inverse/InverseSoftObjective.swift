/// The inverse soft-Q criterion for one agent's marginal critic (Garg et al. 2021 for one agent; Haynam et al. 2025 for
/// several), with its gradient.
///
/// L = mean over value rows of [V(s) - g V(s')] - mean over expert rows of [rho - rho^2 / 4]
///     + c mean over replay rows of rho^2
/// where rho = Q(s, a) - g V(s'), g is the discount and 0 where the episode ends. Value rows are the expert's and the
/// replay's together. The last term ties Q to where actions lead off the expert's path.
public struct InverseSoftObjective: Sendable, Equatable {
  public var discount: Double
  /// c.
  public var replayPenalty: Double

  public init(discount: Double, replayPenalty: Double) {
    self.discount = discount
    self.replayPenalty = replayPenalty
  }

  /// The loss of `agent`'s critic; adds its gradient to `gradient`.
  /// - Parameters:
  ///   - expertRows: Transitions of `expert`.
  ///   - replayRows: Transitions of `replay`; empty when there is no simulator.
  public func loss(
    _ critic: MarginalCritic, agent: Int, expert: JointDemonstrations, expertRows: [Int],
    replay: JointDemonstrations, replayRows: [Int], gradient: inout [Double]
  ) -> Double {
    var pass = Pass(critic: critic, discount: discount)
    var loss = 0.0
    let valueWeight = 1 / Double(expertRows.count + replayRows.count)
    for row in expertRows {
      let rho = pass.residual(expert, row, agent)
      loss += valueWeight * pass.valueDrop(expert, row, weight: valueWeight, &gradient)
      let weight = 1 / Double(expertRows.count)
      loss -= weight * (rho - rho * rho / 4)
      pass.pushResidual(expert, row, agent, -weight * (1 - rho / 2), &gradient)
    }
    for row in replayRows {
      loss += valueWeight * pass.valueDrop(replay, row, weight: valueWeight, &gradient)
      guard replayPenalty > 0 else { continue }
      let rho = pass.residual(replay, row, agent)
      let weight = replayPenalty / Double(replayRows.count)
      loss += weight * rho * rho
      pass.pushResidual(replay, row, agent, 2 * weight * rho, &gradient)
    }
    return loss
  }

  /// Values and policies of the states met, computed once each.
  private struct Pass {
    let critic: MarginalCritic
    let discount: Double
    private var values: [Double]
    private var policy: [Double]

    init(critic: MarginalCritic, discount: Double) {
      self.critic = critic
      self.discount = discount
      values = Array(repeating: .nan, count: critic.states)
      policy = critic.values
    }

    private mutating func value(_ state: Int) -> Double {
      if values[state].isNaN {
        values[state] = critic.value(state)
        critic.writePolicy(state, into: &policy)
      }
      return values[state]
    }

    mutating func residual(_ data: JointDemonstrations, _ row: Int, _ agent: Int) -> Double {
      let action = data.actions[row * data.agents + agent]
      let next = data.ends[row] ? 0 : discount * value(data.nextStates[row])
      return critic.values[data.states[row] * critic.actions + action] - next
    }

    /// V(s) - g V(s'), whose gradient is added with a weight.
    mutating func valueDrop(
      _ data: JointDemonstrations, _ row: Int, weight: Double, _ gradient: inout [Double]
    ) -> Double {
      let here = value(data.states[row])
      pushValue(data.states[row], weight, &gradient)
      if data.ends[row] { return here }
      let next = value(data.nextStates[row])
      pushValue(data.nextStates[row], -discount * weight, &gradient)
      return here - discount * next
    }

    mutating func pushResidual(
      _ data: JointDemonstrations, _ row: Int, _ agent: Int, _ weight: Double, _ gradient: inout [Double]
    ) {
      gradient[data.states[row] * critic.actions + data.actions[row * data.agents + agent]] += weight
      if !data.ends[row] {
        _ = value(data.nextStates[row])
        pushValue(data.nextStates[row], -discount * weight, &gradient)
      }
    }

    /// dV/dQ(s, a) = pi(a|s).
    private func pushValue(_ state: Int, _ weight: Double, _ gradient: inout [Double]) {
      for index in state * critic.actions..<(state + 1) * critic.actions {
        gradient[index] += weight * policy[index]
      }
    }
  }
}
