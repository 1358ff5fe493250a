import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Control

/// Everybody is paid for repeating a number that he alone sees: no teammate can tell what he will do.
private struct PrivateSignals: World {
  var agents: Int { 2 }
  func observationSpace(of agent: Int) -> Space { .box(-1, 1, width: 1) }
  func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: 1) }
  func initialState(after previous: [Float]?, random: inout PCG64) -> [Float] { Self.signals(&random) + [0] }

  private static func signals(_ random: inout PCG64) -> [Float] {
    (0..<2).map { _ in Float(random.uniform(-1, 1)) }
  }

  func step(
    _ state: inout [Float], actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>, random: inout PCG64
  ) -> Bool {
    for agent in 0..<2 {
      rewards[agent] = -Double((actions[agent] - state[agent]) * (actions[agent] - state[agent]))
    }
    state = Self.signals(&random) + [state[2] + 1]
    return state[2] == 5
  }

  func observe(_ state: [Float], agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = state[agent]
  }
}

@Suite struct CoordinatedTeamTests {
  static let rows = 7

  /// Three agents of two numbers each and one action, smooth networks, a batch of random states.
  struct Fixture {
    let team: DeterministicTeam
    let batch: TeamBatch
    let own: [[Float]]

    init(_ settings: [(String, JSONValue)]) throws {
      let world = TargetGame(targets: [1, 1, 1])
      let team = Team(world)
      let common: [(String, JSONValue)] = [
        ("net_arch", .array([.integer(7), .integer(4)])), ("activation", .string("tanh")),
      ]
      let given = try Parameters(JSONObject(common + settings), of: MADDPG.kind.parameters)
      let own = try DeterministicTeam(team, .init(given, team))
      self.team = own
      batch = TeamBatch(rows: rows, team: team, actionWidth: 1)
      var random = PCG64(seed: 5)
      batch.states = batch.states.map { _ in Float(random.normal()) }
      batch.actions = batch.actions.map { _ in Float(random.uniform(-1, 1)) }
      let batch = batch
      self.own = (0..<3).map { agent in
        var rows = [Float](repeating: 0, count: CoordinatedTeamTests.rows * 2)
        batch.own(agent, of: batch.states, into: &rows)
        return rows
      }
    }

    func outputs(_ agent: Int, masks: [Float] = []) -> [Double] {
      team.actors[agent].forward(own[agent], rows: rows, masks: masks).map { tanh(Double($0)) }
    }
  }

  /// The largest distance between a network's gradient and central differences of `loss`, as a share of the largest of
  /// these, and that one.
  static func check(_ network: DenseNetwork, _ loss: () -> Double) -> (error: Double, scale: Double) {
    let found = network.gradients.map { Double($0) }
    var (error, scale) = (0.0, 0.0)
    for place in found.indices {
      let kept = network.parameters[place]
      network.parameters[place] = kept + 0.01
      let above = loss()
      network.parameters[place] = kept - 0.01
      let below = loss()
      network.parameters[place] = kept
      error = max(error, abs(found[place] - (above - below) / 0.02))
      scale = max(scale, abs(found[place]))
    }
    return (error / scale, scale)
  }

  @Test func `TeamReg's gradients are those of its loss, each side's weight on its own side`() throws {
    let fixture = try Fixture([
      ("coordination", .string("team")), ("predictor_weight", .number(2)), ("policy_weight", .number(3)),
    ])
    let team = fixture.team
    var random = PCG64(seed: 1)
    team.coordinate(fixture.batch, random: &random)
    let fixed = (0..<3).map { fixture.outputs($0) }
    /// The mean over rows of (what i says of j - what j does)^2.
    func loss(_ i: [Double], _ j: [Double], _ head: Int) -> Double {
      (0..<Self.rows).reduce(0) {
        $0 + (i[$1 * 3 + head] - j[$1 * 3]) * (i[$1 * 3 + head] - j[$1 * 3])
      } / Double(Self.rows)
    }
    // Heads are in the order of the others.
    let heads = [[0, 1, 2], [1, 0, 2], [1, 2, 0]]
    var mean = 0.0
    for i in 0..<3 {
      for j in 0..<3 where j != i {
        #expect(team.head(of: j, in: i) == heads[i][j])
        mean += loss(fixed[i], fixed[j], heads[i][j]) / 6
      }
      let (error, scale) = Self.check(team.actors[i].body) {
        let own = fixture.outputs(i)
        return (0..<3).filter { $0 != i }.reduce(0) { sum, j in
          sum + 2 * loss(own, fixed[j], heads[i][j]) + 3 * loss(fixed[j], own, heads[j][i])
        }
      }
      #expect(error < 0.01 && scale > 0.05, "agent \(i): \(error) of \(scale)")
    }
    #expect(abs((team.measured["prediction_loss"] ?? 0) - mean) < 1e-5)
  }

  @Test func `CoachReg's gradients are those of J_E and J_PGE`() throws {
    let fixture = try Fixture([
      ("coordination", .string("coach")), ("predictor_weight", .number(2)), ("policy_weight", .number(100)),
      ("sub_policies", .integer(3)), ("coach_weight", .number(5)),
    ])
    let (team, rows) = (fixture.team, Self.rows)
    let coach = try #require(team.coach)
    var random = PCG64(seed: 1)
    team.coordinate(fixture.batch, random: &random)

    func logits(_ network: DenseNetwork, _ input: [Float]) -> [[Double]] {
      let all = network(input).map { Double($0) }
      return (0..<rows).map { Array(all[$0 * 3..<$0 * 3 + 3]) }
    }
    func divergence(_ p: [[Double]], _ q: [[Double]]) -> Double {
      zip(p, q).reduce(0) { sum, pair in
        let (normP, normQ) = (logSumExp(pair.0), logSumExp(pair.1))
        return sum
          + zip(pair.0, pair.1).reduce(0) { $0 + exp($1.0 - normP) * ($1.0 - normP - $1.1 + normQ) }
      } / Double(rows)
    }
    let asked = logits(coach.network, fixture.batch.states)
    for agent in 0..<3 {
      let chooser = try #require(team.actors[agent].chooser)
      let (error, scale) = Self.check(chooser) {
        2 * divergence(asked, logits(chooser, fixture.own[agent])) / 3
      }
      #expect(error < 0.01 && scale > 0.01, "agent \(agent)'s choice: \(error) of \(scale)")
    }

    // The coach's choices, drawn again.
    var again = PCG64(seed: 1)
    let samples = asked.map { GumbelSample($0, random: &again) }
    func masks(_ weights: [[Double]]) -> [Float] {
      weights.flatMap { row in (0..<7).map { Float(row[$0 % 3]) } }
    }
    let chosen = samples.map(\.oneHot)
    /// The mean over rows of agent i's value when all act under these weights of sub-policies.
    func value(_ i: Int, _ weights: [[Double]]) -> Double {
      var joint = StateActionRows(rows: rows, stateWidth: team.team.stateWidth, actionWidth: 3)
      joint.write(fixture.batch.states, fixture.batch.actions)
      for agent in 0..<3 {
        joint.replace(
          from: agent, count: 1, by: fixture.outputs(agent, masks: masks(weights)).map { Float($0) })
      }
      return team.critics[i][0].value(joint.values).reduce(0) { $0 + Double($1) } / Double(rows)
    }
    for agent in 0..<3 {
      for network in [team.actors[agent].body, try #require(team.actors[agent].first)] {
        let fixed = (0..<3).map { fixture.outputs($0, masks: masks(chosen)) }
        let (error, scale) = Self.check(network) {
          // The others act as they did: only agent i's own action moves.
          var joint = StateActionRows(rows: rows, stateWidth: team.team.stateWidth, actionWidth: 3)
          joint.write(fixture.batch.states, fixture.batch.actions)
          for other in 0..<3 {
            let actions = other == agent ? fixture.outputs(other, masks: masks(chosen)) : fixed[other]
            joint.replace(from: other, count: 1, by: actions.map { Float($0) })
          }
          let values = team.critics[agent][0].value(joint.values)
          return -100 * values.reduce(0) { $0 + Double($1) } / Double(rows)
        }
        #expect(error < 0.01 && scale > 0.01, "agent \(agent)'s policy: \(error) of \(scale)")
      }
    }

    // The coach: J_E by differences, J_PGE by differences in the chosen vector, passed straight through.
    let expected = coach.network.copy()
    var byLogits: [Float] = []
    for row in 0..<rows {
      let byChoice = (0..<3).map { choice in
        var (above, below) = (chosen, chosen)
        above[row][choice] += 0.01
        below[row][choice] -= 0.01
        return (0..<3).reduce(0) { $0 - (value($1, above) - value($1, below)) / 0.02 / 3 }
      }
      byLogits += samples[row].backward(byChoice).map { Float(100 * $0) }
    }
    _ = expected.forward(fixture.batch.states, rows: rows)
    expected.backward(fixture.batch.states, rows: rows, outputGradient: byLogits)
    #expect(expected.gradients.contains { abs($0) > 0.01 })
    let named = (0..<3).map { logits(team.actors[$0].chooser!, fixture.own[$0]) }
    for place in expected.gradients.indices { coach.network.gradients[place] -= expected.gradients[place] }
    let (error, scale) = Self.check(coach.network) {
      let asked = logits(coach.network, fixture.batch.states)
      return named.reduce(0) { $0 + 5 * divergence(asked, $1) / 3 }
    }
    #expect(error < 0.01 && scale > 0.01, "the coach: \(error) of \(scale)")
  }

  /// Trains on private signals; the last measurements and returns.
  static func train(
    _ method: String, _ settings: [(String, JSONValue)], steps: Int = 3_000
  ) throws -> (learner: any MultiAgentLearner, measured: [String: Double], total: Double) {
    let small: [(String, JSONValue)] = [
      ("net_arch", .array([.integer(16)])), ("learning_starts", .integer(200)),
      ("buffer_size", .integer(2_000)), ("batch_size", .integer(64)), ("gamma", .number(0)),
      ("actor_lr", .number(3e-3)), ("critic_lr", .number(3e-3)),
    ]
    let learner = try LearnerRegistry.standard.learner(
      method, JSONObject(small + settings), world: PrivateSignals())
    var (measured, total): ([String: Double], Double) = ([:], 0)
    try learner.learn(
      totalTimesteps: steps,
      progress: {
        measured = Dictionary(uniqueKeysWithValues: $0.measurements)
        total = $0.meanReturn ?? total
      }, isCancelled: { false })
    return (learner, measured, total)
  }

  @Test func `a team that is paid for it becomes predictable, and the same seed gives the same numbers`()
    throws
  {
    func run(_ weight: Double) throws -> (any MultiAgentLearner, [String: Double], Double) {
      try Self.train(
        "maddpg",
        [
          ("coordination", .string("team")), ("predictor_weight", .number(1)),
          ("policy_weight", .number(weight)),
        ])
    }
    let (without, with, again) = (try run(0).1, try run(5), try run(5))
    let (plain, paid) = (try #require(without["prediction_loss"]), try #require(with.1["prediction_loss"]))
    // Numbers that nobody else sees have variance 1/3.
    #expect(plain > 0.15 && paid < 0.5 * plain, "\(plain) without, \(paid) with")
    #expect(with.1 == again.1 && with.2 == again.2)
    // It is had by doing less, which the spread shows.
    #expect(with.1["action_spread"]! < without["action_spread"]!)
  }

  @Test func `collapsed teams are told of`() throws {
    let collapsed = try Self.train(
      "maddpg", [("coordination", .string("team")), ("policy_weight", .number(1_000))])
    #expect(collapsed.learner.warnings.first?.contains("lower policy_weight") == true)
    #expect(try Self.train("maddpg", [], steps: 300).learner.warnings.isEmpty)
  }

  @Test(arguments: ["maddpg", "matd3", "m3ddpg"])
  func `a coached team learns its task, and its saved networks act as it does`(method: String) throws {
    let (learner, measured, total) = try Self.train(
      method, [("coordination", .string("coach")), ("sub_policies", .integer(2))])
    // Acting at random costs 2/3 a step and agent; ten of these an episode.
    #expect(total > -3, "\(method): \(total)")
    #expect((0...1).contains(try #require(measured["mask_agreement"])) && measured["coach_entropy"] != nil)
    let networks = Dictionary(uniqueKeysWithValues: learner.policies.map { ($0.name, $0.network) })
    let (means, deviations) = learner.observationScale
    for seen: [Float] in [[0.3, -0.7], [-0.9, 0.1], [0.05, 0.95]] {
      let acted = try learner.act(seen, deterministic: true)
      for agent in 0..<2 {
        let input = [Float((Double(seen[agent]) - means[agent]) / deviations[agent])]
        let (chooser, first, body) = (
          try #require(networks["agent\(agent).sub_policy"]), try #require(networks["agent\(agent).first"]),
          try #require(networks["agent\(agent)"])
        )
        let logits = chooser(input)
        let choice = logits[0] >= logits[1] ? 0 : 1
        let masked = first(input).enumerated().map { $0.offset % 2 == choice ? $0.element : 0 }
        let output = body(masked)[0]
        #expect(abs(tanh(output) - acted[agent]) < 1e-5)
      }
    }
  }

  @Test func `a team's saved networks leave the predictions out`() throws {
    let (learner, _, _) = try Self.train("maddpg", [("coordination", .string("team"))], steps: 400)
    #expect(learner.policies.map(\.name) == ["agent0", "agent1"])
    let (means, deviations) = learner.observationScale
    let acted = try learner.act([0.4, -0.2], deterministic: true)
    for (agent, seen) in [0.4, -0.2].enumerated() {
      let network = learner.policies[agent].network
      #expect(network.outputWidth == 1)
      let output = network([Float((seen - means[agent]) / deviations[agent])])[0]
      #expect(abs(tanh(output) - acted[agent]) < 1e-5)
    }
  }

  @Test(
    arguments: [
      (["coordination": "coach", "sub_policies": 0], "sub_policies", "from 2"),
      (["coordination": "coach", "sub_policies": 40], "sub_policies", "take fewer"),
      (["sub_policies": 3], "sub_policies", "set coordination to coach"),
      (["coordination": "team", "coach_weight": 1], "coach_weight", "set coordination to coach"),
      (["policy_weight": 1], "policy_weight", "set coordination to team or coach"),
      (["coordination": "choach"], "coordination", "none, team, coach"),
    ] as [([String: any Sendable], String, String)])
  func `settings that do not go together are refused`(
    _ given: [String: any Sendable], _ name: String, _ words: String
  ) throws {
    var object = JSONObject([("net_arch", .array([.integer(16)]))])
    for (key, value) in given {
      object[key] = (value as? String).map(JSONValue.string) ?? .integer(value as? Int ?? 0)
    }
    let error = #expect(throws: ParameterError.self) {
      try LearnerRegistry.standard.learner("maddpg", object, world: PrivateSignals())
    }
    #expect(
      error?.parameter == name && error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `one agent has nobody to agree with`() {
    let error = #expect(throws: ParameterError.self) {
      try LearnerRegistry.standard.learner(
        "maddpg", JSONObject([("coordination", .string("team"))]), world: Pendulum())
    }
    #expect(error?.message.contains("at least two agents") == true)
  }
}
