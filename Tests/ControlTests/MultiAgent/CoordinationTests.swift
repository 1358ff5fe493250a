import Foundation
import Numeric
import Testing

@testable import Control

/// Values against closed forms, derivatives against central differences.
@Suite struct CoordinationTests {
  func difference(_ at: [Double], _ f: ([Double]) -> Double) -> [Double] {
    at.indices.map { index in
      var (up, down) = (at, at)
      up[index] += 1e-6
      down[index] -= 1e-6
      return (f(up) - f(down)) / 2e-6
    }
  }

  func isClose(_ one: [Double], _ other: [Double], _ tolerance: Double = 1e-8) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < tolerance }
  }

  @Test("TeamReg on numbers is the mean squared error; each side gets its own weight and only its own")
  func continuous() {
    let (predicted, actual) = ([0.5, -1, 2], [0.2, -0.5, 2.5])
    let result = TeamRegularizer(predictorWeight: 3, policyWeight: 5).continuous(
      predicted: predicted, actual: actual)
    #expect(abs(result.loss - (0.09 + 0.25 + 0.25) / 3) < 1e-12)
    let plain = TeamRegularizer(predictorWeight: 1, policyWeight: 1)
    let byPrediction = difference(predicted) { plain.continuous(predicted: $0, actual: actual).loss }
    let byActual = difference(actual) { plain.continuous(predicted: predicted, actual: $0).loss }
    #expect(isClose(result.byPrediction, byPrediction.map { 3 * $0 }))
    #expect(isClose(result.byActual, byActual.map { 5 * $0 }))
    let onlyPredictor = TeamRegularizer(predictorWeight: 1, policyWeight: 0).continuous(
      predicted: predicted, actual: actual)
    #expect(onlyPredictor.byActual.allSatisfy { $0 == 0 } && !onlyPredictor.byPrediction.contains(0))
  }

  @Test("TeamReg on choices is KL(actual || predicted), in that order")
  func discrete() {
    let plain = TeamRegularizer(predictorWeight: 1, policyWeight: 1)
    // p = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2): KL(p || q) = 1/2 ln 2 - 1/4 ln 2.
    let (p, q) = ([log(2.0), 0, 0], [0, 0, log(2.0)])
    let result = plain.discrete(predicted: q, actual: p)
    #expect(abs(result.loss - 0.25 * log(2)) < 1e-12)
    let (a, b) = ([0.3, -1.2, 0.8], [1.0, 0.1, -0.4])
    let other = TeamRegularizer(predictorWeight: 2, policyWeight: 7).discrete(predicted: b, actual: a)
    let byPrediction = difference(b) { plain.discrete(predicted: $0, actual: a).loss }
    let byActual = difference(a) { plain.discrete(predicted: b, actual: $0).loss }
    #expect(isClose(other.byPrediction, byPrediction.map { 2 * $0 }))
    #expect(isClose(other.byActual, byActual.map { 7 * $0 }))
  }

  @Test("CoachReg's agreement is the mean KL, with one weight for the agents and one for the coach")
  func agreement() {
    let plain = CoachRegularizer(subPolicies: 3, agentWeight: 1, coachWeight: 1, policyWeight: 1)
    let weighted = CoachRegularizer(subPolicies: 3, agentWeight: 2, coachWeight: 0.5, policyWeight: 1)
    let (coach, agents) = ([0.3, -0.2, 1.1], [[0.1, 0.2, 0.3], [-1, 0.5, 0.7]])
    let result = weighted.agreement(coach: coach, agents: agents)
    let byCoach = difference(coach) { plain.agreement(coach: $0, agents: agents).loss }
    #expect(isClose(result.byCoach, byCoach.map { 0.5 * $0 }))
    for agent in 0..<2 {
      let byAgent = difference(agents[agent]) { logits in
        var changed = agents
        changed[agent] = logits
        return plain.agreement(coach: coach, agents: changed).loss
      }
      #expect(isClose(result.byAgents[agent], byAgent.map { 2 * $0 }))
    }
    let agreed = plain.agreement(coach: coach, agents: [coach, coach.map { $0 + 3 }])
    #expect(abs(agreed.loss) < 1e-12 && agreed.byCoach.allSatisfy { abs($0) < 1e-12 })
  }

  @Test("Masks deal hidden units to groups in turn; every unit is in one group")
  func masks() {
    let coach = CoachRegularizer(subPolicies: 3, agentWeight: 1, coachWeight: 1, policyWeight: 1)
    let masks = (0..<3).map { coach.mask($0, units: 7) }
    #expect(masks[1] == [0, 1, 0, 0, 1, 0, 0])
    #expect((0..<7).allSatisfy { unit in masks.reduce(0) { $0 + $1[unit] } == 1 })
  }

  @Test("Gumbel samples follow the softmax, and pass the soft derivative back, to the coach alone")
  func gumbel() {
    var random = PCG64(seed: 3)
    let logits = [0.0, log(2.0), log(5.0)]
    var counts = [0.0, 0, 0]
    for _ in 0..<20_000 { counts[GumbelSample(logits, random: &random).choice] += 1 }
    for (count, share) in zip(counts, [0.125, 0.25, 0.625]) { #expect(abs(count / 20_000 - share) < 0.015) }
    let sample = GumbelSample(logits, temperature: 0.7, random: &random)
    #expect(sample.oneHot.reduce(0, +) == 1 && sample.oneHot[sample.choice] == 1)
    // The soft vector's logits are known up to a constant: log soft x temperature.
    let slopes = [0.4, -1, 2.0]
    let scores = sample.soft.map { log($0) * 0.7 }
    let expected = difference(scores) { scores in
      let scaled = scores.map { $0 / 0.7 }
      let normalizer = logSumExp(scaled)
      return zip(scaled, slopes).reduce(0) { $0 + exp($1.0 - normalizer) * $1.1 }
    }
    #expect(isClose(sample.backward(slopes), expected))
    let coach = CoachRegularizer(subPolicies: 3, agentWeight: 1, coachWeight: 1, policyWeight: 2)
    let byMask = [0.4, -1, 1, 0, 0, 1.0]
    #expect(isClose(coach.policyGradient(byMask: byMask, sample: sample), expected.map { -2 * $0 }))
  }
}
