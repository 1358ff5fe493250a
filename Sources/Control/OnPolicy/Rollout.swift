/// What a policy did and got between two updates: steps x rows, rows being environments times agents.
final class Rollout {
  var observations: [Float]
  var actions: [Float]
  var rewards, values, logProbabilities, advantages, returns: [Float]
  var isLast: [Bool]
  let width: Int
  let actionWidth: Int

  init(steps: Int, rows: Int, width: Int, actionWidth: Int) {
    self.width = width
    self.actionWidth = actionWidth
    observations = Array(repeating: 0, count: steps * rows * width)
    actions = Array(repeating: 0, count: steps * rows * actionWidth)
    rewards = Array(repeating: 0, count: steps * rows)
    (values, logProbabilities, advantages, returns) = (rewards, rewards, rewards, rewards)
    isLast = Array(repeating: false, count: steps * rows)
  }
}

/// Rows of a rollout, drawn for one gradient step.
struct Minibatch {
  var count = 0
  var observations, actions: [Float]
  var logProbabilities, advantages, returns: [Float]
  var policyGradients, valueGradients: [Float]

  init(rows: Int, width: Int, outputs: Int, actionWidth: Int) {
    observations = Array(repeating: 0, count: rows * width)
    actions = Array(repeating: 0, count: rows * actionWidth)
    logProbabilities = Array(repeating: 0, count: rows)
    (advantages, returns, valueGradients) = (logProbabilities, logProbabilities, logProbabilities)
    policyGradients = Array(repeating: 0, count: rows * outputs)
  }

  mutating func take(_ chosen: ArraySlice<Int>, from rollout: Rollout) {
    count = chosen.count
    let (width, size) = (rollout.width, rollout.actionWidth)
    for (row, index) in chosen.enumerated() {
      for place in 0..<width {
        observations[row * width + place] = rollout.observations[index * width + place]
      }
      for place in 0..<size { actions[row * size + place] = rollout.actions[index * size + place] }
      logProbabilities[row] = rollout.logProbabilities[index]
      advantages[row] = rollout.advantages[index]
      returns[row] = rollout.returns[index]
    }
  }

  /// (A - mean) / (deviation + 1e-8), the unbiased deviation, as Stable-Baselines3 has it.
  mutating func normalizeAdvantages() {
    let share = 1 / Float(count)
    var (mean, squares) = (Float(0), Float(0))
    for row in 0..<count { mean += advantages[row] * share }
    for row in 0..<count { squares += (advantages[row] - mean) * (advantages[row] - mean) }
    let deviation = (squares / Float(count - 1)).squareRoot()
    for row in 0..<count { advantages[row] = (advantages[row] - mean) / (deviation + 1e-8) }
  }
}
