/// An entry of the catalogue of reward engineering and shaping rules (the survey arXiv 2408.10215).
public struct ShapingRule: Sendable, Equatable {
  public enum Family: String, Sendable {
    case engineering
    case shaping
  }

  /// 1 to 16.
  public var number: Int
  public var name: String
  public var family: Family
  /// gamma: the discount, F: what is added to the reward, Phi: a potential, s', a': what follows.
  public var formula: String
  /// What it needs besides state, action and reward.
  public var needs: String
  public var preservesOptimum: PolicyGuarantee
  public var risk: String
  /// What a file calls it, or the type that implements it; nil where Laurel has it in another room.
  public var part: String?

  /// The rules, in the survey's order.
  public static let catalogue: [ShapingRule] = [
    ShapingRule(
      number: 1, name: "sparse goal", family: .engineering, formula: "1[goal], or -1 a step",
      needs: "a goal test",
      preservesOptimum: .invariant, risk: "no signal until the goal is met by chance", part: "gridworld"),
    ShapingRule(
      number: 2, name: "distance and progress", family: .engineering,
      formula: "-|s - g|, or |s - g| - |s' - g|",
      needs: "a goal and a metric", preservesOptimum: .conditional("progress with discount 1"),
      risk: "walls are not seen; coming nearer can be farmed", part: "distance"),
    ShapingRule(
      number: 3, name: "composition", family: .engineering, formula: "sum w_i r_i, lexicographic, min, gate",
      needs: "several rewards", preservesOptimum: .none, risk: "one part dominates", part: "weighted_sum"),
    ShapingRule(
      number: 4, name: "clipping, scaling, shift", family: .engineering, formula: "clip(factor r + offset)",
      needs: "nothing", preservesOptimum: .conditional("scaling alone, or a shift where no episode ends"),
      risk: "a shift changes how long an episode should last", part: "affine"),
    ShapingRule(
      number: 5, name: "inverse reinforcement learning, preferences", family: .engineering,
      formula: "expert features - policy features; Bradley-Terry", needs: "demonstrations or comparisons",
      preservesOptimum: .none, risk: "many rewards explain the same behaviour", part: nil),
    ShapingRule(
      number: 6, name: "inverse reward design", family: .engineering,
      formula: "P(w | proxy) ~ exp(beta w . phi) / Z(w); max min over samples", needs: "the training world",
      preservesOptimum: .none, risk: "features unmet in training stay unknown", part: "InverseRewardDesign"),
    ShapingRule(
      number: 7, name: "potential-based shaping", family: .shaping, formula: "F = gamma Phi(s') - Phi(s)",
      needs: "Phi, 0 at the end", preservesOptimum: .invariant,
      risk: "a negative Phi is a pessimistic start that can trap; a large one slows", part: "potential"),
    ShapingRule(
      number: 8, name: "potential-based advice", family: .shaping,
      formula: "F = gamma Phi(s', a') - Phi(s, a)",
      needs: "the next action, or the last",
      preservesOptimum: .conditional("greedy on Q + Phi, or look-back"),
      risk: "acting on Q alone loses the optimum", part: "potential_advice"),
    ShapingRule(
      number: 9, name: "dynamic potential", family: .shaping, formula: "F = gamma Phi_t'(s') - Phi_t(s)",
      needs: "each potential as it was when its state was entered", preservesOptimum: .invariant,
      risk: "recomputing the old potential breaks it", part: "learned_potential"),
    ShapingRule(
      number: 10, name: "arbitrary reward to potential", family: .shaping,
      formula: "Phi learned by TD on -advice, then rule 9", needs: "the next action",
      preservesOptimum: .conditional("greedy on Q + Phi"), risk: "the potential lags behind",
      part: "advice_as_potential"),
    ShapingRule(
      number: 11, name: "count bonus", family: .shaping, formula: "beta / sqrt(N(s'))",
      needs: "countable states",
      preservesOptimum: .conditional("it fades"), risk: "novelty for its own sake", part: "count_bonus"),
    ShapingRule(
      number: 12, name: "intrinsic to potential", family: .shaping,
      formula: "the last step takes back the discounted sum", needs: "episodes that end",
      preservesOptimum: .conditional("policies that may see the history"), risk: "a large last step",
      part: "episode_neutral"),
    ShapingRule(
      number: 13, name: "difference reward", family: .shaping, formula: "D_i = G(z) - G(z without i)",
      needs: "a simulator that can be asked twice", preservesOptimum: .invariant,
      risk: "one step more an agent",
      part: "DifferenceRewardWorld"),
    ShapingRule(
      number: 14, name: "meta-learned shaping", family: .shaping,
      formula: "phi by the gradient of the true return",
      needs: "a bi-level learner", preservesOptimum: .conditional("the outer loop converges"),
      risk: "the true reward is never seen", part: "BehaviourAlignment"),
    ShapingRule(
      number: 15, name: "subgoals, first visit", family: .shaping,
      formula: "bonus at a subgoal, once an episode",
      needs: "flags in the state", preservesOptimum: .none, risk: "paid again and again it is a loop",
      part: "first_visit"),
    ShapingRule(
      number: 16, name: "annealed shaping", family: .shaping, formula: "k_t F, k_t falls to 0",
      needs: "a schedule",
      preservesOptimum: .conditional("in the limit"), risk: "habits outlive it", part: "annealed"),
  ]
}
