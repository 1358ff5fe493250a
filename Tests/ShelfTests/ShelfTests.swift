import Rewards
import Testing

@testable import Shelf

@Suite struct ShelfTests {
  @Test func theCatalogueHolds68SystemsInOrder() {
    #expect(Paper.catalogue.map(\.number) == Array(1...68))
    #expect(Set(Paper.catalogue.map(\.slug)).count == 68)
  }

  @Test func aRowIsFoundBySlugNumberOrPaper() {
    let shelf = Shelf([Coin()])
    #expect(shelf.row("gdpo")?.paper.number == 55)
    #expect(shelf.row("08")?.paper.slug == "coopetition-gym")
    #expect(shelf.row("2310.19007")?.paper.slug == "barfi")
    #expect(shelf.row("barfi")?.standing == .works)
    #expect(shelf.row("gdpo")?.standing == .notYet)
    #expect(shelf.row("gdop") == nil)
    #expect(shelf.nearest(to: "gdop") == "gdpo")
  }

  @Test func seedsOfTwoRunsNeverMeet() {
    let first = RecipeContext(seed: 1).seeds(100)
    #expect(Set(first).isDisjoint(with: RecipeContext(seed: 2).seeds(100)))
  }

  @Test(arguments: [1, 2, 5]) func theResultsDoNotDependOnTheThreads(threads: Int) throws {
    let context = RecipeContext(seed: 3, threads: threads)
    let result = try context.map(["a", "b"], seeds: context.seeds(4), name: { $0 }) { arm, seed in
      "\(arm)\(seed)"
    }
    #expect(result == [["a3000", "a3001", "a3002", "a3003"], ["b3000", "b3001", "b3002", "b3003"]])
  }

  @Test func aStoppedRunAndABrokenArmThrow() {
    let stopped = RecipeContext(isCancelled: { true })
    #expect(throws: RecipeCancelled.self) {
      _ = try stopped.map([0], seeds: [1], name: { "\($0)" }) { _, _ in 0 }
    }
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      _ = try RecipeContext(threads: 2).map([0, 1], seeds: [1], name: { "\($0)" }) { _, _ -> Int in
        throw Broken()
      }
    }
  }

  @Test func aVerdictNeedsChecksAndNaNNeverHolds() {
    #expect(!RecipeResult(measurements: [], checks: []).holds)
    #expect(!Check("", .nan, .atLeast, 0).holds)
    #expect(!Check("", .nan, .below, 0).holds)
    #expect(Check("", 1, .atLeast, 1).holds && !Check("", 1, .above, 1).holds)
  }

  @Test func meanAndStandardErrorAreTheTextbooks() {
    let one = Measurement("a", "m", [1, 2, 3, 4])
    #expect(one.mean == 2.5)
    #expect(abs(one.standardError! - 0.6454972243679028) < 1e-12)
    #expect(Measurement("a", "m", [1]).standardError == nil)
  }
}

private struct Coin: Recipe {
  let slug = "barfi"
  let standing = Standing.works
  let claim = ""
  let rule = ""
  let arms = ["one"]
  let scales = [Scale.quick]
  let scaledDown = ""
  let faults: [Fault] = []
  func run(_ context: RecipeContext) -> RecipeResult { RecipeResult(measurements: [], checks: []) }
}
