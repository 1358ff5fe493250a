import Testing
import Worlds

@Suite struct RescaledWorldTests {
  @Test func seesTheSameWorldInOtherUnits() throws {
    let world = RescaledWorld(Pendulum(), factors: [1, 1, 0.125])
    #expect(WorldChecker.problems(of: world) == [])
    let (plain, scaled) = (Pendulum().environment(), world.environment())
    let (a, b) = (plain.reset(seed: 3), scaled.reset(seed: 3))
    #expect(b == [a[0], a[1], a[2] / 8])
    let (x, y) = (try plain.step([1]), try scaled.step([1]))
    #expect(x.reward == y.reward && y.observation[2] == x.observation[2] / 8)
  }
}
