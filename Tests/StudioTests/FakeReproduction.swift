import Shelf

/// A reproduction with every kind of picture and texts that try to leave their elements.
enum FakeReproduction {
  private struct Fake: Recipe {
    let slug = "gdpo"
    let standing = Standing.works
    let claim = "more <is> more"
    let rule = "by the card & its threshold"
    let arms = ["base \"line\"", "method"]
    let scales = [Scale.quick]
    let scaledDown = "the <model>"
    let faults = [Fault("off", help: "leaves 'it' out")]
    func run(_ context: RecipeContext) -> RecipeResult { FakeReproduction.result(true) }
  }

  static func make(holds: Bool, isBroken: Bool = false) throws -> Reproduction {
    let request = try ReproductionRequest(
      "gdpo", seed: 3, fault: isBroken ? "off" : nil, on: Shelf([Fake()]))
    return Reproduction(
      paper: request.paper, recipe: request.recipe, seed: 3, fault: request.fault, result: result(holds),
      seconds: 75)
  }

  static func result(_ holds: Bool) -> RecipeResult {
    RecipeResult(
      measurements: [
        Measurement("base \"line\"", "reward", [1, 2, 3]), Measurement("method", "reward", [4, 5, 6]),
        Measurement("base \"line\"", "length", [.nan, 1, 2]), Measurement("method", "length", [7]),
      ],
      checks: [
        Check("difference <in> reward", holds ? 3 : -3, .atLeast, 0.5), Check("length", 7, .below, 8),
      ],
      findings: ["it <b>works</b>"],
      plots: [
        .lines(
          title: "curves <1>", x: "step", y: "reward",
          series: [
            Plot.Curve("a", x: [0, 1, 2], runs: [[1, 2, 3], [2, 3, 4]]),
            Plot.Curve("b", x: [0, 1, .nan, .infinity], y: [0, .nan, 2, 3]),
          ]),
        .heatMap(
          title: "maze <2>", rows: ["top", "<low>"], columns: ["l", "r"],
          values: [[0.25, .nan], [-0.5]], unit: "value"),
        .points(
          title: "front <3>", x: "cost", y: "gain",
          groups: [Plot.PointGroup("<g>", [(1, 2), (.nan, 2)]), Plot.PointGroup("h", [])]),
        .points(title: "nothing", x: "x", y: "y", groups: []),
        .lines(title: "empty", x: "x", y: "y", series: []),
        .heatMap(title: "blank", rows: [], columns: [], values: [], unit: ""),
      ])
  }
}
