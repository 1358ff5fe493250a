import Rewards

/// ToolRL's reward for tool calls (arXiv 2504.13958): form, and graded agreement with the reference calls.
///
/// - `format`: 1 when the whole trimmed completion has the form that the reference asks for, else 0 (scaled
///   by the schedule).
/// - `correctness`: in [-3, 3]; 0 when the reference has no call; -3 when the calls cannot be read.
/// - `total`: format + correctness + length bonus, with the parts reported.
/// - `name`: 1 when the called names are the reference's as multisets, else their Jaccard similarity, [0, 1].
/// - `parameters`: matched argument values over the larger number of values, [0, 1]. The last two abstain
///   when the reference has no call and are 0 when the calls cannot be read.
///
/// Empty, huge, broken or hostile completions score the minimum and never fail: nesting and keys are
/// limited, only the first block counts in the `toolrl` style, a repeated call lowers the name share.
/// Numbers compare as in Python (`1 == 1.0`, `"1" != 1`), but `true != 1`. A reference that cannot be read
/// is `failed` for every component.
public struct ToolCallReward: PointwiseReward {
  public typealias Subject = Sample
  public enum Component: String, Sendable, CaseIterable { case total, format, correctness, name, parameters }

  public let name: String
  public let component: Component
  public let style: ToolCallStyle
  public let granularity: ToolCallGranularity
  public let schedule: ToolCallScale.Schedule
  public let lengthBonus: ToolCallScale.LengthBonus

  public var maximum: Double? {
    if component == .name || component == .parameters { return 1 }
    guard schedule == .constant else { return nil }
    let scale = ToolCallScale(schedule, step: 0)
    switch component {
    case .format: return scale.format.upperBound
    case .correctness: return scale.correctness.upperBound
    default: return lengthBonus == .off ? scale.format.upperBound + scale.correctness.upperBound : nil
    }
  }

  public init(
    name: String = "tool_call", component: Component = .total, style: ToolCallStyle = .toolrl,
    granularity: ToolCallGranularity = .fine, schedule: ToolCallScale.Schedule = .constant,
    lengthBonus: ToolCallScale.LengthBonus = .off
  ) {
    self.name = name
    self.component = component
    self.style = style
    self.granularity = granularity
    self.schedule = schedule
    self.lengthBonus = lengthBonus
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    let reference: ToolCallReference
    do {
      reference = try ToolCallReference(sample.reference, style: style)
    } catch {
      return .failed(error.message)
    }
    let scale = ToolCallScale(schedule, step: state.step)
    switch component {
    case .format: return Score(format(sample.completion, reference, scale))
    case .correctness: return Score(correctness(sample.completion, reference, scale))
    case .total:
      var parts = [
        "format": format(sample.completion, reference, scale),
        "correctness": correctness(sample.completion, reference, scale),
      ]
      if lengthBonus != .off {
        parts["length"] = ToolCallScale.lengthBonus(
          lengthBonus, completion: sample.completion, step: state.step)
      }
      let total = (parts["format"] ?? 0) + (parts["correctness"] ?? 0) + (parts["length"] ?? 0)
      return Score(total, parts: parts)
    case .name, .parameters:
      guard reference.hasCalls else { return .abstained("the reference calls no tool") }
      guard let calls = style.calls(in: sample.completion) else { return Score(0) }
      if component == .parameters {
        return Score(ToolCallGranularity.argumentShare(of: calls, reference: reference.calls))
      }
      return Score(ToolCallGranularity.jaccard(calls.map(\.name), reference.calls.map(\.name)))
    }
  }

  /// The correctness of predicted calls in [-3, 3], the table of the paper's repository.
  public static func correctness(
    of predicted: [ToolCall], reference: [ToolCall], granularity: ToolCallGranularity = .fine
  ) -> Double {
    6 * granularity.share(of: predicted, reference: reference) - 3
  }

  private func correctness(
    _ completion: String, _ reference: ToolCallReference, _ scale: ToolCallScale
  ) -> Double {
    guard reference.hasCalls else { return 0 }
    let (low, high) = (scale.correctness.lowerBound, scale.correctness.upperBound)
    guard let calls = style.calls(in: completion) else { return low }
    return (high - low) * granularity.share(of: calls, reference: reference.calls) + low
  }

  private func format(_ completion: String, _ reference: ToolCallReference, _ scale: ToolCallScale) -> Double
  {
    var completion = completion
    let isRight = completion.withUTF8 { bytes in
      let text = ASCII.trimmed(bytes)
      return style == .toolrl ? Self.hasToolRLForm(text, reference) : hasPlainForm(text, reference)
    }
    return isRight ? scale.format.upperBound : scale.format.lowerBound
  }

  private static func hasToolRLForm(_ text: UTF8Bytes, _ reference: ToolCallReference) -> Bool {
    func isOnePair(_ tag: String) -> Bool {
      ToolCallText.count("<\(tag)>", in: text) == 1 && ToolCallText.count("</\(tag)>", in: text) == 1
    }
    switch (reference.hasCalls, reference.hasResponse) {
    case (false, false): return matches(text, ["<think>", "</think>"])
    case (false, true):
      return matches(text, ["<think>", "</think>\n<response>", "</response>"]) && isOnePair("response")
    case (true, false):
      return matches(text, ["<think>", "</think>\n<tool_call>\n", "\n</tool_call>"]) && isOnePair("tool_call")
    case (true, true):
      return matches(
        text, ["<think>", "</think>\n<tool_call>\n", "\n</tool_call>\n<response>", "</response>"])
        && isOnePair("tool_call") && isOnePair("response")
    }
  }

  /// Whether `text` begins with the first mark, ends with the last and holds the others in order between,
  /// apart.
  private static func matches(_ text: UTF8Bytes, _ marks: [String]) -> Bool {
    var position = 0
    for (index, mark) in marks.enumerated() {
      let pattern = Array(mark.utf8)
      if index == marks.count - 1 {
        let start = text.count - pattern.count
        return start >= position && ASCII.find(pattern, in: text, from: start) == start
      }
      guard let start = ASCII.find(pattern, in: text, from: position), index > 0 || start == 0 else {
        return false
      }
      position = start + pattern.count
    }
    return false
  }

  /// Calls and nothing else where the reference calls; otherwise text that is not empty and holds no call.
  private func hasPlainForm(_ text: UTF8Bytes, _ reference: ToolCallReference) -> Bool {
    let string = String(decoding: text, as: UTF8.self)
    guard reference.hasCalls else {
      return !text.isEmpty && ToolCallText.count("<tool_call>", in: text) == 0
        && (style == .hermes || ToolCallText.list(string) == nil)
    }
    guard let calls = style.calls(in: string), !calls.isEmpty else { return false }
    if style == .json { return true }
    let close = Array("</tool_call>".utf8)
    let open = Array("<tool_call>".utf8)
    var position = 0
    while position < text.count {
      guard ASCII.find(open, in: text, from: position) == position,
        let end = ASCII.find(close, in: text, from: position)
      else { return false }
      position = end + close.count
      while position < text.count, ASCII.isSpace(text[position]) { position += 1 }
    }
    return true
  }
}
