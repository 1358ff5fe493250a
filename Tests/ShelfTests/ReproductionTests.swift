import Rewards
import Testing

@testable import Shelf

@Suite struct ReproductionTests {
  private let shelf = Shelf([FakeRecipe()])

  @Test(arguments: ["barfi", "3", "03", "2310.19007"]) func aSystemIsNamedInThreeWays(name: String) throws {
    let request = try ReproductionRequest(name, on: shelf)
    #expect(request.paper.slug == "barfi")
    #expect(request.scale == .quick)
  }

  @Test func whatCannotRunIsSaidWithItsRemedy() {
    func message(_ name: String, scale: String? = nil, fault: String? = nil) -> String {
      do {
        _ = try ReproductionRequest(name, scale: scale, fault: fault, on: shelf)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("barfy").hasPrefix("no system is called 'barfy'; did you mean 'barfi'?"))
    #expect(message("99").hasPrefix("no system is called '99'"))
    #expect(message("gdpo").hasPrefix("there is no recipe for GDPO ('gdpo') yet"))
    #expect(message("barfi", scale: "fast") == "'fast' is no scale: give quick, full or gpu")
    #expect(
      message("barfi", scale: "gpu") == "barfi does not run at scale 'gpu': it runs at quick or full")
    #expect(
      message("barfi", fault: "x") == "barfi has no fault 'x'; its faults are\n  blind: sees nothing")
  }

  @Test func theRequestReachesTheRecipeAndTheResultKnowsItsCommand() throws {
    let request = try ReproductionRequest("barfi", scale: "full", seed: 7, fault: "blind", on: shelf)
    let broken = try request.run()
    #expect(!broken.result.holds)
    #expect(broken.command == "laurel reproduce barfi --scale full --seed 7 --fault blind")
    #expect(broken.folderName == request.folderName && broken.folderName == "barfi-full-seed7-blind")
    #expect(broken.verdict == "With the fault blind the claim fails, as it must: 0 of 1 condition met.")
    let sound = try ReproductionRequest("barfi", seed: 7, on: shelf).run()
    #expect(sound.result.measurements[1].values == [7000, 7001])
    #expect(sound.verdict == "The claim holds: 1 of 1 condition met.")
    #expect(throws: RecipeCancelled.self) { try request.run(isCancelled: { true }) }
  }

  @Test func theTextHoldsClaimTableConditionsAndVerdict() throws {
    let request = try ReproductionRequest("barfi", on: shelf)
    let introduction = ReproductionText.introduction(request)
    #expect(introduction.contains("\nclaim        seeing is better than not\n"))
    #expect(introduction.contains("\nrun          scale quick, seed 1"))
    #expect(
      ReproductionText.outcome(try request.run()) == """
        metric  arm     mean  std. error  n
        sight   blind      0           -  1
                seeing  1000         0.5  2

        condition        value  must be
        sight of seeing   1000  > 0.5    met

        - it saw

        The claim holds: 1 of 1 condition met.
        """)
  }

  @Test func longWordsAndTextsAreBrokenBetweenWords() {
    let text = String(repeating: "seven77 ", count: 40)
    let lines = ReproductionText.wrapped(text, first: "a  ", rest: "   ").split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.count <= 100 })
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("   seven77") })
    #expect(ReproductionText.wrapped("", first: "a", rest: "") == "a")
  }

  @Test func theListCountsEveryState() {
    let list = ReproductionText.list(shelf)
    #expect(list.split(separator: "\n").count == 70)
    #expect(list.hasSuffix("68 systems: 1 works, 0 fail, 67 not yet"))
  }

  @Test func theJSONHoldsThePicturesNumbersAndNoNaN() throws {
    let json = try ReproductionRequest("barfi", on: shelf).run().json.jsonText
    #expect(json.contains(#""plots":[{"kind":"lines","title":"t","x":"x","y":"y","series":[{"name":"c","#))
    #expect(json.contains(#""kind":"heat_map""#) && json.contains(#""values":[[1.0,null]]"#))
    #expect(
      json.contains(#""kind":"points""#) && json.contains(#""groups":[{"name":"g","x":[1.0],"y":[2.0]}]"#))
  }

  @Test func theMarkdownHasARowASystemAndEveryTextMeansItself() {
    let page = shelf.markdown
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(rows.count == 69)
    #expect(page.contains("**Retro\\*** (`retro-star`)"))
    #expect(
      page.contains("[Behavior Alignment via Reward Function Optimization](https://arxiv.org/abs/2310.19007)")
    )
    #expect(
      page.contains(
        "seeing is better than not `laurel reproduce barfi --scale quick`, `laurel reproduce barfi --scale full`"
      ))
    #expect(page.contains("\n- BARFI: two \\| one\n"))
    #expect(Markdown.escape("a|b\nc<d>") == "a\\|b c\\<d\\>")
    // No cell breaks its row: seven borders each, escaped ones apart.
    for row in rows {
      #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 7)
    }
  }
}

/// A recipe whose numbers are known beforehand.
private struct FakeRecipe: Recipe {
  let slug = "barfi"
  let standing = Standing.works
  let claim = "seeing is better than not"
  let rule = "the sight is above a half"
  let arms = ["blind", "seeing"]
  let scales = [Scale.quick, .full]
  let scaledDown = "two | one"
  let faults = [Fault("blind", help: "sees nothing")]

  func run(_ context: RecipeContext) throws -> RecipeResult {
    try context.report(0, "looking")
    let seeds = context.seeds(2).map { Double($0) }
    let seen = context.fault == "blind" ? [0, 0] : seeds
    let sight = context.fault == "blind" ? 0 : seeds[0]
    return RecipeResult(
      measurements: [
        Measurement("blind", "sight", [0]), Measurement("seeing", "sight", seen),
      ],
      checks: [Check("sight of seeing", sight, .above, 0.5)], findings: ["it saw"],
      plots: [
        .lines(title: "t", x: "x", y: "y", series: [Plot.Curve("c", x: [0, 1], y: [1, 2])]),
        .heatMap(title: "h", rows: ["r"], columns: ["a", "b"], values: [[1, .nan]], unit: "u"),
        .points(title: "p", x: "x", y: "y", groups: [Plot.PointGroup("g", [(1, 2)])]),
      ])
  }
}
