import Numeric
import Testing

@testable import Control

@Suite struct ValueMixerTests {
  private let rows = 5
  private let states: [Float]
  private let values: [Float]
  private let mixer: MonotonicMixer

  init() {
    var random = PCG64(seed: 3)
    mixer = MonotonicMixer(agents: 3, stateWidth: 4, width: 8, random: &random)
    states = (0..<rows * 4).map { _ in Float(random.normal()) }
    values = (0..<rows * 3).map { _ in Float(random.normal()) }
  }

  @Test func theTeamsValueNeverFallsWithAnAgents() {
    let before = mixer.mix(values, states: states, rows: rows)
    for agent in 0..<3 {
      for rise in [Float(0.1), 1, 10] {
        var more = values
        for row in 0..<rows { more[row * 3 + agent] += rise }
        let after = mixer.mix(more, states: states, rows: rows)
        #expect(zip(before, after).allSatisfy { $1 > $0 })
      }
    }
  }

  @Test func gradientsAreFiniteDifferences() {
    let weights: [Float] = [0.5, -1, 2, 0.3, 1]
    func loss(_ values: [Float]) -> Double {
      zip(mixer.mix(values, states: states, rows: rows), weights).reduce(0) { $0 + Double($1.0 * $1.1) }
    }
    _ = mixer.mix(values, states: states, rows: rows)
    let byValues = mixer.backward(weights, states: states)
    for place in values.indices {
      var (above, below) = (values, values)
      above[place] += 0.01
      below[place] -= 0.01
      #expect(abs(Double(byValues[place]) - (loss(above) - loss(below)) / 0.02) < 5e-3)
    }
    for network in mixer.networks {
      for place in stride(from: 0, to: network.parameterCount, by: 7) {
        let kept = network.parameters[place]
        network.parameters[place] = kept + 0.005
        let above = loss(values)
        network.parameters[place] = kept - 0.005
        let difference = (above - loss(values)) / 0.01
        network.parameters[place] = kept
        #expect(abs(Double(network.gradients[place]) - difference) < 2e-2 * max(1, abs(difference)))
      }
    }
  }

  @Test func aSumIsMixedAndTakenApart() {
    let sum = SumMixer(agents: 2)
    #expect(sum.mix([1, 2, 3, -1], states: [], rows: 2) == [3, 2])
    #expect(sum.backward([5, 7], states: []) == [5, 5, 7, 7])
  }
}
