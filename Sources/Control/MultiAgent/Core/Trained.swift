import Numeric

/// Trained numbers with their optimiser: one gradient norm over all parts, and no step on a gradient that is none.
final class Trained {
  let name: String
  let optimizers: [Adam]
  /// Gradients are scaled down to this norm.
  let maxGradNorm: Double

  init(_ name: String, _ optimizers: [Adam], maxGradNorm: Double) {
    self.name = name
    self.optimizers = optimizers
    self.maxGradNorm = maxGradNorm
  }

  /// One step down the gradients that have been added.
  /// - Parameter steps: Environment steps so far, for the error.
  func step(steps: Int) throws(LearnerError) {
    let norm = optimizers.reduce(0) { $0 + $1.squaredGradientNorm }.squareRoot()
    guard norm.isFinite else { throw .diverged(part: name, steps: steps) }
    let scale = min(1, maxGradNorm / (norm + 1e-6))
    for optimizer in optimizers { optimizer.step(scale: scale) }
  }
}
