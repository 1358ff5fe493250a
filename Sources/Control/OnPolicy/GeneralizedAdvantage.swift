/// Generalised advantage estimation (Schulman et al. 2016, eq. 16) over a rollout of parallel lanes.
public enum GeneralizedAdvantage {
  /// Advantages and value targets.
  ///
  /// delta_t = r_t + gamma V(s_t+1) - V(s_t), A_t = delta_t + gamma lambda A_t+1, both cut where an episode ends. A
  /// truncated step's reward must already hold gamma V of its last state (what follows is cut off, not worthless).
  /// - Parameters:
  ///   - rewards, values: steps x lanes.
  ///   - isLast: Whether an episode ended with the step, steps x lanes.
  ///   - nextValues: The values of the states after the last step, one for each lane.
  ///   - advantages, returns: Receive A_t and A_t + V(s_t), steps x lanes.
  public static func estimate(
    rewards: [Float], values: [Float], isLast: [Bool], nextValues: [Float], gamma: Double, lambda: Double,
    advantages: inout [Float], returns: inout [Float]
  ) {
    let lanes = nextValues.count
    let steps = rewards.count / lanes
    let (gamma, decay) = (Float(gamma), Float(gamma * lambda))
    for lane in 0..<lanes {
      var (advantage, next) = (Float(0), nextValues[lane])
      for step in stride(from: steps - 1, through: 0, by: -1) {
        let index = step * lanes + lane
        let goesOn: Float = isLast[index] ? 0 : 1
        advantage = rewards[index] + gamma * next * goesOn - values[index] + decay * goesOn * advantage
        advantages[index] = advantage
        returns[index] = advantage + values[index]
        next = values[index]
      }
    }
  }
}
