import Numeric
import Worlds

/// Whole episodes of all agents, one after the other.
struct EpisodeBatch {
  /// Where each episode begins.
  var starts: [Int] = []
  /// What an episode counts for in means; 1 / episodes unless set.
  var shares: [Double] = []
  /// rows x state width, normalised.
  var states: [Float] = []
  /// Per agent, rows x action width: as drawn, before tanh.
  var actions: [[Float]]
  /// Per agent, rows.
  var rewards: [[Double]]
  var terminated: [Bool] = []

  init(agents: Int) {
    actions = Array(repeating: [], count: agents)
    rewards = actions.map { _ in [] }
  }

  var rows: Int { terminated.count }

  /// The rows of every episode.
  var episodes: [Range<Int>] {
    starts.indices.map { starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : rows) }
  }

  /// An agent's own rows of the states, rows x width.
  func own(_ agent: Int, _ team: Team) -> [Float] {
    if team.sharesObservation { return states }
    let start = team.start(of: agent)
    return (0..<rows).flatMap { row in
      states[row * team.stateWidth + start..<row * team.stateWidth + start + team.width]
    }
  }

  /// The discounted sums of rewards from each row to its episode's end.
  func returns(_ rewards: [Double], gamma: Double) -> [Double] {
    var returns = rewards
    for episode in episodes {
      for row in episode.dropLast().reversed() { returns[row] += gamma * returns[row + 1] }
    }
    return returns
  }
}

extension Actor {
  /// Adds the gradient of -(sum over rows of weights x log pi) - `entCoef` x the mean entropy.
  func addGradient(_ inputs: [Float], _ actions: [Float], weights: [Double], entCoef: Double = 0) {
    let rows = weights.count
    let outputs = policy.forward(inputs, rows: rows)
    let (width, size) = (distribution.outputs, distribution.width)
    var gradient = [Float](repeating: 0, count: rows * width)
    gradient.withUnsafeMutableBufferPointer { gradient in
      actions.withUnsafeBufferPointer { actions in
        for row in 0..<rows {
          distribution.gradient(
            outputs.baseAddress! + row * width, logDeviations: logDeviations.parameters,
            action: actions.baseAddress! + row * size, byLogProbability: -Float(weights[row]),
            byEntropy: -Float(entCoef / Double(rows)), into: gradient.baseAddress! + row * width,
            deviationGradients: logDeviations.gradients)
        }
      }
    }
    policy.backward(inputs, rows: rows, outputGradient: gradient)
  }

  /// The gradients that have been added, in one vector, which are then cleared.
  func takeGradient() -> [Float] {
    let vector = Array(policy.gradients) + Array(logDeviations.gradients)
    policy.zeroGradients()
    logDeviations.gradients.update(repeating: 0)
    return vector
  }

  /// The derivative of every row's log-probability along each direction (vectors as `takeGradient` gives them).
  /// - Returns: directions x rows.
  func directionalDerivatives(_ inputs: [Float], _ actions: [Float], along directions: [[Float]])
    -> [[Double]]
  {
    let (width, size) = (policy.inputWidth, distribution.width)
    let rows = inputs.count / width
    var derivatives = directions.map { _ in [Double](repeating: 0, count: rows) }
    for row in 0..<rows {
      addGradient(
        Array(inputs[row * width..<(row + 1) * width]), Array(actions[row * size..<(row + 1) * size]),
        weights: [-1])
      let count = policy.parameterCount
      for (index, direction) in directions.enumerated() {
        var sum: Float = 0
        for place in 0..<count { sum += policy.gradients[place] * direction[place] }
        for place in count..<direction.count {
          sum += logDeviations.gradients[place - count] * direction[place]
        }
        derivatives[index][row] = Double(sum)
      }
      policy.zeroGradients()
      logDeviations.gradients.update(repeating: 0)
    }
    return derivatives
  }
}
