import Foundation
import Rewards

/// What the length L of the completion is worth.
///
/// - `target`: max(0, 1 - |L - target| / tolerance). Range [0, 1].
/// - `cosine` (arXiv 2502.03373): from `start` at L = 0 to `end` at L = target along half a cosine, constant
///   beyond; a wrong answer, when ``correctness`` is given, runs from -start to -end. Range within [-max,
///   max] of the two. The reference fails as in ``AnswerReward``.
/// - `overlong` (DAPO, arXiv 2503.14476, eq. 13): 0 up to target - tolerance, falling linearly to -1 at
///   target, -1 beyond. Range [-1, 0].
/// - `count`: L itself, for combiners that weigh lengths (HARMO's ``LengthAspect``); alone it pays for padding.
/// - Empty input has length 0. Any bytes can be counted; cost is linear.
public struct LengthReward: BytewiseReward {
  public enum Mode: String, Sendable, CaseIterable { case target, cosine, overlong, count }
  /// What is counted. Tokens fall back on characters (Unicode scalars) where no tokenizer was involved.
  public enum Unit: String, Sendable, CaseIterable { case tokens, words, characters, bytes }

  public let name: String
  public let mode: Mode
  public let unit: Unit
  public let target: Double
  public let tolerance: Double
  public let start: Double
  public let end: Double
  public let correctness: AnswerReward?

  public var maximum: Double? {
    switch mode {
    case .target: 1
    case .overlong: 0
    case .count: nil
    case .cosine: correctness == nil ? max(start, end) : max(abs(start), abs(end))
    }
  }

  /// - Throws: `ParameterError` when target or tolerance is not positive, or a number is not finite.
  public init(
    name: String = "length", mode: Mode = .target, unit: Unit = .tokens, target: Double = 1,
    tolerance: Double = 1,
    start: Double = 1, end: Double = 0.5, correctness: AnswerReward? = nil
  ) throws(ParameterError) {
    guard target > 0, target.isFinite else {
      throw ParameterError(parameter: "target", "expected a positive number")
    }
    guard tolerance > 0, tolerance.isFinite else {
      throw ParameterError(parameter: "tolerance", "expected a positive number")
    }
    guard start.isFinite, end.isFinite else {
      throw ParameterError(parameter: "start", "expected finite numbers")
    }
    self.name = name
    self.mode = mode
    self.unit = unit
    self.target = target
    self.tolerance = tolerance
    self.start = start
    self.end = end
    self.correctness = correctness
  }

  public func outcome(of sample: SampleBytes) -> Outcome {
    let length = Double(Self.length(of: sample, unit))
    switch mode {
    case .target: return .scored(max(0, 1 - abs(length - target) / tolerance))
    case .overlong: return .scored(min(0, max(-1, (target - tolerance - length) / tolerance)))
    case .count: return .scored(length)
    case .cosine:
      var sign = 1.0
      if let correctness {
        let outcome = correctness.outcome(of: sample)
        guard let value = outcome.value else { return outcome }
        sign = value == 1 ? 1 : -1
      }
      let progress = min(1, length / target)
      return .scored(sign * (end + 0.5 * (start - end) * (1 + cos(progress * .pi))))
    }
  }

  static func length(of sample: SampleBytes, _ unit: Unit) -> Int {
    switch unit {
    case .bytes: return sample.completion.count
    case .tokens: return sample.completionTokens ?? characters(sample.completion)
    case .characters: return characters(sample.completion)
    case .words:
      var count = 0
      var wasSpace = true
      for byte in sample.completion {
        let isSpace = ASCII.isSpace(byte)
        if wasSpace && !isSpace { count += 1 }
        wasSpace = isSpace
      }
      return count
    }
  }

  private static func characters(_ text: UTF8Bytes) -> Int {
    // All bytes but those that continue a character (10xxxxxx), eight at a time.
    var count = text.count
    var index = 0
    if let base = UnsafeRawPointer(text.baseAddress) {
      while index &+ 8 <= text.count {
        let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        count &-= (word & ~(word << 1) & 0x8080_8080_8080_8080).nonzeroBitCount
        index &+= 8
      }
    }
    while index < text.count {
      if text[index] & 0xC0 == 0x80 { count -= 1 }
      index += 1
    }
    return count
  }
}
