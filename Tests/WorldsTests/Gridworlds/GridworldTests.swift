import Rewards
import Testing

@testable import Worlds

@Suite struct GridworldTests {
  @Test(arguments: Gridworlds.kinds.map(\.name)) func everyKindKeepsTheRules(name: String) throws {
    let world = try WorldRegistry.standard.world(name)
    #expect(WorldChecker.problems(of: world) == [])
  }

  @Test(arguments: GridView.allCases) func everyViewKeepsTheRules(view: GridView) throws {
    let grid = try Gridworld(GridMap("SK.D\n##.G"), slip: 0.2)
    #expect(WorldChecker.problems(of: grid.world(view: view, maximumSteps: 20)) == [])
  }

  @Test func aDoorOpensOnlyWithTheKey() throws {
    let grid = try Gridworld(GridMap("KSDG"), discount: 1)
    #expect(grid.process.outcomes(1, 3).first?.next == 1)
    #expect(grid.process.outcomes(1, 2).first?.next == 0 + 4)
    #expect(grid.process.outcomes(1 + 4, 3).first?.next == 2 + 4)
    #expect(grid.stepsToGoal()[1] == 4)
  }

  @Test func wrongMapsAreRefusedWithTheirPlace() {
    #expect(throws: GridMap.Failure.unevenRow(1, width: 2, expected: 3)) { try GridMap("S.G\n..") }
    #expect(throws: GridMap.Failure.unknownCell("x", row: 0, column: 1)) { try GridMap("Sx\n.G") }
    #expect(throws: GridMap.Failure.noStart) { try GridMap("..G") }
    #expect(throws: ParameterError.self) {
      try WorldRegistry.standard.world("gridworld", JSONObject([("map", .string("..G"))]))
    }
  }

  /// V* of card 16's prototype (NumPy): start 5.999501717912118; ties at 8, 16, 24, 32, 40.
  @Test func roomsHaveTheOriginalsValues() throws {
    let values = try RoomsNav.process().optimalActionValues(tolerance: 1e-13)
    for (state, value) in [(8, 5.999501717912118), (0, 5.10449606), (24, 7.76132106), (48, 10.97935328)] {
      #expect(abs(values.maximum(state) - value) < 1e-8)
    }
    let ties = (0..<49).filter { values.bestActions($0, tolerance: 1e-8).count > 1 }
    #expect(ties == [0, 8, 16, 24, 32, 40])
  }

  /// V* and the uniform policy's value and visitation of card 16's prototype (NumPy).
  @Test func theLineHasTheOriginalsValues() throws {
    let process = try LineKey.process()
    #expect(abs(process.optimalActionValues().maximum(5) - 4.204690537572482) < 1e-9)
    let uniform = StateActionTable(states: 21, actions: 3, repeating: 1.0 / 3)
    #expect(abs(try process.value(of: uniform) - 0.03332705309622002) < 1e-12)
    let shares = try process.visitation(of: uniform)
    for (share, expected) in zip(
      shares, [0.0079437, 0.01714167, 0.04698227, 0.08424112, 0.1348012, 0.20664568])
    {
      #expect(abs(share - expected) < 1e-8)
    }
  }

  @Test func theChainPaysAtItsFarEnd() throws {
    let process = try ChainWorld.process(noise: 0)
    let values = process.optimalActionValues()
    #expect(abs(values.maximum(60) - 100) < 1e-6)
    #expect(values.best(40) == 1)
    #expect(process.outcomes(0, 0).first?.next == 61)
  }

  @Test func theLavaFieldIsCrossedByAPlanThatDoesNotKnowIt() throws {
    let proxy = [-0.1, -0.2, 1, 0]
    let (train, test) = (try LavaGrid(field: .grass), try LavaGrid(field: .lava))
    #expect(train.featureCounts(weights: proxy) == [9, 0, 7, 0])
    #expect(test.featureCounts(weights: proxy)[3] == 7)
  }
}
