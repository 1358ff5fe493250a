import Rewards

/// How closely predicted calls match reference calls (arXiv 2504.13958, section 3.3, and the variants of 5.3).
public enum ToolCallGranularity: String, Sendable, CaseIterable {
  /// Names, parameter names and parameter values each earn a share.
  case fine
  /// As fine, but a list of names or of parameter names earns its share only when it is identical, in order.
  case refined
  /// A reference call earns its share only when a predicted call equals it.
  case intermediate
  /// All or nothing.
  case coarse

  /// The share reached, in [0, 1]: score / max of the original, before it is scaled to its range.
  ///
  /// Cost: (reference calls) x (predicted calls) comparisons.
  func share(of predicted: [ToolCall], reference: [ToolCall]) -> Double {
    if predicted == reference { return 1 }
    if self == .coarse { return 0 }
    var score = listMatch(reference.map(\.name), predicted.map(\.name))
    var best = 1.0
    var isUsed = [Bool](repeating: false, count: predicted.count)
    for call in reference {
      if self == .intermediate {
        best += 1
        if let index = predicted.indices.first(where: { !isUsed[$0] && predicted[$0] == call }) {
          isUsed[index] = true
          score += 1
        }
        continue
      }
      best += 1 + Double(call.arguments.count)
      var found: (index: Int, value: Double)?
      for index in predicted.indices where !isUsed[index] && predicted[index].name == call.name {
        let value =
          listMatch(call.arguments.keys, predicted[index].arguments.keys)
          + Double(Self.equalValues(call, predicted[index]))
        if value > found?.value ?? 0 { found = (index, value) }
      }
      if let found {
        isUsed[found.index] = true
        score += found.value
      }
    }
    return score / best
  }

  private func listMatch(_ a: [String], _ b: [String]) -> Double {
    if a == b { return 1 }
    return self == .refined ? 0 : Self.jaccard(a, b)
  }

  /// Multiset Jaccard similarity in [0, 1]; 0 when either is empty (1 when both are).
  static func jaccard(_ a: [String], _ b: [String]) -> Double {
    if a == b { return 1 }
    if a.isEmpty || b.isEmpty { return 0 }
    var counts: [String: Int] = [:]
    for word in a { counts[word, default: 0] += 1 }
    var common = 0
    for word in b {
      if let count = counts[word], count > 0 {
        counts[word] = count - 1
        common += 1
      }
    }
    return Double(common) / Double(a.count + b.count - common)
  }

  static func equalValues(_ a: ToolCall, _ b: ToolCall) -> Int {
    var count = 0
    for (key, value) in zip(a.arguments.keys, a.arguments.values) where b.arguments[key] == value {
      count += 1
    }
    return count
  }

  /// Matched argument values over the larger of the two numbers of values, in [0, 1], so that surplus arguments cost
  /// as missing ones do. A call without arguments counts as one value. Calls pair by name, best first.
  static func argumentShare(of predicted: [ToolCall], reference: [ToolCall]) -> Double {
    func size(_ calls: [ToolCall]) -> Int { calls.reduce(0) { $0 + max(1, $1.arguments.count) } }
    let total = max(size(reference), size(predicted))
    if total == 0 { return 1 }
    var isUsed = [Bool](repeating: false, count: predicted.count)
    var matched = 0
    for call in reference {
      var found: (index: Int, value: Int)?
      for index in predicted.indices where !isUsed[index] && predicted[index].name == call.name {
        let other = predicted[index]
        let value = call.arguments.isEmpty ? (other.arguments.isEmpty ? 1 : 0) : equalValues(call, other)
        if value > found?.value ?? 0 { found = (index, value) }
      }
      if let found {
        isUsed[found.index] = true
        matched += found.value
      }
    }
    return Double(matched) / Double(total)
  }
}
