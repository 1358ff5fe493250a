import Foundation

/// NumPy's default random generator, bit for bit: PCG64 (O'Neill 2014, XSL-RR) seeded through NumPy's
/// `SeedSequence`, so that an environment starts an episode where the Python original starts it.
///
/// `uniform` and `integer` give what `numpy.random.default_rng(seed).uniform` and `.integers` give, draw for draw.
/// `normal` does not: NumPy's ziggurat is another algorithm.
public struct PCG64: RandomNumberGenerator, Sendable, Equatable {
  private var high: UInt64
  private var low: UInt64
  private let incrementHigh: UInt64
  private let incrementLow: UInt64
  /// The upper half of the last 64 bits, which the next 32-bit draw takes.
  private var kept: UInt32?

  public init(seed: UInt64) {
    let words = SeedSequence(entropy: seed).words(8)
    let value = { (index: Int) in UInt64(words[2 * index]) | UInt64(words[2 * index + 1]) << 32 }
    incrementHigh = value(2) << 1 | value(3) >> 63
    incrementLow = value(3) << 1 | 1
    (high, low) = (0, 0)
    advance()
    let sum = low.addingReportingOverflow(value(1))
    low = sum.partialValue
    high = high &+ value(0) &+ (sum.overflow ? 1 : 0)
    advance()
  }

  /// Everything that the generator is made of, for files: six words.
  var words: [UInt64] {
    [high, low, incrementHigh, incrementLow, kept == nil ? 0 : 1, UInt64(kept ?? 0)]
  }

  /// A generator that goes on where `words` were taken; nil for what are no words of a generator.
  init?(words: [UInt64]) {
    guard words.count == 6, words[3] & 1 == 1, words[4] <= 1, words[5] <= UInt64(UInt32.max) else {
      return nil
    }
    (high, low, incrementHigh, incrementLow) = (words[0], words[1], words[2], words[3])
    kept = words[4] == 1 ? UInt32(words[5]) : nil
  }

  /// state = state * multiplier + increment, modulo 2^128.
  private mutating func advance() {
    let (multiplierHigh, multiplierLow): (UInt64, UInt64) = (0x2360_ED05_1FC6_5DA4, 0x4385_DF64_9FCC_F645)
    let product = low.multipliedFullWidth(by: multiplierLow)
    let upper = product.high &+ low &* multiplierHigh &+ high &* multiplierLow
    let sum = product.low.addingReportingOverflow(incrementLow)
    low = sum.partialValue
    high = upper &+ incrementHigh &+ (sum.overflow ? 1 : 0)
  }

  public mutating func next() -> UInt64 {
    advance()
    let value = high ^ low
    let rotation = high >> 58
    return value >> rotation | value << ((64 &- rotation) & 63)
  }

  private mutating func next32() -> UInt32 {
    if let value = kept {
      kept = nil
      return value
    }
    let value = next()
    kept = UInt32(truncatingIfNeeded: value >> 32)
    return UInt32(truncatingIfNeeded: value)
  }

  /// A uniform number of [0, 1) with 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A uniform number of [low, high).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A uniform integer of 0 ..< count (Lemire's method with rejection). `count` is from 1 to 2^32 - 1.
  public mutating func integer(below count: Int) -> Int {
    precondition(count >= 1 && count <= Int(UInt32.max), "an integer below \(count) cannot be drawn")
    if count == 1 { return 0 }
    let width = UInt32(count)
    var product = UInt64(next32()) * UInt64(width)
    if UInt32(truncatingIfNeeded: product) < width {
      let threshold = (UInt32.max - (width - 1)) % width
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = UInt64(next32()) * UInt64(width)
      }
    }
    return Int(product >> 32)
  }

  /// Brings the elements into a uniform random order (Fisher and Yates).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, integer(below: index + 1))
    }
  }

  /// A standard normal number (Box and Muller 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}

/// NumPy's `SeedSequence` for one integer: hashes a seed into as many well-mixed words as are wanted.
private struct SeedSequence {
  private var pool = [UInt32](repeating: 0, count: 4)

  init(entropy: UInt64) {
    var seed = [UInt32(truncatingIfNeeded: entropy)]
    if entropy >> 32 != 0 { seed.append(UInt32(entropy >> 32)) }
    var constant: UInt32 = 0x43B0_D7E5
    func hash(_ value: UInt32) -> UInt32 {
      var value = value ^ constant
      constant &*= 0x931E_8875
      value &*= constant
      return value ^ value >> 16
    }
    for index in pool.indices { pool[index] = hash(index < seed.count ? seed[index] : 0) }
    for source in pool.indices {
      for target in pool.indices where target != source {
        let mixed = pool[target] &* 0xCA01_F9DD &- hash(pool[source]) &* 0x4973_F715
        pool[target] = mixed ^ mixed >> 16
      }
    }
  }

  func words(_ count: Int) -> [UInt32] {
    var constant: UInt32 = 0x8B51_F9DD
    return (0..<count).map { index in
      var word = pool[index % 4] ^ constant
      constant &*= 0x58F3_8DED
      word &*= constant
      return word ^ word >> 16
    }
  }
}
