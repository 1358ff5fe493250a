/// How a score is divided among the units that made it.
public enum CreditMethod: String, Sendable, CaseIterable {
  /// Shapley values (Shapley 1953), all 2^N coalitions; up to ``exactPlayers`` units, beyond that sampled.
  case shapley
  /// Owen values (Owen 1977): groups join as wholes, units inside their own group only; sampled where enumeration
  /// would ask for more than ``owenCoalitions`` coalitions.
  case owen
  /// Marginal contributions averaged over random orders (Castro et al. 2009).
  case sampled
  /// The same for every unit: the baseline.
  case uniform

  /// The most units for which all coalitions are asked about (2^12 = 4096).
  public static let exactPlayers = 12
  /// The most coalitions that exact Owen values may ask for.
  public static let owenCoalitions = 1 << 14
}
