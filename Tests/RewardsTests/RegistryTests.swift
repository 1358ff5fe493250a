import Rewards
import Testing

@Suite struct RegistryTests {
  @Test("The nearest name survives typos and swaps, and is nil when nothing is near")
  func nearest() {
    #expect(nearestName(to: "fromat", in: ["tool_call", "format"]) == "format")
    #expect(nearestName(to: "Format", in: ["format"]) == "format")
    #expect(nearestName(to: "xyz", in: ["format", "length"]) == nil)
    #expect(nearestName(to: "", in: ["a"]) == nil)
  }

  @Test("Parameters fill in defaults, turn integers into numbers and refuse what was not declared")
  func parameters() throws {
    let declared = [
      Parameter("x", .number, default: .integer(2), help: ""),
      Parameter("y", .string, default: .null, help: ""),
      Parameter("z", .bool, help: ""),
    ]
    let values = try Parameters(JSONObject([("z", .bool(true))]), of: declared)
    #expect(values.double("x") == 2)
    #expect(values.optionalString("y") == nil)
    #expect(values.bool("z"))
    #expect(throws: ParameterError.self) { try Parameters(of: declared) }
    #expect(throws: ParameterError.self) {
      try Parameters(JSONObject([("z", .bool(true)), ("w", .null)]), of: declared)
    }
  }

  @Test("Every kind of this module whose parameters all have defaults can be made from them")
  func kinds() throws {
    let registry = Registry()
    #expect(registry.rewardKinds.isEmpty)
    #expect(
      registry.combinerKinds.map(\.name) == [
        "weighted_sum", "product", "weighted_mean", "minimum", "maximum", "all_of", "any_of", "hybrid",
        "lexicographic", "gate",
      ])
    #expect(
      registry.shaperKinds.map(\.name) == [
        "clip", "affine", "schedule", "center", "whiten", "clip_steps", "delta", "par",
      ])
    for kind in registry.advantageKinds where kind.parameters.allSatisfy({ $0.default != nil }) {
      _ = try kind.make(Parameters(of: kind.parameters))
    }
  }
}
