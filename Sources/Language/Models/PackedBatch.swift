import Torch

/// Token sequences laid end to end, so that no padding is ever computed.
///
/// A segment is one attention problem: a causal sequence, or a prompt followed by several completions that all see
/// the prompt but not each other. The second form computes a group's prompt once, forward and backward, with
/// exact gradients: the completions' keys and values simply do not exist for their siblings.
public struct PackedBatch: Sendable {
  public struct Segment: Sendable {
    public var start: Int
    public var count: Int
    /// Lengths of the prompt and of each completion; nil for one causal sequence.
    public var tree: (prompt: Int, completions: [Int])?
  }

  public private(set) var ids: [Int] = []
  /// Position of each token in its own sequence (completions continue after the prompt).
  public private(set) var positions: [Int] = []
  public private(set) var segments: [Segment] = []

  public init() {}

  public var count: Int { ids.count }

  /// Adds one causal sequence.
  public mutating func append(_ sequence: [Int]) {
    segments.append(Segment(start: ids.count, count: sequence.count, tree: nil))
    ids += sequence
    positions += 0..<sequence.count
  }

  /// Adds a prompt with the completions that share it. Rows: the prompt's, then each completion's in order.
  public mutating func append(prompt: [Int], completions: [[Int]]) {
    let total = prompt.count + completions.reduce(0) { $0 + $1.count }
    segments.append(
      Segment(start: ids.count, count: total, tree: (prompt.count, completions.map(\.count))))
    ids += prompt
    positions += 0..<prompt.count
    for completion in completions {
      ids += completion
      positions += prompt.count..<(prompt.count + completion.count)
    }
  }
}
