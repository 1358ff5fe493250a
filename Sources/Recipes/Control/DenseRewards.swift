import Shelf

/// Card 5: the score of a text divided among its tokens by Shapley values (SCAR), and a measure of reachability
/// learned on a graph of what was seen (G4RL).
struct DenseRewards: Recipe {
  let slug = "dense-rewards"
  /// `laurel credit` divides the scores of anybody's reward file, `graph_reachability` is a shaping rule of control
  /// runs, and the claim held on seeds 1 to 5. What G4RL's rewards do for a two-level learner is reported, not claimed.
  let standing = Standing.works
  let claim = """
    Shapley credit for each token teaches a policy in at most 0.8 times the updates that the score at the end takes; \
    an encoder trained on a graph of visited states tells which near states a wall parts, which Euclidean distance \
    does not.
    """
  let rule = """
    Card 5. Shapley values of a random game of 8 units with pair terms: efficient and equal to the closed form to \
    1e-12, Owen values equal to them, and different once a term of three crosses groups. 16 x 8 tokens, 5 seeds: \
    SCAR reaches 80% of the maximum within 0.8 x the updates of the sparse reward and ends at >= 0.98 of it. U-maze, \
    24 walks of 40,000 steps: mean AUC of the decoder over near pairs of nodes >= 0.70 and >= Euclid's + 0.10.
    """
  let arms = [
    "sparse", "uniform", "SCAR", "SCAR, alpha 0.5", "sparse, pairs", "uniform, pairs", "SCAR, pairs",
    "Euclid", "decoder", "two levels, Euclid", "two levels, decoder",
  ]
  let scales = [Scale.quick]
  let scaledDown = """
    SCAR: a policy of 16 x 8 independent tokens and a known reward in place of a language model and a reward model; \
    with additive weights the Shapley values are the true rewards of the tokens, the easiest case, so an interaction \
    case (neighbours rewarded in pairs) is run beside it. G4RL: a maze in the plane and tables in place of Ant tasks \
    and deep hierarchical learners.
    """
  let faults = [
    Fault("shifted-credit", help: "each token gets its neighbour's credit"),
    Fault("sliding", help: "the walker slides along walls, so that nodes lie on their faces"),
  ]

  func run(_ context: RecipeContext) throws -> RecipeResult {
    // A fault breaks one part; the others would only be repeated.
    let all = [("shifted-credit", game), ("shifted-credit", tokens), ("sliding", reachability)]
    let parts = try all.filter { part in context.fault.map { $0 == part.0 } ?? true }.map {
      try $0.1(context)
    }
    return RecipeResult(
      measurements: parts.flatMap(\.measurements), checks: parts.flatMap(\.checks),
      findings: parts.flatMap(\.findings), plots: parts.flatMap(\.plots))
  }
}
