import Numeric

/// A value network of states and actions, its slowly following target, and its optimiser.
final class ActionCritic {
  let value, target: DenseNetwork
  let trained: Trained
  private var gradient: [Float] = []

  init(
    _ name: String, inputs: Int, outputs: Int = 1, hidden: [Int], activation: DenseActivation,
    learningRate: Double, maxGradNorm: Double, random: inout PCG64
  ) {
    value = DenseNetwork(widths: [inputs] + hidden + [outputs], activation: activation, random: &random)
    target = value.copy()
    trained = Trained(name, [Adam(value, learningRate: learningRate)], maxGradNorm: maxGradNorm)
  }

  /// One step towards `targets`, by the mean squared error of output `column(row)`.
  func fit(
    _ input: [Float], targets: [Float], steps: Int, column: (Int) -> Int = { _ in 0 }
  ) throws(LearnerError) {
    let (rows, outputs) = (targets.count, value.outputWidth)
    let found = value.forward(input, rows: rows)
    gradient = Array(repeating: 0, count: rows * outputs)
    for row in 0..<rows {
      let place = row * outputs + column(row)
      gradient[place] = 2 * (found[place] - targets[row]) / Float(rows)
    }
    value.backward(input, rows: rows, outputGradient: gradient)
    try trained.step(steps: steps)
  }

  func follow(_ rate: Double) { target.blend(towards: value, rate: rate) }
}

/// Inputs of critics: rows of a state and, side by side with it, actions.
struct StateActionRows {
  let rows, stateWidth, actionWidth: Int
  var values: [Float]

  init(rows: Int, stateWidth: Int, actionWidth: Int) {
    (self.rows, self.stateWidth, self.actionWidth) = (rows, stateWidth, actionWidth)
    values = Array(repeating: 0, count: rows * (stateWidth + actionWidth))
  }

  var width: Int { stateWidth + actionWidth }

  mutating func write(_ states: [Float], _ actions: [Float]) {
    for row in 0..<rows {
      for place in 0..<stateWidth { values[row * width + place] = states[row * stateWidth + place] }
      for place in 0..<actionWidth {
        values[row * width + stateWidth + place] = actions[row * actionWidth + place]
      }
    }
  }

  /// Puts rows x `count` numbers in the place of the actions from `start` on.
  mutating func replace(from start: Int, count: Int, by actions: [Float]) {
    for row in 0..<rows {
      for place in 0..<count {
        values[row * width + stateWidth + start + place] = actions[row * count + place]
      }
    }
  }

  /// The gradient by those actions, out of one by all of `values`.
  func slice(_ gradient: [Float], from start: Int, count: Int, into target: inout [Float]) {
    for row in 0..<rows {
      for place in 0..<count {
        target[row * count + place] = gradient[row * width + stateWidth + start + place]
      }
    }
  }
}
