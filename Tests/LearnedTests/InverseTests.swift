import Foundation
import Rewards
import Testing
import Worlds

@testable import Learned

@Suite struct InverseTests {
  /// Random transitions of a small game.
  private func data(states: Int, actions: [Int], count: Int, seed: UInt64) -> JointDemonstrations {
    var random = PCG64(seed: seed)
    var data = JointDemonstrations(states: states, actions: actions)
    for _ in 0..<count {
      data.append(
        state: random.integer(below: states), actions: actions.map { random.integer(below: $0) },
        next: random.integer(below: states), ends: random.uniform() < 0.2)
    }
    return data
  }

  /// IQ-Learn's chi-squared criterion for one agent, written down from its definition, against which the loss of a
  /// game with one agent is checked.
  private func softQ(_ critic: MarginalCritic, _ data: JointDemonstrations, discount: Double) -> Double {
    var loss = 0.0
    for row in 0..<data.count {
      func value(_ state: Int) -> Double {
        log(
          (0..<critic.actions).reduce(0) {
            $0 + exp(critic.lambda * critic.values[state * critic.actions + $1])
          }) / critic.lambda
      }
      let next = data.ends[row] ? 0 : discount * value(data.nextStates[row])
      let rho = critic.values[data.states[row] * critic.actions + data.actions[row]] - next
      loss += value(data.states[row]) - next - (rho - rho * rho / 4)
    }
    return loss / Double(data.count)
  }

  @Test func oneAgentsLossIsThatOfIQLearn() {
    let data = data(states: 4, actions: [3], count: 40, seed: 1)
    var random = PCG64(seed: 2)
    var critic = MarginalCritic(states: 4, actions: 3, lambda: 2)
    for index in critic.values.indices { critic.values[index] = random.normal() }
    var gradient = [Double](repeating: 0, count: 12)
    let none = JointDemonstrations(states: 4, actions: [3])
    let loss = InverseSoftObjective(discount: 0.9, replayPenalty: 0.25).loss(
      critic, agent: 0, expert: data, expertRows: Array(0..<40), replay: none, replayRows: [],
      gradient: &gradient)
    #expect(abs(loss - softQ(critic, data, discount: 0.9)) < 1e-12)
    for index in critic.values.indices {
      var (above, below) = (critic, critic)
      above.values[index] += 1e-5
      below.values[index] -= 1e-5
      let slope = (softQ(above, data, discount: 0.9) - softQ(below, data, discount: 0.9)) / 2e-5
      #expect(abs(slope - gradient[index]) < 1e-8)
    }
  }

  @Test func gradientWithReplayIsThatOfFiniteDifferences() {
    let expert = data(states: 5, actions: [3, 2], count: 20, seed: 3)
    let replay = data(states: 5, actions: [3, 2], count: 30, seed: 4)
    var random = PCG64(seed: 5)
    for agent in 0..<2 {
      var critic = MarginalCritic(states: 5, actions: [3, 2][agent], lambda: 4)
      for index in critic.values.indices { critic.values[index] = random.normal() }
      func loss(_ critic: MarginalCritic, _ gradient: inout [Double]) -> Double {
        InverseSoftObjective(discount: 0.8, replayPenalty: 0.25).loss(
          critic, agent: agent, expert: expert, expertRows: Array(0..<20), replay: replay,
          replayRows: Array(0..<30), gradient: &gradient)
      }
      var gradient = [Double](repeating: 0, count: critic.values.count)
      _ = loss(critic, &gradient)
      for index in critic.values.indices {
        var (above, below, unused) = (critic, critic, gradient)
        above.values[index] += 1e-5
        below.values[index] -= 1e-5
        #expect(abs((loss(above, &unused) - loss(below, &unused)) / 2e-5 - gradient[index]) < 1e-7)
      }
    }
  }

  @Test func swappingAgentsSwapsCritics() throws {
    let one = data(states: 6, actions: [3, 3], count: 60, seed: 6)
    var other = JointDemonstrations(states: 6, actions: [3, 3])
    for row in 0..<one.count {
      other.append(
        state: one.states[row], actions: [one.actions[2 * row + 1], one.actions[2 * row]],
        next: one.nextStates[row], ends: one.ends[row])
    }
    var settings = MarginalInverseLearner.Settings()
    settings.updates = 50
    let first = try MarginalInverseLearner(one, settings, seed: 1)
    let second = try MarginalInverseLearner(other, settings, seed: 1)
    #expect(first.critics[0] == second.critics[1])
    #expect(first.critics[1] == second.critics[0])
    #expect(first.critics[0] != first.critics[1])
  }

  /// The figures of card 42: Q of agent 0 from 5.210 to 7.859, residual far below 1e-3.
  @Test func equilibriumOfMiniGemsHasNoMarginalBellmanResidual() {
    let game = FiniteGame(MiniGems())
    let (critics, residual) = game.softEquilibrium(discount: 0.9, lambda: 4, sweeps: 300)
    #expect(residual < 1e-4)
    #expect(abs(critics[0].values.min()! - 5.210) < 2e-3)
    #expect(abs(critics[0].values.max()! - 7.859) < 2e-3)
    // The critics stand for the true marginal reward.
    let policies = critics.map(\.policy)
    let recovered = game.recoveredReward(critics[1], agent: 1, policies: policies, discount: 0.9)
    let truth = game.marginalReward(agent: 1, policies: policies)
    #expect(zip(recovered, truth).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func gemWorldsFollowTheRulesOfWorlds() {
    #expect(WorldChecker.problems(of: MiniGems()).isEmpty)
    #expect(WorldChecker.problems(of: Gems()).isEmpty)
    #expect(WorldChecker.problems(of: Gems(size: 4)).isEmpty)
  }

  @Test func sharedGemPaysBothAndSendsThemHome() {
    let outcome = MiniGems.outcome(MiniGems.State(first: 6, second: 11), 0, 3)
    #expect(outcome.next == MiniGems.State(first: 0, second: 15))
    #expect(outcome.rewards == (3, 3))
    let alone = MiniGems.outcome(MiniGems.State(first: 2, second: 5), 1, 4)
    #expect(alone.next == MiniGems.State(first: 0, second: 5))
    #expect(alone.rewards == (1, 0))
  }

  @Test func purpleGemsNeedBothPlayers() {
    let world = Gems(size: 5)
    var state = Gems.State(
      players: [0, 2], red: [20, 21, 22], blue: [23, 24, 19], purple: [1, 3, 10], collected: 0)
    var random = PCG64(seed: 1)
    func step(_ actions: [Float]) -> [Double] {
      var rewards = [0.0, 0]
      actions.withUnsafeBufferPointer { actions in
        rewards.withUnsafeMutableBufferPointer {
          _ = world.step(&state, actions: actions, rewards: $0, random: &random)
        }
      }
      return rewards
    }
    #expect(step([1, 4]) == [0, 0])
    #expect(step([4, 1]) == [6, 6])
    #expect(state.collected == 1 && !state.purple.contains(1) && !state.purple.contains(3))
  }

  @Test func demonstrationsAreReadFromAFileOfAnyNames() throws {
    let path = NSTemporaryDirectory() + "demonstrations-\(UInt64.random(in: 0...UInt64.max)).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func read(_ text: String) throws -> JointDemonstrations {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try JointDemonstrations(jsonl: path)
    }
    func message(_ text: String) -> String {
      do {
        _ = try read(text)
        return ""
      } catch { return "\(error)" }
    }
    let good = #"{"state": "kitchen", "actions": ["go", 1], "next_state": "hall", "done": false}"#
    let data = try read(
      good + "\n" + #"{"state": "hall", "actions": ["stay", 1], "next_state": "hall", "done": true}"#)
    #expect(data.stateNames == ["kitchen", "hall"])
    #expect(data.actionNames == [["go", "stay"], ["1"]])
    #expect(data.actions == [0, 0, 1, 0] && data.ends == [false, true])
    #expect(
      message(good + "\n" + #"{"state": "hall", "actions": ["go"], "next_state": "hall", "done": true}"#)
        .contains("line 2: 1 actions where the first line has 2"))
    #expect(message(#"{"state": 1, "actions": 3, "next_state": 2, "done": true}"#).contains("a list"))
    #expect(message(#"{"state": 1, "actions": [3], "next_state": 2}"#).contains("\"done\""))
    #expect(message(#"{"state": 1.5, "actions": [3], "next_state": 2, "done": true}"#).contains("\"state\""))
    #expect(message(#"{"state": 1, "#).contains("line 1"))
    #expect(message("").contains("no transition"))
  }

  @Test func learnerFollowsWhatWasShown() throws {
    // Two agents in one state: agent 0 always does 1, agent 1 always does 0.
    var data = JointDemonstrations(states: 1, actions: [2, 2])
    for _ in 0..<20 { data.append(state: 0, actions: [1, 0], next: 0, ends: true) }
    var settings = MarginalInverseLearner.Settings()
    settings.updates = 300
    let learner = try MarginalInverseLearner(data, settings, seed: 1)
    #expect(learner.policies[0][1] > 0.9 && learner.policies[1][0] > 0.9)
    let rewards = learner.rewards(on: data)
    #expect(rewards[0][0] == nil && rewards[0][1].map { $0 > 0 } == true)
    #expect(throws: DemonstrationError.self) {
      try MarginalInverseLearner(JointDemonstrations(states: 1, actions: [2]), seed: 1)
    }
    #expect(throws: ParameterError.self) { try MarginalInverseLearner.simulator(of: Gems()) }
  }
}
