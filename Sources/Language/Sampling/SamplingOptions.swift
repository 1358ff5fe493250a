/// How completions are drawn, with TRL's names.
public struct SamplingOptions: Sendable, Equatable {
  /// Divides the logits; 0 takes the likeliest token.
  public var temperature: Double
  public var maxCompletionLength: Int
  /// Only the `topK` likeliest tokens take part; 0 = all.
  public var topK: Int
  /// The smallest set of likeliest tokens whose probabilities reach `topP` takes part; 1 = all.
  public var topP: Double
  /// A completion ends after one of these token ids (which it keeps).
  public var endTokens: [Int]
  /// A completion ends with the token that completes one of these in its text, and keeps that token whole: text
  /// may follow the stop string in it. Compared by bytes; control tokens count with their spelling. The sampler
  /// needs the tokenizer for them.
  public var stopStrings: [String]
  public var seed: UInt64

  public init(
    temperature: Double = 1, maxCompletionLength: Int = 512, topK: Int = 0, topP: Double = 1,
    endTokens: [Int] = [], stopStrings: [String] = [], seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.maxCompletionLength = maxCompletionLength
    self.topK = topK
    self.topP = topP
    self.endTokens = endTokens
    self.stopStrings = stopStrings
    self.seed = seed
  }
}

/// A drawn completion.
public struct Completion: Sendable, Equatable {
  public var ids: [Int]
  /// Log-probability of each token under the distribution it was drawn from.
  public var logProbabilities: [Float]
  public var finishReason: FinishReason

  /// Hit the length limit before an end token or a stop string.
  public var isTruncated: Bool { finishReason == .length }
}

/// Why a completion ended; where several hold at one token, the first of them.
public enum FinishReason: String, Sendable, CaseIterable {
  case endToken = "end_token"
  case stopString = "stop_string"
  case length
}

/// Uniform numbers by hashing: the draw for a completion and position depends on nothing else, so it is the same
/// in any batch, in any order, and after a resume.
struct CounterRandom {
  let seed: UInt64

  /// In [0, 1), 53 bits.
  func uniform(completion: Int, position: Int) -> Double {
    var z = mix(seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(bitPattern: Int64(completion)))
    z = mix(z ^ (0xD1B5_4A32_D192_ED03 &* (UInt64(bitPattern: Int64(position)) &+ 1)))
    return Double(z >> 11) * 0x1p-53
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  private func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
