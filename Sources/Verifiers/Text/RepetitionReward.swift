import Rewards

/// A penalty for repeating word n-grams (arXiv 2502.03373): maxPenalty * (1 - distinct n-grams / n-grams).
///
/// - Range: [maxPenalty, 0], maxPenalty <= 0. Fewer than n words, and so an empty completion, score 0.
/// - Words are cut at ASCII white space and folded in ASCII. N-grams are told apart by a fixed 64-bit hash,
///   in time linear in the completion; memory is at most 32 bytes a word.
public struct RepetitionReward: BytewiseReward {
  public let name: String
  public var maximum: Double? { 0 }
  public let size: Int
  public let maxPenalty: Double

  /// - Throws: `ParameterError` when size is not 1 to 64, or maxPenalty is not finite and at most 0.
  public init(name: String = "repetition", size: Int = 3, maxPenalty: Double = -1) throws(ParameterError) {
    guard (1...64).contains(size) else { throw ParameterError(parameter: "size", "expected 1 to 64") }
    guard maxPenalty.isFinite, maxPenalty <= 0 else {
      throw ParameterError(parameter: "max_penalty", "expected a number of at most 0")
    }
    self.name = name
    self.size = size
    self.maxPenalty = maxPenalty
  }

  public func outcome(of sample: SampleBytes) -> Outcome {
    let text = sample.completion
    let words = LengthReward.length(of: sample, .words)
    guard words >= size else { return .scored(0) }
    let total = words - size + 1
    var capacity = 16
    while capacity < total * 2 { capacity *= 2 }
    let distinct = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: capacity + size) { memory in
      memory.initialize(repeating: 0)
      let window = capacity
      var seen = 0
      var distinct = 0
      var position = 0
      while position < text.count {
        while position < text.count, ASCII.isSpace(text[position]) { position += 1 }
        guard position < text.count else { break }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        while position < text.count, !ASCII.isSpace(text[position]) {
          hash = (hash ^ UInt64(ASCII.lower(text[position]))) &* 0x100_0000_01B3
          position += 1
        }
        memory[window + seen % size] = Self.mixed(hash)
        seen += 1
        guard seen >= size else { continue }
        var gram: UInt64 = 0
        for index in 0..<size { gram = Self.mixed(gram ^ memory[window + (seen + index) % size]) }
        gram |= 1
        var slot = Int(truncatingIfNeeded: gram >> 8) & (capacity - 1)
        while memory[slot] != 0 && memory[slot] != gram { slot = (slot + 1) & (capacity - 1) }
        if memory[slot] == 0 {
          memory[slot] = gram
          distinct += 1
        }
      }
      return distinct
    }
    let value = maxPenalty * (1 - Double(distinct) / Double(total))
    return .scored(value == 0 ? 0 : value)
  }

  @inline(__always) private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
