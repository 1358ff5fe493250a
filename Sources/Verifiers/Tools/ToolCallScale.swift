import Foundation
import Rewards

/// The ranges of ToolRL's reward parts at one step (arXiv 2504.13958, sections 5.1 and 5.2).
public struct ToolCallScale: Sendable, Equatable {
  public enum Schedule: String, Sendable, CaseIterable {
    /// Format [0, 1], correctness [-3, 3].
    case constant
    /// Correctness [-1, 1].
    case equal
    /// Correctness divided by 3 before step 30; from then on full, with the format range halved.
    case twoStage = "two_stage"
    /// Format from [-2, 2] to [-1, 1], correctness from [-2, 2] to [-3, 3], linearly over 150 steps.
    case smooth
  }
  /// The bonus for words inside the think block, in [0, 1].
  public enum LengthBonus: String, Sendable, CaseIterable {
    case off
    /// Full at 512 words.
    case constant
    /// Full at 384 + 256 * step / 105 words.
    case growing
  }

  public var format: ClosedRange<Double>
  public var correctness: ClosedRange<Double>

  public init(_ schedule: Schedule, step: Int) {
    let progress = Double(step) / 150
    switch schedule {
    case .constant: (format, correctness) = (0...1, -3...3)
    case .equal: (format, correctness) = (0...1, -1...1)
    case .twoStage: (format, correctness) = step < 30 ? (0...1, -1...1) : (0...0.5, -3...3)
    case .smooth:
      format = min(-2 + 2 * progress, -1)...max(2 - progress, 1)
      correctness = max(-2 - progress, -3)...min(2 + progress, 3)
    }
  }

  /// Words in the first think block over the full length, rounded to 2 decimals, at most 1; 0 without the block.
  static func lengthBonus(_ kind: LengthBonus, completion: String, step: Int) -> Double {
    guard kind != .off, let block = ToolCallText.block("<think>", "</think>", in: completion) else {
      return 0
    }
    let words = Double(block.split(whereSeparator: \.isWhitespace).count)
    let full = kind == .constant ? 512 : 384 + 256 * Double(step) / 105
    return min(1, (words / full * 100).rounded(.toNearestOrEven) / 100)
  }
}
