import Recipes
import Shelf
import Testing

/// The recipes that take a second or two; the others are run by `laurel reproduce`.
private let quick = ["reward-engineering-overview", "barfi"]

@Suite struct RecipesTests {
  @Test(arguments: quick) func theClaimHoldsOnAFreshSeed(slug: String) throws {
    let recipe = try #require(Shelf.standard.row(slug)?.recipe)
    #expect(try recipe.run(RecipeContext(seed: 77)).holds)
  }

  @Test(arguments: quick) func everyFaultBreaksTheVerdict(slug: String) throws {
    let recipe = try #require(Shelf.standard.row(slug)?.recipe)
    for fault in recipe.faults {
      #expect(try !recipe.run(RecipeContext(seed: 77, fault: fault.name)).holds, "\(slug): \(fault.name)")
    }
  }

  @Test func whatWorksSaysHowItIsJudgedAndHowItBreaks() {
    for row in Shelf.standard.rows where row.standing == .works {
      guard let recipe = row.recipe else { continue }
      #expect(!recipe.claim.isEmpty && !recipe.rule.isEmpty && !recipe.faults.isEmpty, "\(recipe.slug)")
      #expect(recipe.scales.contains(.quick), "\(recipe.slug)")
    }
  }
}
