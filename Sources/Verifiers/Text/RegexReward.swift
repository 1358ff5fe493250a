import Rewards

/// 1 when a regular expression matches the completion (all of it, or a part), else 0.
///
/// The expression is a ``LinearPattern``: no completion can make it hang. An empty completion matches what
/// matches the empty text. A completion above ``maxBytes`` is `failed`, which bounds the time. Range: {0, 1}.
public struct RegexReward: BytewiseReward {
  public static let maxBytes = 1 << 20

  public let name: String
  public var maximum: Double? { 1 }
  public let pattern: LinearPattern
  /// The whole completion must match.
  public let matchesWhole: Bool

  /// - Throws: `ParameterError` when the pattern is wrong or needs backtracking.
  public init(
    name: String = "regex", pattern: String, matchesWhole: Bool = false, ignoresCase: Bool = false
  ) throws(ParameterError) {
    self.name = name
    self.pattern = try LinearPattern(pattern, ignoresCase: ignoresCase)
    self.matchesWhole = matchesWhole
  }

  public func outcome(of sample: SampleBytes) -> Outcome {
    guard sample.completion.count <= Self.maxBytes else {
      return .failed("the completion is longer than 1 MiB")
    }
    return .scored(pattern.matches(sample.completion, whole: matchesWhole) ? 1 : 0)
  }
}
