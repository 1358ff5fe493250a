/// What a learner is shown of the payoffs: the switch of the paper's reward-type ablation. The game stays the same.
public enum RewardMode: String, CaseIterable, Sendable {
  /// Each agent its own payoff pi_i.
  case `private`
  /// U_i = pi_i + the sum over the others of w_ij pi_j, w_ij = D_ij min(T_ij, 1 - R_ij).
  case integrated
  /// Everybody the mean of all U_i. The *sum* of the rewards is that of `integrated`, so that a learner of the
  /// summed reward cannot tell the two apart.
  case cooperative
}

/// What an agent sees of a coopetition game.
public enum ObservationForm: String, CaseIterable, Sendable {
  /// The original's Gymnasium form, the same for everybody: all actions (n), trust row by row (n^2), reputation
  /// damage (n^2), dependence (n^2), the steps taken, and what the environment appends. Actions range to the
  /// largest endowment of all.
  case joint
  /// The original's parallel form: own action, the others' actions, the whole trust matrix, own row of reputation
  /// damage, the mean damage in each other's row, own row of dependence, the share of the episode that has passed.
  /// Actions range to the agent's own endowment, as in the two forms below.
  case full
  /// As `full`, with the agent's own row of trust only.
  case realistic
  /// Own action and own row of trust.
  case minimal
}
