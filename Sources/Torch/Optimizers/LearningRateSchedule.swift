import Foundation

/// How the learning rate moves over a run, with the names of transformers' `lr_scheduler_type`.
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The same throughout.
    case constant
    /// Straight down to 0 at the end.
    case linear
    /// Half a cosine down to 0 at the end.
    case cosine
  }

  public var kind: Kind
  /// Steps in which the factor rises to 1. The first step already has 1 / warmupSteps of the rate (transformers
  /// starts at 0, which wastes a step).
  public var warmupSteps: Int

  public init(_ kind: Kind = .constant, warmupSteps: Int = 0) {
    self.kind = kind
    self.warmupSteps = warmupSteps
  }

  /// The factor of the learning rate, from 0 to 1.
  /// - Parameters:
  ///   - step: steps taken before this one, from 0.
  ///   - maxSteps: steps of the whole run.
  public func factor(step: Int, of maxSteps: Int) -> Double {
    if step < warmupSteps { return Double(step + 1) / Double(warmupSteps) }
    let progress = Double(step - warmupSteps) / Double(Swift.max(1, maxSteps - warmupSteps))
    switch kind {
    case .constant: return 1
    case .linear: return Swift.max(0, 1 - progress)
    case .cosine: return Swift.max(0, 0.5 * (1 + cos(.pi * Swift.min(1, progress))))
    }
  }
}
