/// Bounds on the scores of a completion's steps, so that repeating good but useless steps earns nothing (arXiv
/// 2410.15115).
public enum StepShaping {
  /// c_k = min(s_k - eta, 0): penalties only, so no completion's sum exceeds 0.
  public static func clipped(_ steps: [Double], eta: Double) -> [Double] {
    steps.map { min(finite($0 - eta), 0) }
  }

  /// d_k = s_k - s_{k+1} before the last step but one, d_{K-1} = s_{K-1}, d_K = 0: the return from step k is
  /// s_k, and the sum over a completion is s_1. One step earns 0.
  public static func delta(_ steps: [Double]) -> [Double] {
    steps.indices.map { step in
      if step + 1 >= steps.count { return 0 }
      return step + 2 == steps.count ? steps[step] : finite(steps[step] - steps[step + 1])
    }
  }
}

/// r' = alpha times the sum of the completion's step scores after ``StepShaping``'s Clip, Delta or both (Clip
/// first). A completion without steps has 0.
public struct StepSum: Shaper {
  public var alpha: Double
  /// Clip's threshold; nil: no clip.
  public var eta: Double?
  public var takesDelta: Bool
  public var readsSteps: Bool { true }

  public init(alpha: Double, eta: Double? = nil, takesDelta: Bool) {
    self.alpha = alpha
    self.eta = eta
    self.takesDelta = takesDelta
  }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    column.enumerated().map { sample, value in
      guard value != nil, var steps = context.steps[sample] else { return nil }
      if let eta { steps = StepShaping.clipped(steps, eta: eta) }
      if takesDelta { steps = StepShaping.delta(steps) }
      return finite(alpha * finite(steps.reduce(0, +)))
    }
  }
}
