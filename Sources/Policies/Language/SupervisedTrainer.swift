import Language
import Rewards
import Torch

/// A prompt and the answer to imitate, as token ids.
public struct Demonstration: Sendable, Equatable {
  public var prompt: [Int]
  /// Ends with the end token unless it was cut.
  public var completion: [Int]

  public init(prompt: [Int], completion: [Int]) {
    self.prompt = prompt
    self.completion = completion
  }
}

/// What one supervised step did.
public struct SupervisedStep: Sendable, Equatable {
  /// Mean negative log-probability of the demonstrations' tokens before the step.
  public var loss: Double
  /// Completion tokens of the batch.
  public var tokens: Int
  /// Mean entropy of the policy where the tokens stand, in nats.
  public var entropy: Double
  public var gradientNorm: Double
  public var learningRate: Double
}

/// Supervised fine-tuning on demonstrations, for a warm start: token cross-entropy of the completions (TRL's
/// `completion_only_loss`), the prompts only read.
///
/// The gradient of -log pi(y) is the policy gradient of y with advantage 1, so the same engine call serves both.
public struct SupervisedTrainer {
  public var learningRate: Double
  public var schedule: LearningRateSchedule
  public var maxSteps: Int
  public var maxGradNorm: Double
  /// Tokens of a micro-batch.
  public var tokenBudget: Int
  private let engine: any PolicyEngine

  public init(
    engine: any PolicyEngine, learningRate: Double, schedule: LearningRateSchedule = LearningRateSchedule(),
    maxSteps: Int, maxGradNorm: Double = 1, tokenBudget: Int = 1024
  ) {
    self.engine = engine
    self.learningRate = learningRate
    self.schedule = schedule
    self.maxSteps = maxSteps
    self.maxGradNorm = maxGradNorm
    self.tokenBudget = tokenBudget
  }

  /// One step on a batch, averaged over its completion tokens.
  /// - Throws: `CancellationError` when the task is cancelled before the parameters have moved.
  public func run(step: Int, batch: [Demonstration]) throws -> SupervisedStep {
    var rule = rule(batch)
    rule.isInterruptible = true
    let values: [[[Float]]]
    do {
      values = try engine.step(groups(batch, advantage: 1), rule)
    } catch let error as CancellationError {
      try engine.discardGradients()
      throw error
    }
    let rate = learningRate * schedule.factor(step: step, of: maxSteps)
    try engine.update(learningRate: rate, maxGradNorm: maxGradNorm)
    let statistics = try engine.statistics()
    return SupervisedStep(
      loss: Self.loss(values), tokens: statistics.tokens, entropy: statistics.entropy,
      gradientNorm: statistics.gradientNorm, learningRate: rate)
  }

  private func rule(_ batch: [Demonstration]) -> PolicyStep {
    PolicyStep(
      objective: PolicyObjective(normalization: .dapo),
      maxCompletionLength: batch.map(\.completion.count).max() ?? 1, tokenBudget: tokenBudget)
  }

  private func groups(_ batch: [Demonstration], advantage: Double) -> [PolicyGroup] {
    batch.map {
      PolicyGroup(prompt: $0.prompt, completions: [$0.completion], advantages: [advantage])
    }
  }

  private static func loss(_ values: [[[Float]]]) -> Double {
    let all = values.joined().joined()
    return all.isEmpty ? 0 : -all.reduce(0) { $0 + Double($1) } / Double(all.count)
  }
}
