import CNumeric

/// The n x n work of games with trust between all pairs, in vectors of the processor's width. The numbers are those of
/// the plain loops, bit for bit.
public enum TrustKernel {
  /// One step of row i: how far i trusts each j, and the harm that j's reputation with i has taken.
  /// - Parameters:
  ///   - trust, harm: `count` numbers, changed in place. With the values before, trust += growth x max(0, min(1, 1 -
  ///     harm) - trust) + erosion x fall x trust, inside [0, 1 - harm]; harm += damage x (1 - harm) - repair x harm,
  ///     inside [0, 1].
  ///   - signals: Growth, fall, damage and repair, `count` numbers each, one after the other.
  public static func updateRow(
    count: Int, trust: UnsafeMutablePointer<Double>, harm: UnsafeMutablePointer<Double>,
    signals: UnsafePointer<Double>, erosion: UnsafePointer<Double>
  ) {
    cn_trust_row(
      count, trust, harm, signals, signals + count, signals + 2 * count, signals + 3 * count, erosion)
  }

  /// sums[i] = the sum over j of min(trust_ij, 1 - harm_ij) x weights_ij x values[j]; the matrices are `count` x
  /// `count`, row by row.
  public static func trustedSums(
    count: Int, trust: UnsafePointer<Double>, harm: UnsafePointer<Double>, weights: UnsafePointer<Double>,
    values: UnsafePointer<Double>, into sums: UnsafeMutablePointer<Double>
  ) {
    cn_trusted_sums(count, trust, harm, weights, values, sums)
  }
}
