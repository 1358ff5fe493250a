/// What combiners and advantage estimators read: one number per sample and reward, after failures were dealt
/// with, shapers applied and conditions checked.
public struct RewardComponents: Sendable, Equatable {
  /// The rewards' names, in the specification's order.
  public var names: [String]
  public var weights: [Double]
  /// One group per sample: samples that share a prompt.
  public var groups: [Int]
  /// Row-major, samples x rewards; 0 where nothing is present.
  public var values: [Double]
  /// Row-major; false where the reward abstained.
  public var isPresent: [Bool]
  /// Per sample: true when it is left out of its group, because a reward with `on_failure: leave_out` failed.
  public var isLeftOut: [Bool]

  /// A full matrix: every reward scored every sample.
  public init(names: [String], weights: [Double]? = nil, groups: [Int], values: [Double]) {
    precondition(values.count == names.count * groups.count, "values must be samples x rewards")
    self.names = names
    self.weights = weights ?? [Double](repeating: 1, count: names.count)
    self.groups = groups
    self.values = values
    self.isPresent = [Bool](repeating: true, count: values.count)
    self.isLeftOut = [Bool](repeating: false, count: groups.count)
  }

  /// The number of samples.
  public var count: Int { groups.count }

  /// The value of one reward for one sample; nil when it abstained or the sample is left out.
  public subscript(sample: Int, reward: Int) -> Double? {
    let index = sample * names.count + reward
    return isLeftOut[sample] || !isPresent[index] ? nil : values[index]
  }
}
