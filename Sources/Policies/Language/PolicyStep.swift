import Language
import Torch

/// A prompt with the completions drawn for it and what each is worth.
public struct PolicyGroup: Sendable {
  public var prompt: [Int]
  public var completions: [[Int]]
  /// One advantage per completion; a completion with 0 still counts in the normalisation.
  public var advantages: [Double]
  /// An advantage for every token, [completion][token], in place of one for each completion; nil without credit.
  public var tokenAdvantages: [[Double]]?
  /// Stored log-probabilities for inner epochs after the first; nil = on policy.
  public var old: [[Float]]?
  /// Log-probabilities under the reference policy; nil without a KL term.
  public var reference: [[Float]]?

  public init(
    prompt: [Int], completions: [[Int]], advantages: [Double], old: [[Float]]? = nil,
    reference: [[Float]]? = nil
  ) {
    self.prompt = prompt
    self.completions = completions
    self.advantages = advantages
    self.old = old
    self.reference = reference
  }

  var tokens: Int { prompt.count + completions.reduce(0) { $0 + $1.count } }
}

/// What a step found, averaged over its completion tokens.
public struct PolicyStatistics: Sendable, Equatable {
  public var loss = 0.0
  public var kl = 0.0
  public var entropy = 0.0
  public var clipRatio = 0.0
  public var tokens = 0
  /// Euclidean norm of the gradients before clipping.
  public var gradientNorm = 0.0
}

/// Forward, loss and backward of one batch: accumulates gradients into what the model trains.
///
/// A group's prompt is computed once. The loss is a sum over tokens of f(log-probability), so its gradient with
/// respect to the logits is written directly, d f (onehot - p), in pieces: the logits of a batch never exist at
/// once, and prompt rows are never projected onto the vocabulary.
public struct PolicyStep {
  public var objective: PolicyObjective
  /// The logits are divided by it, as when sampling.
  public var temperature: Double
  /// Weight of the mean token entropy in the objective.
  public var entropyCoefficient: Double
  public var maxCompletionLength: Int
  /// Tokens (prompts once) of a micro-batch; memory grows with it.
  public var tokenBudget: Int
  /// Whether a cancelled task stops between micro-batches.
  public var isInterruptible = false

  /// Completion tokens whose logits exist at once.
  private static let piece = 512

  public init(
    objective: PolicyObjective, temperature: Double = 1, entropyCoefficient: Double = 0,
    maxCompletionLength: Int, tokenBudget: Int = 1024
  ) {
    self.objective = objective
    self.temperature = temperature
    self.entropyCoefficient = entropyCoefficient
    self.maxCompletionLength = maxCompletionLength
    self.tokenBudget = tokenBudget
  }

  /// Runs the batch; gradients add to what is there.
  /// - Returns: the statistics, and the log-probabilities of every completion token now ([group][completion]).
  @discardableResult
  public func accumulate(_ groups: [PolicyGroup], into model: LlamaModel) throws -> (
    statistics: PolicyStatistics, logProbabilities: [[[Float]]]
  ) {
    let weights = objective.weights(
      lengths: groups.flatMap { $0.completions.map(\.count) }, maxCompletionLength: maxCompletionLength)
    var statistics = PolicyStatistics()
    var logProbabilities: [[[Float]]] = []
    var completion = 0
    for batch in microBatches(groups) {
      if isInterruptible { try Task.checkCancellation() }
      let count = batch.reduce(0) { $0 + $1.completions.count }
      logProbabilities += try run(
        batch, Array(weights[completion..<(completion + count)]), model, &statistics)
      completion += count
    }
    let tokens = Double(Swift.max(statistics.tokens, 1))
    statistics.kl /= tokens
    statistics.entropy /= tokens
    statistics.clipRatio /= tokens
    return (statistics, logProbabilities)
  }

  /// Log-probabilities of every completion token, [group][completion], without gradients.
  public func logProbabilities(_ groups: [PolicyGroup], _ model: LlamaModel) throws -> [[[Float]]] {
    try Torch.withoutGrad {
      var ignored = PolicyStatistics()
      return try microBatches(groups).flatMap { try run($0, nil, model, &ignored) }
    }
  }

  /// Consecutive groups up to the token budget; a larger group stands alone.
  private func microBatches(_ groups: [PolicyGroup]) -> [[PolicyGroup]] {
    var batches: [[PolicyGroup]] = []
    var used = 0
    for group in groups {
      if batches.isEmpty || used + group.tokens > tokenBudget {
        batches.append([])
        used = 0
      }
      batches[batches.count - 1].append(group)
      used += group.tokens
    }
    return batches
  }

  /// A completion token: the row that predicts it, itself, and what the loss needs to know.
  private struct Target {
    var row: Int
    var token: Int
    var advantage: Double
    var weight: Double
    var old: Double?
    var reference: Double?
  }

  private func run(
    _ groups: [PolicyGroup], _ weights: [Double]?, _ model: LlamaModel, _ statistics: inout PolicyStatistics
  ) throws -> [[[Float]]] {
    var batch = PackedBatch()
    var targets: [Target] = []
    var completionIndex = 0
    for group in groups {
      var row = batch.count + group.prompt.count
      let last = row - 1
      batch.append(prompt: group.prompt, completions: group.completions)
      for (index, completion) in group.completions.enumerated() {
        for (position, token) in completion.enumerated() {
          targets.append(
            Target(
              row: position == 0 ? last : row + position - 1, token: token,
              advantage: group.tokenAdvantages?[index][position] ?? group.advantages[index],
              weight: weights?[completionIndex] ?? 0, old: (group.old?[index][position]).map(Double.init),
              reference: (group.reference?[index][position]).map(Double.init)))
        }
        row += completion.count
        completionIndex += 1
      }
    }
    let selection = try Tensor(targets.map(\.row), shape: [targets.count], device: model.device)
    let states = try model.hidden(batch).indexSelect(0, selection)
    var values: [Float] = []
    var gradients: [Tensor] = []
    try Torch.withoutGrad {
      let detached = try states.detach()
      for start in stride(from: 0, to: targets.count, by: Self.piece) {
        let piece = Array(targets[start..<Swift.min(start + Self.piece, targets.count)])
        let part = try head(detached.narrow(0, start, piece.count), piece, model, weights != nil, &statistics)
        values += part.values
        if let gradient = part.gradient { gradients.append(gradient) }
      }
    }
    if weights != nil { try states.backward(Tensor.cat(gradients)) }
    var offset = 0
    return groups.map { group in
      group.completions.map { completion in
        defer { offset += completion.count }
        return Array(values[offset..<(offset + completion.count)])
      }
    }
  }

  /// Head, loss and the gradient with respect to the hidden states of one piece.
  private func head(
    _ states: Tensor, _ targets: [Target], _ model: LlamaModel, _ wantsGradient: Bool,
    _ statistics: inout PolicyStatistics
  ) throws -> (values: [Float], gradient: Tensor?) {
    let distribution = try TokenDistribution(
      consuming: model.logits(states), tokens: targets.map(\.token), temperature: temperature)
    let values = distribution.logProbabilities
    guard wantsGradient else { return (values, nil) }
    var coefficients = [Float](repeating: 0, count: targets.count)
    for (index, target) in targets.enumerated() {
      let token = objective.token(
        logProbability: Double(values[index]), old: target.old, reference: target.reference,
        advantage: target.advantage)
      let entropy = Double(distribution.entropies[index])
      coefficients[index] = Float(token.gradient * target.weight)
      statistics.loss += (token.loss - entropyCoefficient * entropy) * target.weight
      statistics.kl += token.kl
      statistics.clipRatio += token.isClipped ? 1 : 0
      statistics.entropy += entropy
    }
    statistics.tokens += targets.count
    let entropyWeights =
      entropyCoefficient == 0 ? nil : targets.map { Float($0.weight * entropyCoefficient) }
    let gradient = try distribution.gradient(coefficients: coefficients, entropyWeights: entropyWeights)
    return (values, try model.headGradient(gradient, hidden: states))
  }
}
