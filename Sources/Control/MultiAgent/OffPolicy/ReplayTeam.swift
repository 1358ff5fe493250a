import Foundation
import Numeric
import Rewards
import Worlds

/// What the off-policy learners of several agents can be told.
struct ReplaySettings {
  var gamma: Double
  var bufferSize, learningStarts, batchSize, trainFreq, gradientSteps: Int
  var paysTeam: Bool
  var seed: UInt64

  init(_ given: Parameters) {
    gamma = given.double("gamma")
    bufferSize = given.int("buffer_size")
    learningStarts = given.int("learning_starts")
    batchSize = given.int("batch_size")
    trainFreq = given.int("train_freq")
    gradientSteps = given.int("gradient_steps")
    // Methods that know only the team's value do not ask.
    paysTeam = given.values["team_reward"] == nil || given.bool("team_reward")
    seed = given.seed
  }

  static func parameters(buffer: Int, batch: Int, starts: Int, every: Int) -> [Parameter] {
    typealias P = LearnerParameters
    return [
      P.integer("buffer_size", buffer, 1...1e8, "transitions kept"),
      P.integer("learning_starts", starts, 1...1e9, "random steps first"),
      P.integer("batch_size", batch, 1...1e6, "rows of an update"),
      P.integer("train_freq", every, 1...1e6, "steps between updates"),
      P.integer("gradient_steps", 1, 1...1e6, "updates each time"),
    ]
  }
}

/// Transitions drawn for one update, normalised.
final class TeamBatch {
  let rows: Int
  let team: Team
  /// rows x state width.
  var states, nextStates: [Float]
  /// rows x (agents x stored width): what agents did, as their method keeps it.
  var actions: [Float]
  /// Per agent, rows: scaled rewards; gamma where the episode goes on, 0 where it terminated.
  var rewards: [[Float]]
  var discounts: [Float]

  init(rows: Int, team: Team, actionWidth: Int) {
    (self.rows, self.team) = (rows, team)
    states = Array(repeating: 0, count: rows * team.stateWidth)
    nextStates = states
    actions = Array(repeating: 0, count: rows * team.agents * actionWidth)
    discounts = Array(repeating: 0, count: rows)
    rewards = Array(repeating: discounts, count: team.agents)
  }

  /// An agent's own rows of states, rows x width.
  func own(_ agent: Int, of states: [Float], into target: inout [Float]) {
    if team.sharesObservation {
      target = states
      return
    }
    let (width, start) = (team.width, team.start(of: agent))
    for row in 0..<rows {
      for place in 0..<width {
        target[row * width + place] = states[row * team.stateWidth + start + place]
      }
    }
  }
}

/// What sets an off-policy learner of several agents apart: how it acts, and what one update does.
protocol ReplayMethod: LearnedParts {
  /// Numbers in which one agent's action is kept.
  var storedWidth: Int { get }
  /// Chooses all agents' actions: agents x stored width.
  func choose(_ state: UnsafePointer<Float>, explores: Bool, into actions: inout [Float], random: inout PCG64)
  /// Uniform actions.
  func chooseAtRandom(into actions: inout [Float], random: inout PCG64)
  /// A kept action as the world takes it.
  func enact(_ action: UnsafePointer<Float>, agent: Int, into target: UnsafeMutablePointer<Float>)
  /// One update.
  /// - Parameter steps: Environment steps so far, for errors.
  func update(_ batch: TeamBatch, steps: Int, random: inout PCG64) throws(LearnerError)
  var policies: [(name: String, network: DenseNetwork)] { get }
  /// What the last update measured, for metrics.
  var measurements: [(name: String, value: Double)] { get }
  /// What the user should know of what was learned.
  var warnings: [String] { get }
}

extension ReplayMethod {
  var measurements: [(name: String, value: Double)] { [] }
  var warnings: [String] { [] }
}

/// Several agents that learn from a common buffer of joint transitions; one environment.
final class ReplayTeam {
  let team: Team
  let settings: ReplaySettings
  let method: any ReplayMethod
  let environment: any VectorEnvironment
  var steps = 0
  var normalizer: ObservationNormalizer
  var log = EpisodeLog()
  let buffer: ReplayBuffer
  private let sample: ReplaySample
  private let batch: TeamBatch
  var scalers: [RewardNormalizer]
  var random: PCG64
  private var before, state, chosen, joint: [Float]
  private var paid: [Double]

  init(_ world: some World, _ team: Team, _ settings: ReplaySettings, _ method: any ReplayMethod) {
    (self.team, self.settings, self.method) = (team, settings, method)
    environment = world.vector(count: 1, seed: settings.seed &* 1_000_003)
    let size = team.agents * method.storedWidth
    buffer = ReplayBuffer(
      capacity: settings.bufferSize, observationWidth: team.stateWidth, actionWidth: size,
      rewardWidth: team.agents)
    sample = ReplaySample(
      rows: settings.batchSize, observationWidth: team.stateWidth, actionWidth: size, rewardWidth: team.agents
    )
    batch = TeamBatch(rows: settings.batchSize, team: team, actionWidth: method.storedWidth)
    normalizer = ObservationNormalizer(width: team.stateWidth)
    scalers = Array(repeating: RewardNormalizer(gamma: settings.gamma), count: team.agents)
    random = PCG64(seed: settings.seed)
    before = Array(repeating: 0, count: team.stateWidth)
    state = before
    chosen = Array(repeating: 0, count: size)
    joint = Array(repeating: 0, count: team.agents * team.actionWidth)
    paid = Array(repeating: 0, count: team.agents)
  }

  func learn(total: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool) throws {
    while steps < total, !isCancelled() {
      let hasEnded = try step()
      if steps >= settings.learningStarts, steps % settings.trainFreq == 0 {
        for _ in 0..<settings.gradientSteps {
          draw()
          try method.update(batch, steps: steps, random: &random)
        }
      }
      if hasEnded || steps % 1_000 == 0 {
        var report = log.progress(steps: steps)
        report.measurements = method.measurements
        try progress(report)
      }
    }
  }

  func act(_ observations: [Float], deterministic: Bool) throws(LearnerError) -> [Float] {
    let state = try team.normalizedState(observations, normalizer, steps: steps)
    var actions = [Float](repeating: 0, count: chosen.count)
    method.choose(state, explores: !deterministic, into: &actions, random: &random)
    var joint = self.joint
    enact(actions, into: &joint)
    return joint
  }

  private func enact(_ actions: [Float], into joint: inout [Float]) {
    actions.withUnsafeBufferPointer { actions in
      joint.withUnsafeMutableBufferPointer { joint in
        for agent in 0..<team.agents {
          method.enact(
            actions.baseAddress! + agent * method.storedWidth, agent: agent,
            into: joint.baseAddress! + agent * team.actionWidth)
        }
      }
    }
  }

  /// One step of the world.
  /// - Returns: Whether an episode ended.
  private func step() throws(LearnerError) -> Bool {
    let seen = environment.states(team)
    normalizer.observe(seen)
    for place in before.indices { before[place] = seen[place] }
    if steps < settings.learningStarts {
      method.chooseAtRandom(into: &chosen, random: &random)
    } else {
      normalizer.normalize(seen, into: &state)
      method.choose(state, explores: true, into: &chosen, random: &random)
    }
    enact(chosen, into: &joint)
    environment.step(joint)
    steps += 1
    try environment.requireFinite(team, steps: steps)
    keep()
    return log.book(environment)
  }

  private func keep() {
    let (isOver, isCut) = (environment.terminated[0], environment.truncated[0])
    for agent in 0..<team.agents { paid[agent] = environment.rewards[agent] }
    if settings.paysTeam {
      let sum = paid.reduce(0, +)
      for agent in paid.indices { paid[agent] = sum }
    }
    for agent in paid.indices { scalers[agent].observe(paid[agent], terminated: isOver, truncated: isCut) }
    let after =
      isOver || isCut ? environment.finalObservations.baseAddress! : environment.states(team)
    buffer.append(
      observation: before, action: chosen, rewards: paid, next: after, terminated: isOver)
  }

  private func draw() {
    buffer.draw(into: sample, random: &random)
    let width = team.stateWidth
    for row in 0..<batch.rows {
      sample.observations.withUnsafeBufferPointer { from in
        batch.states.withUnsafeMutableBufferPointer {
          normalizer.normalize(from.baseAddress! + row * width, into: $0.baseAddress! + row * width)
        }
      }
      sample.nextObservations.withUnsafeBufferPointer { from in
        batch.nextStates.withUnsafeMutableBufferPointer {
          normalizer.normalize(from.baseAddress! + row * width, into: $0.baseAddress! + row * width)
        }
      }
      let isOver = sample.terminated[row]
      for agent in 0..<team.agents {
        batch.rewards[agent][row] = scalers[agent].scaled(
          sample.rewards[row * team.agents + agent], terminated: isOver)
      }
      batch.discounts[row] = isOver ? 0 : Float(settings.gamma)
    }
    batch.actions = sample.actions
  }
}
