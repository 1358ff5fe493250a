/// A rule where the rule applies, a model's judgement elsewhere, and the other rewards added (HARMO, arXiv
/// 2510.05283, equations 1 and 3).
///
/// total = w_rule c r_rule where the rule is present, w_model r_model where it abstained; plus w_k r_k of every
/// other reward present. c is the confidence in the rule, cut to [0, 1]; 1 without a confidence, and where it
/// abstained. With `blends` the model keeps the rest of the weight: w_rule c r_rule + w_model (1 - c) r_model.
///
/// With a length aspect (equation 2, as reconstructed: ``LengthAspect``) the term of the named reward is its
/// penalty in place of its value.
///
/// Let the prompt decide where the rule applies, never the response: `only_where` makes it abstain by a column
/// of the data. Where both abstain the other rewards remain.
public struct Hybrid: Combiner {
  public var rule: String
  public var model: String
  /// A reward that says how far the rule can be trusted; it earns nothing itself.
  public var confidence: String?
  public var blends: Bool
  /// A penalty on answers shorter (or longer) than the group's right ones.
  public var length: LengthAspect?
  public var usesWeights: Bool { true }

  /// - Throws: `ParameterError` when two roles are given to one reward.
  public init(
    rule: String, model: String, confidence: String? = nil, blends: Bool = false, length: LengthAspect? = nil
  ) throws(ParameterError) {
    guard rule != model else {
      throw ParameterError(parameter: "model", "rule and model are the same reward")
    }
    guard confidence != rule, confidence != model else {
      throw ParameterError(parameter: "confidence", "confidence must be a reward of its own")
    }
    if let length, [rule, model, confidence].contains(length.reward) {
      throw ParameterError(parameter: "length", "length must be a reward of its own")
    }
    self.rule = rule
    self.model = model
    self.confidence = confidence
    self.blends = blends
    self.length = length
  }

  public func totals(_ components: RewardComponents) -> [Double?] {
    func index(_ name: String?) -> Int? { name.flatMap { components.names.firstIndex(of: $0) } }
    let (rule, model, confidence) = (index(rule), index(model), index(self.confidence))
    let lengthColumn = index(length?.reward)
    let penalties = lengthColumn.flatMap {
      length?.penalties(components, length: $0, rule: rule, model: model)
    }
    return (0..<components.count).map { sample in
      var weights: [Double] = []
      var values: [Double] = []
      func add(_ reward: Int?, times share: Double = 1) -> Bool {
        guard let reward, let value = components[sample, reward] else { return false }
        weights.append(components.weights[reward] * share)
        values.append(value)
        return true
      }
      let trust = confidence.flatMap { components[sample, $0] }.map { min(max($0, 0), 1) } ?? 1
      if !add(rule, times: trust) {
        _ = add(model)
      } else if blends, trust < 1 {
        _ = add(model, times: 1 - trust)
      }
      for reward in components.names.indices where reward != rule && reward != model && reward != confidence {
        if reward == lengthColumn, let penalties {
          guard let penalty = penalties[sample] else { continue }
          weights.append(components.weights[reward])
          values.append(penalty)
        } else {
          _ = add(reward)
        }
      }
      return values.isEmpty ? nil : finiteDot(weights, values)
    }
  }
}
