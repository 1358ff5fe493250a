import Foundation
import Language
import Rewards
import Torch

/// Settings of a language run, with TRL's names.
public struct LanguageTrainerConfiguration: Sendable, Equatable {
  public var seed: UInt64 = 0
  public var maxSteps = 30
  /// Distinct prompts of a step.
  public var promptsPerStep = 8
  /// Completions of a prompt.
  public var numGenerations = 8
  public var maxCompletionLength = 48
  public var temperature = 1.0
  public var topP = 1.0
  public var topK = 0
  /// A completion ends once its text contains one of these.
  public var stopStrings: [String] = []
  public var learningRate = 1e-4
  public var schedule = LearningRateSchedule()
  public var maxGradNorm = 1.0
  /// Optimiser passes over a step's completions.
  public var numIterations = 1
  public var entropyCoefficient = 0.0
  public var objective = PolicyObjective()
  public var tokenBudget = 1024
  /// How rewards are divided among tokens; nil: all tokens of a completion have the same advantage.
  public var credit: CreditSettings?

  public init() {}
}

/// One prompt of a run: its token ids and what rewards may see of it.
public struct TrainingPrompt: Sendable {
  public var ids: [Int]
  /// A sample without its completion.
  public var sample: Sample

  public init(ids: [Int], sample: Sample) {
    self.ids = ids
    self.sample = sample
  }
}

/// What one step did.
public struct TrainingStep: Sendable {
  public var step: Int
  public var samples: [Sample]
  public var table: RewardTable
  public var advantages: Advantages
  /// How rewards were divided among tokens; nil where they were not.
  public var credit: CreditReport?
  public var statistics: PolicyStatistics
  public var learningRate: Double
  public var samplingSeconds: Double
  public var rewardSeconds: Double
  public var trainingSeconds: Double
}

/// Trains a language policy from composed rewards: draw, score, estimate advantages, step.
public final class LanguageTrainer {
  public let configuration: LanguageTrainerConfiguration
  private let engine: any PolicyEngine
  private let tokenizer: any Tokenizer
  private let rewards: RewardSpecification
  /// True while the parameters have moved but the step is not over: what an error leaves is no state to keep.
  public private(set) var isWithinUpdate = false

  /// - Throws: `TorchError` when groups would hold a single completion.
  public init(
    _ configuration: LanguageTrainerConfiguration, engine: any PolicyEngine, tokenizer: any Tokenizer,
    rewards: RewardSpecification
  ) throws {
    guard configuration.numGenerations >= 2 else {
      throw TorchError("num_generations must be at least 2: a group of one has nothing to be compared with")
    }
    self.configuration = configuration
    self.engine = engine
    self.tokenizer = tokenizer
    self.rewards = rewards
  }

  /// Draws `count` completions of every prompt, as samples in order.
  public func draw(_ prompts: [TrainingPrompt], count: Int, identity: Int, seed: UInt64) throws -> (
    samples: [Sample], completions: [[Completion]]
  ) {
    let options = SamplingOptions(
      temperature: configuration.temperature, maxCompletionLength: configuration.maxCompletionLength,
      topK: configuration.topK, topP: configuration.topP,
      endTokens: tokenizer.eosToken.map { [Int($0)] } ?? [], stopStrings: configuration.stopStrings,
      seed: seed)
    let completions = try engine.complete(
      prompts.map(\.ids), count: count, options: options, identity: identity)
    var samples: [Sample] = []
    for (group, (prompt, drawn)) in zip(prompts, completions).enumerated() {
      for completion in drawn {
        var sample = prompt.sample
        sample.group = group
        sample.completion = tokenizer.decode(completion.ids.map(Int32.init))
        sample.completionTokens = completion.ids.count
        sample.isTruncated = completion.isTruncated
        samples.append(sample)
      }
    }
    return (samples, completions)
  }

  /// Samples every prompt once with a seed of its own and scores the result.
  public func evaluate(_ prompts: [TrainingPrompt], step: Int) async throws -> (
    samples: [Sample], table: RewardTable
  ) {
    var samples: [Sample] = []
    // In parts, so that a large held-out set does not hold all its caches at once.
    for start in stride(from: 0, to: prompts.count, by: 16) {
      let part = Array(prompts[start..<Swift.min(start + 16, prompts.count)])
      let drawn = try draw(part, count: 1, identity: start, seed: configuration.seed ^ 0xE7A1)
      samples += drawn.samples.enumerated().map { offset, sample in
        var sample = sample
        sample.group = start + offset
        return sample
      }
    }
    let state = RunState(
      step: step, maxSteps: configuration.maxSteps, seed: configuration.seed, isEvaluation: true)
    return (samples, try await rewards.score(samples, state: state))
  }

  /// One step on the given prompts.
  /// - Throws: `CancellationError` when the task is cancelled before the parameters have moved: the step may be
  ///   taken again. Once they have moved, the step is finished first.
  public func run(step: Int, prompts: [TrainingPrompt]) async throws -> TrainingStep {
    let clock = ContinuousClock()
    let begin = clock.now
    let count = configuration.numGenerations
    let drawn = try draw(
      prompts, count: count, identity: (step * prompts.count + 1) * count, seed: configuration.seed)
    let sampled = clock.now
    let state = RunState(step: step, maxSteps: configuration.maxSteps, seed: configuration.seed)
    let table = try await rewards.score(drawn.samples, state: state)
    let advantages = try rewards.advantages(of: table)
    var credited: (values: [[[Double]]], report: CreditReport)?
    if let settings = configuration.credit {
      credited = try await TokenCredit(settings: settings, rewards: rewards, tokenizer: tokenizer).advantages(
        drawn.samples, ids: drawn.completions.joined().map(\.ids), table: table,
        advantages: advantages.values, count: count, state: state)
    }
    let scored = clock.now
    var groups = prompts.indices.map { index in
      PolicyGroup(
        prompt: prompts[index].ids, completions: drawn.completions[index].map(\.ids),
        advantages: Array(advantages.values[(index * count)..<((index + 1) * count)]))
    }
    for index in groups.indices { groups[index].tokenAdvantages = credited?.values[index] }
    let rate =
      configuration.learningRate * configuration.schedule.factor(step: step, of: configuration.maxSteps)
    let statistics: PolicyStatistics
    do {
      statistics = try optimize(&groups, rate: rate)
    } catch let error as CancellationError {
      try engine.discardGradients()
      throw error
    }
    return TrainingStep(
      step: step, samples: drawn.samples, table: table, advantages: advantages, credit: credited?.report,
      statistics: statistics,
      learningRate: rate, samplingSeconds: (sampled - begin).seconds,
      rewardSeconds: (scored - sampled).seconds,
      trainingSeconds: (clock.now - scored).seconds)
  }

  private func optimize(_ groups: inout [PolicyGroup], rate: Double) throws -> PolicyStatistics {
    var policy = PolicyStep(
      objective: configuration.objective, temperature: configuration.temperature,
      entropyCoefficient: configuration.entropyCoefficient,
      maxCompletionLength: configuration.maxCompletionLength, tokenBudget: configuration.tokenBudget)
    policy.isInterruptible = true
    if configuration.objective.beta != 0 {
      let reference = try engine.referenceLogProbabilities(groups, policy)
      for index in groups.indices { groups[index].reference = reference[index] }
    }
    var statistics = PolicyStatistics()
    for iteration in 0..<configuration.numIterations {
      let logProbabilities = try engine.step(groups, policy)
      try engine.update(learningRate: rate, maxGradNorm: configuration.maxGradNorm)
      isWithinUpdate = iteration + 1 < configuration.numIterations
      if iteration == 0 {
        statistics = try engine.statistics()
        for index in groups.indices { groups[index].old = logProbabilities[index] }
        policy.isInterruptible = false
      }
    }
    return statistics
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
