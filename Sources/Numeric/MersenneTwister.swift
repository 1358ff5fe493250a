import Foundation

/// NumPy's old random generator, bit for bit: `numpy.random.RandomState(seed)` (MT19937, Matsumoto and Nishimura
/// 1998), which published validation suites were run with. New code takes `PCG64`.
public struct MersenneTwister: RandomNumberGenerator, Sendable {
  private var state: [UInt32]
  private var place = 624
  /// The second number of the last pair of normal ones.
  private var kept: Double?

  public init(seed: UInt32) {
    state = [seed]
    for index in 1..<624 {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  private mutating func next32() -> UInt32 {
    if place == 624 { twist() }
    var value = state[place]
    place += 1
    value ^= value >> 11
    value ^= value << 7 & 0x9D2C_5680
    value ^= value << 15 & 0xEFC6_0000
    return value ^ value >> 18
  }

  private mutating func twist() {
    for index in 0..<624 {
      let bits = state[index] & 0x8000_0000 | state[(index + 1) % 624] & 0x7FFF_FFFF
      state[index] = state[(index + 397) % 624] ^ bits >> 1 ^ (bits & 1) * 0x9908_B0DF
    }
    place = 0
  }

  public mutating func next() -> UInt64 {
    let high = next32()
    return UInt64(high) << 32 | UInt64(next32())
  }

  /// `random_sample()`: a uniform number of [0, 1) with 53 bits.
  public mutating func uniform() -> Double {
    let (high, low) = (next32() >> 5, next32() >> 6)
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  /// `uniform(low, high)`.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// `standard_normal()` (Marsaglia's polar method).
  public mutating func normal() -> Double {
    if let value = kept {
      kept = nil
      return value
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      if square >= 1 || square == 0 { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      kept = factor * x
      return factor * y
    }
  }
}
