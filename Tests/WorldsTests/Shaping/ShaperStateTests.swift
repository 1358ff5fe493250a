import Foundation
import Numeric
import Rewards
import Testing

@testable import Worlds

/// Shaping rules that are kept in a file and taken up pay, and remember, what those do that were never stopped.
@Suite struct ShaperStateTests {
  /// A rule as a run file writes it, on a world.
  struct Case: Sendable, CustomTestStringConvertible {
    var rule: String
    var world: String
    /// Whether what it pays depends on what was before, so that a fresh one pays otherwise.
    var remembers = true
    var testDescription: String { rule }
  }

  /// Something for every state of the rooms.
  private static let advice =
    "[" + (0..<49).map { "[\($0), \($0 % 4), \($0 + 1)]" }.joined(separator: ", ") + "]"

  static let cases = [
    Case(rule: #"{"name": "count_bonus"}"#, world: "rooms"),
    Case(rule: #"{"name": "count_bonus", "bins": 4}"#, world: "pendulum"),
    Case(rule: #"{"name": "first_visit", "states": [1, 2, 3, 4, 5, 6, 7, 8]}"#, world: "rooms"),
    Case(rule: #"{"name": "learned_potential"}"#, world: "rooms"),
    Case(rule: #"{"name": "potential_advice", "advice": \#(advice)}"#, world: "rooms"),
    Case(rule: #"{"name": "advice_as_potential", "advice": \#(advice)}"#, world: "rooms"),
    Case(rule: #"{"name": "exploration_guided"}"#, world: "rooms"),
    Case(rule: #"{"name": "expadard", "period": 1}"#, world: "rooms"),
    Case(rule: #"{"name": "episode_neutral", "shaper": {"name": "count_bonus"}}"#, world: "rooms"),
    Case(rule: #"{"name": "annealed", "steps": 900, "shaper": {"name": "count_bonus"}}"#, world: "rooms"),
    Case(
      rule: #"""
        {"name": "behaviour_specification", "interval": 50, "window": 120,
         "constraints": [{"name": "upper half", "cost": "observation[0] > 0", "at_most": 0.1}]}
        """#, world: "pendulum"),
    Case(
      rule: #"""
        {"name": "graph_reachability", "form": "potential", "goal": [1, 0], "beta": 0.01, "batches": 5}
        """#, world: "pendulum"),
    Case(rule: #"{"name": "affine", "factor": 2}"#, world: "rooms", remembers: false),
  ]

  /// Two lanes of random steps, shown to several shapers.
  fileprivate final class Walk {
    private let environments: [any Environment]
    private var observations: [[Float]]
    private let actions: [Int]
    private let space: Space
    private var random = PCG64(seed: 4)
    let setting: ShapingSetting

    init(_ world: some World) {
      environments = (0..<2).map { world.environment(seed: UInt64($0)) }
      observations = environments.map { $0.reset(seed: nil) }
      space = world.actionSpace(of: 0)
      if case .discrete(let count) = space { actions = Array(0..<count) } else { actions = [] }
      setting = ShapingSetting(
        lanes: 2, observationSpace: world.observationSpace(of: 0), actionSpace: space, discount: 0.9,
        hasNextAction: true, hasProbabilities: !actions.isEmpty, process: (world as? FiniteWorld)?.process)
    }

    private func action() -> [Float] {
      if !actions.isEmpty { return [Float(random.integer(below: actions.count))] }
      return (0..<space.width).map { _ in Float(random.uniform(-1, 1)) }
    }

    /// What each shaper pays for `steps` steps of each lane.
    func pay(_ shapers: inout [any TransitionShaper], steps: Int) throws -> [[Double]] {
      var paid = shapers.map { _ in [Double]() }
      var next = environments.map { _ in action() }
      for _ in 0..<steps {
        for lane in environments.indices {
          let transition = try environments[lane].step(next[lane])
          let following = action()
          let weights = actions.map { _ in random.uniform(0.1, 1) }
          let sum = weights.reduce(0, +)
          for index in shapers.indices {
            paid[index].append(
              observations[lane].withUnsafeBufferPointer { before in
                next[lane].withUnsafeBufferPointer { action in
                  transition.observation.withUnsafeBufferPointer { after in
                    following.withUnsafeBufferPointer { following in
                      weights.map { $0 / sum }.withUnsafeBufferPointer { probabilities in
                        shapers[index].shape(
                          ShapingTransition(
                            observation: before, action: action, nextObservation: after,
                            nextAction: transition.isLast ? nil : following,
                            probabilities: probabilities.isEmpty ? nil : probabilities,
                            reward: transition.reward + Double(before[0]), terminated: transition.terminated,
                            truncated: transition.truncated), lane: lane)
                      }
                    }
                  }
                }
              })
          }
          next[lane] = following
          observations[lane] =
            transition.isLast ? environments[lane].reset(seed: nil) : transition.observation
        }
      }
      return paid
    }
  }

  private func shaper(_ rule: String, _ setting: ShapingSetting) throws -> any TransitionShaper {
    var shaper = try TransitionShapers.shaper(JSONValue(json: rule))
    try shaper.begin(setting)
    return shaper
  }

  private func archive(_ shaper: any TransitionShaper) throws -> (archive: StateArchive, bytes: Data) {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("shaper-\(UInt64.random(in: 0 ... .max)).state").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var archive = StateArchive(kind: "shaper", version: 1)
    try shaper.save(in: &archive)
    try archive.write(to: path)
    return (
      try StateArchive(path: path, kind: "shaper", version: 1),
      try Data(contentsOf: URL(fileURLWithPath: path))
    )
  }

  @Test(arguments: cases) func rulesGoOnAsIfNeverStopped(_ one: Case) throws {
    let world = try WorldRegistry.standard.world(one.world)
    let walk = Walk.of(world)
    var shapers = [try shaper(one.rule, walk.setting)]
    _ = try walk.pay(&shapers, steps: 333)
    let kept = try archive(shapers[0])
    var resumed = try shaper(one.rule, walk.setting)
    try resumed.restore(from: kept.archive)
    shapers += [resumed, try shaper(one.rule, walk.setting)]
    let paid = try walk.pay(&shapers, steps: 333)
    #expect(paid[0] == paid[1])
    #expect((paid[0] != paid[2]) == one.remembers, "a fresh rule")
    #expect(try archive(shapers[0]).bytes == archive(shapers[1]).bytes)
  }
}

extension ShaperStateTests.Walk {
  fileprivate static func of(_ world: some World) -> ShaperStateTests.Walk { ShaperStateTests.Walk(world) }
}
