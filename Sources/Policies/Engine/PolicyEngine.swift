import Language

/// The machine that holds a policy: it draws completions, computes gradients, and moves the parameters.
///
/// The calls are coarse, so that an engine on a device can queue work and return: none is made per token, and
/// only `poll`, `read` and `statistics` wait for results. A trainer knows no more of the policy than this.
public protocol PolicyEngine: AnyObject {
  // MARK: Drawing

  /// Computes every prompt once and draws the first token of `count` completions each, numbered from `identity`
  /// in the prompts' order. Draws depend on the seed, the number and the position only.
  func prefill(_ prompts: [[Int]], count: Int, options: SamplingOptions, identity: Int) throws
  /// At most `steps` further tokens of every live completion.
  func run(steps: Int) throws
  /// Completions still being drawn.
  func poll() throws -> Int
  /// A finished completion by its number; nil while it is being drawn.
  func read(_ completion: Int) throws -> Completion?

  // MARK: Training

  /// Forward, loss and backward; gradients add to those there are.
  /// - Returns: the log-probability of every completion token now, [group][completion].
  func step(_ groups: [PolicyGroup], _ rule: PolicyStep) throws -> [[[Float]]]
  /// The same log-probabilities under the policy that training started from, without gradients.
  func referenceLogProbabilities(_ groups: [PolicyGroup], _ rule: PolicyStep) throws -> [[[Float]]]
  /// Clips the gradients to the norm, takes one optimiser step at the rate, and clears them.
  func update(learningRate: Double, maxGradNorm: Double) throws
  /// Clears the gradients of a step that will not be taken.
  func discardGradients() throws
  /// What the `step` calls since the last call of this function found, and the norm that `update` met.
  func statistics() throws -> PolicyStatistics

  // MARK: Keeping

  /// Writes parameters and optimiser state into a folder.
  func write(checkpoint folder: String) throws
  /// Takes parameters and optimiser state from a folder, bit for bit.
  func read(checkpoint folder: String) throws
}

extension PolicyEngine {
  /// Draws `count` completions of every prompt; result [prompt][completion].
  /// - Throws: `CancellationError` when the task was cancelled.
  public func complete(_ prompts: [[Int]], count: Int, options: SamplingOptions, identity: Int) throws
    -> [[Completion]]
  {
    try prefill(prompts, count: count, options: options, identity: identity)
    while try poll() > 0 {
      try Task.checkCancellation()
      try run(steps: 16)
    }
    return try prompts.indices.map { group in
      try (0..<count).compactMap { try read(identity + group * count + $0) }
    }
  }
}
