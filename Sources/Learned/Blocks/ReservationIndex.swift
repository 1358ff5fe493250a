import Foundation

/// When one more untried arm of a noise-free block bandit with standard normal arms is worth a pull.
///
/// With continuation rho = 1 - 1/n after each pull, an untried arm is worth trying iff the best seen value is below
/// m*, where m* = rho (m* Phi(m*) + phi(m*)); by the index theorem the same threshold holds with several untried arms.
public enum ReservationIndex {
  /// m*, for a mean block length n >= 1; 0 for n = 1 (and for a myopic agent).
  public static func threshold(blockLength: Double) -> Double {
    let continuation = 1 - 1 / blockLength
    var (low, high) = (0.0, 40.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      let density = exp(-middle * middle / 2) / (2 * .pi).squareRoot()
      let value = continuation * (middle * 0.5 * erfc(-middle / 2.0.squareRoot()) + density)
      if middle < value { low = middle } else { high = middle }
    }
    return low
  }
}
