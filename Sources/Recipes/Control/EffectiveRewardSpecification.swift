import Shelf

/// Card 12: imitation without reinforcement learning (ASAF), behaviour specified by constraints, and asking a sampler
/// for regions of objective space.
struct EffectiveRewardSpecification: Recipe {
  let slug = "effective-reward-specification"
  /// The claim held on every seed tried. `behaviour_specification` is a shaping rule, `laurel imitate` learns from
  /// anybody's demonstrations, `method: gflownet` draws from anybody's objects, and `coordination:` is a key of `maddpg`.
  let standing = Standing.works
  let claim = """
    Constraints on rates with learned, normalised weights keep an agent out of lava and bring it to its goal without \
    a weight being given, where fixed weights have a cliff; a discriminator that is a policy becomes the expert's; a \
    sampler conditioned on directions covers a concave front that preferences leave empty.
    """
  let rule = """
    Card 12. C: lava at most 1% of the time and success at least 95% on all of 5 seeds, no weight given. A: one round \
    brings a 6-armed bandit's policy within 1e-3 (total variation) of the expert's; with 10 demonstrations in a 6 x 6 \
    grid, success >= 0.85. D: entropy over 10 bins of the front >= 0.8 log 10, and >= 0.2 nat above preferences'.
    """
  let arms = [
    "fixed weight 0", "fixed weight 0.05", "fixed weight 0.1", "fixed weight 1", "constraints",
    "PPO", "PPO, behaviour_specification",
    "uniform", "cloning, 10", "ASAF, 10", "ASAF-1, 10", "cloning, 3", "ASAF, 3",
    "preferences", "goals",
  ]
  let scales = [Scale.quick]
  let scaledDown = """
    Grids and tables in place of an arena, MuJoCo and molecules. In tables cloning wins, as the card says; the \
    thesis' claim for ASAF is against adversarial methods in deep control and is not run. The coordination \
    regularisers (maddpg with coordination: team or coach) have tests and claim nothing. The sampler keeps a table \
    for each condition, of objects that are all known.
    """
  let faults = [
    Fault("wrong-sign", help: "the bound on lava is taken for a wish"),
    Fault("blind", help: "the discriminator's gradient lacks the expert's half"),
    Fault("wide-cone", help: "the goal's region is the whole quadrant"),
  ]

  func run(_ context: RecipeContext) throws -> RecipeResult {
    // A fault breaks one part; the others would only be repeated.
    let all = [("wrong-sign", constraints), ("blind", imitation), ("wide-cone", flow)]
    let parts = try all.filter { part in context.fault.map { $0 == part.0 } ?? true }.map {
      try $0.1(context)
    }
    return RecipeResult(
      measurements: parts.flatMap(\.measurements), checks: parts.flatMap(\.checks),
      findings: parts.flatMap(\.findings), plots: parts.flatMap(\.plots))
  }
}
