import Rewards
import Testing

@Suite struct CombinerTests {
  private var components: RewardComponents {
    var components = RewardComponents(
      names: ["a", "b"], weights: [2, 1], groups: [0, 0, 0, 0], values: [1, 3, 0, 5, 1, -2, 4, 4])
    components.isPresent[5] = false
    components.isLeftOut[3] = true
    return components
  }

  @Test("An abstained reward takes no part in its sample's total, and a sample left out has none")
  func combiners() {
    #expect(WeightedSum().totals(components) == [5, 5, 2, nil])
    #expect(ProductOfRewards().totals(components) == [3, 0, 1, nil])
    #expect(MinimumOfRewards().totals(components) == [1, 0, 1, nil])
    #expect(Gate(on: "a", atLeast: 1).totals(components) == [5, 0, 2, nil])
    #expect(Gate(on: "b", atLeast: 4, otherwise: -1).totals(components) == [-1, 5, 2, nil])
    #expect(Lexicographic().totals(components) == [1, 0, 0.5, nil])
    #expect(Lexicographic(order: ["b"]).totals(components) == [0.5, 1, 0, nil])
  }

  @Test("A sample on which every reward abstained has no total")
  func allAbstained() {
    var components = RewardComponents(names: ["a"], groups: [0, 0], values: [0, 1])
    components.isPresent[0] = false
    #expect(WeightedSum().totals(components) == [nil, 1])
  }

  @Test("Totals never overflow to infinity or NaN")
  func overflow() {
    let components = RewardComponents(
      names: ["a", "b", "c"], weights: [4, 4, 4], groups: [0, 0],
      values: [1e308, 1e308, -1e308, 1e308, -1e308, 2])
    let totals = WeightedSum().totals(components)
    #expect(totals[0] == .greatestFiniteMagnitude)
    #expect(totals[1]?.isFinite == true)
    #expect(ProductOfRewards().totals(components).allSatisfy { $0?.isFinite == true })
  }

  @Test("Shapers map present values and leave absent ones absent")
  func shapers() {
    let context = ShapingContext(groups: [0, 0, 1, 1], lengths: [1, 1, 1, 1])
    let column: [Double?] = [1, 5, nil, 0.7]
    #expect(Clip(0...2).shape(column, context: context) == [1, 2, nil, 0.7])
    #expect(Affine(factor: 2, offset: 1).shape(column, context: context) == [3, 11, nil, 2.4])
    #expect(Center().shape(column, context: context) == [-2, 2, nil, 0])
  }
}
