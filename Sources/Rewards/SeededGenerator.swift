/// A small random generator whose numbers depend on the seed alone: SplitMix64 (Steele, Lea, Flood 2014).
///
/// The draws below are its own, not the standard library's, whose algorithms may change between releases.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A uniform integer of the range (Lemire's multiplication; the bias is below 2^-32 here).
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound) + 1
    return range.lowerBound + Int(next().multipliedFullWidth(by: width).high)
  }

  /// A uniform element of a list that is not empty.
  public mutating func pick<Element>(_ elements: [Element]) -> Element {
    precondition(!elements.isEmpty, "nothing to pick from")
    return elements[integer(in: 0...elements.count - 1)]
  }

  /// The elements in a uniform random order (Fisher and Yates).
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for index in result.indices.dropFirst().reversed() {
      result.swapAt(index, integer(in: 0...index))
    }
    return result
  }
}

/// A hash of a text, the same on every machine and in every process: FNV-1a, then SplitMix64's mixing.
public func stableHash(_ text: String, seed: UInt64 = 0) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  var mixer = SeededGenerator(seed: hash ^ (seed &* 0x9E37_79B9_7F4A_7C15))
  return mixer.next()
}
