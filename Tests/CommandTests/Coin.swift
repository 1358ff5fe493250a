import Shelf

/// A recipe whose end is known.
struct Coin: Recipe {
  let slug = "barfi"
  let standing = Standing.works
  let claim = "heads"
  let rule = "it shows heads"
  let arms = ["coin"]
  let scales = [Scale.quick]
  let scaledDown = ""
  let faults = [Fault("tails", help: "shows tails")]

  func run(_ context: RecipeContext) throws -> RecipeResult {
    let heads = try context.map(["coin"], seeds: context.seeds(3), name: { $0 }) { _, seed in
      context.fault == nil ? 1 : 0.0
    }
    return RecipeResult(
      measurements: [Measurement("coin", "heads", heads[0])],
      checks: [Check("heads", heads[0][0], .atLeast, 1)])
  }
}
