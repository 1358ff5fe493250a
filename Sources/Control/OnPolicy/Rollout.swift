/// What was seen in a rollout, row after row; kept once where several agents see the same.
final class RolloutInputs {
  var values: [Float]
  let width: Int
  /// How many of a rollout's rows, one after the other, each row of these stands for.
  let copies: Int

  init(rows: Int, width: Int, copies: Int = 1) {
    (self.width, self.copies) = (width, copies)
    values = Array(repeating: 0, count: rows / copies * width)
  }
}

/// What a policy did and got between two updates: steps x rows, rows being environments times agents.
final class Rollout {
  let inputs: RolloutInputs
  var actions: [Float]
  var rewards, values, logProbabilities, advantages, returns: [Float]
  var isLast: [Bool]
  let actionWidth: Int
  var width: Int { inputs.width }

  /// - Parameter inputs: Of `steps` x `rows` rows; several rollouts may share them.
  init(steps: Int, rows: Int, inputs: RolloutInputs, actionWidth: Int) {
    self.inputs = inputs
    self.actionWidth = actionWidth
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
      let start = index / rollout.inputs.copies * width
      for place in 0..<width { observations[row * width + place] = rollout.inputs.values[start + place] }
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
