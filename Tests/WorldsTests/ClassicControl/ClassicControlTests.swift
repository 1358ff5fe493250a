import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct ClassicControlTests {
  @Test func `CartPole goes Gymnasium's way`() throws {
    try compare("cartpole", CartPole()) { [$0.x, $0.velocity, $0.angle, $0.angularVelocity] }
  }

  @Test func `MountainCar goes Gymnasium's way`() throws {
    try compare("mountaincar", MountainCar()) { [$0.position, $0.velocity] }
  }

  @Test func `the continuous mountain car goes Gymnasium's way, single precision included`() throws {
    try compare("mountaincar-continuous", MountainCarContinuous()) { [$0.position, $0.velocity] }
  }

  @Test func `Acrobot goes Gymnasium's way`() throws {
    try compare("acrobot", Acrobot()) { state in (0..<4).map { state.angles[$0] } }
  }

  @Test func `Pendulum goes Gymnasium's way`() throws {
    try compare("pendulum", Pendulum()) { [$0.angle, $0.velocity] }
  }

  @Test func `every classic world keeps the rules`() throws {
    for kind in ClassicControl.kinds {
      let world = try kind.world()
      #expect(WorldChecker.problems(of: world) == [], "\(kind.name)")
    }
  }

  /// Plays the fixture's runs of a world and compares states to 1e-9, observations to the last bit of single
  /// precision (the first one of a run to one unit: NumPy computes Acrobot's in single precision).
  private func compare<W: World>(_ name: String, _ world: W, _ numbers: (W.State) -> [Double])
    throws
  {
    let runs = try JSONValue(json: GymnasiumFixture.runs).array.filter {
      $0["world"] == .string(name)
    }
    #expect(runs.count == 2)
    for run in runs {
      let seed = run["seed"].double
      let rows = run["rows"].array
      let last = try #require(rows.last)["step"].double
      let environment = world.environment()
      var seen = environment.reset(seed: UInt64(seed))
      var (sum, ended) = (0.0, (terminated: false, truncated: false))
      for step in 0...Int(last) {
        if step > 0 {
          let action = action(step - 1, world, seen, name, swings: run["swing"] == .bool(true))
          let transition = try environment.step([action])
          sum += transition.reward
          seen = transition.observation
          ended = (transition.terminated, transition.truncated)
        }
        guard let row = rows.first(where: { $0["step"].double == Double(step) }) else { continue }
        let observation = row["observation"].doubles.map { Float($0) }
        let state = row["state"].doubles
        for (got, expected) in zip(numbers(try #require(environment.state)), state) {
          #expect(abs(got - expected) <= 1e-9, "\(name), step \(step)")
        }
        for (got, expected) in zip(seen, observation) {
          #expect(abs(got - expected) <= (step == 0 ? expected.ulp : 0), "\(name), step \(step)")
        }
        #expect(
          abs(sum - row["sum"].double) <= 1e-9 * max(1, abs(sum)), "\(name), step \(step)"
        )
      }
      #expect(run["terminated"] == .bool(ended.terminated))
      #expect(ended.terminated || ended.truncated)
    }
  }

  private func action(
    _ step: Int, _ world: some World, _ seen: [Float], _ name: String, swings: Bool
  ) -> Float {
    let speed = seen[name == "acrobot" ? 5 : ["cartpole", "pendulum"].contains(name) ? 2 : 1]
    switch world.actionSpace(of: 0) {
    case .discrete(let count):
      return swings ? (speed > 0 ? Float(count - 1) : 0) : Float((step * step + step / 3) % count)
    case .box(_, let high):
      return swings
        ? (speed > 0 ? high[0] : -high[0])
        : Float(Double(high[0]) * (1.3 * sin(0.7 * Double(step))))
    }
  }
}

/// A row's numbers, of the fixture.
extension JSONValue {
  fileprivate var doubles: [Double] { array.map(\.double) }
}
