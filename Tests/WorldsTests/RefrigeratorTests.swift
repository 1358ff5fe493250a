import Foundation
import Testing
import Worlds

@Suite struct RefrigeratorTests {
  @Test func keepsTheRulesOfAWorld() {
    #expect(WorldChecker.problems(of: Refrigerator()) == [])
  }

  @Test func theSuccessorIsTheFormula() {
    let next = Refrigerator.successor(of: .init(temperature: 0.3, compressor: 0.5), command: 2)
    #expect(abs(next.compressor - 0.6) < 1e-15)
    #expect(abs(next.temperature - (0.3 + 0.1 * (0.35 - 0.72 * (1 + 0.3 * sin(0.9))))) < 1e-15)
  }

  @Test func anIdleRefrigeratorWarmsToTheRoom() throws {
    let environment = Refrigerator(noise: 0, maximumSteps: nil).environment(seed: 1)
    environment.reset()
    for _ in 0..<300 { try environment.step([-1]) }
    let last = try environment.step([-1])
    #expect(abs(last.observation[0] - 1) < 1e-4 && abs(last.reward + 1) < 1e-4)
  }
}
