import Foundation

/// One feedback signal of a hierarchy, and what counts as a clear difference in it.
public struct SignalLevel: Sendable, Equatable {
  /// Which values of a signal are better.
  public enum Direction: String, Sendable, CaseIterable { case higher, lower }

  public var name: String
  public var better: Direction
  /// The margin as a multiple of the signal's spread over the data; 0 for events that happen or do not.
  public var marginMultiplier: Double

  public init(_ name: String, better: Direction, marginMultiplier: Double = 1) {
    self.name = name
    self.better = better
    self.marginMultiplier = marginMultiplier
  }
}

/// Signals ranked by importance. Two rows are compared by the first signal in which they differ clearly; a tie
/// falls through to the next one (HERON, arXiv 2309.02632).
///
/// The labels do not change when a signal is multiplied by a positive number. They are not an order: with margins
/// above 0 a chain of preferences may close to a circle.
public struct SignalHierarchy: Sendable, Equatable {
  /// How the spread of a signal is measured.
  public enum Spread: String, Sendable, CaseIterable {
    case standardDeviation = "standard_deviation"
    /// 1.4826 times the median distance from the median, which a few extreme rows do not move.
    case medianDeviation = "median_deviation"
  }

  /// What a comparison says.
  public enum Preference: Sendable, Equatable {
    case first(level: Int)
    case second(level: Int)
    /// No level decides: the pair is discarded.
    case undecided
  }

  /// The most important first.
  public var levels: [SignalLevel]
  public var spread: Spread

  public init(_ levels: [SignalLevel], spread: Spread = .standardDeviation) {
    precondition(!levels.isEmpty, "a hierarchy of no signals")
    self.levels = levels
    self.spread = spread
  }

  public var width: Int { levels.count }

  /// Each signal's spread over rows of `width` numbers; rows that hold NaN or infinity are left out.
  public func spreads(of rows: [Float]) -> [Double] {
    precondition(rows.count % width == 0, "\(rows.count) numbers are no rows of \(width) signals")
    let valid = (0..<rows.count / width).filter { isValid(rows, row: $0) }
    return levels.indices.map { level in
      let column = valid.map { Double(rows[$0 * width + level]) }
      return spread == .standardDeviation ? Self.deviation(column) : Self.medianDeviation(column)
    }
  }

  /// The margins that go with these spreads: infinite, so that the level never decides, where a signal has no
  /// spread at all.
  public func margins(spreads: [Double]) -> [Double] {
    zip(levels, spreads).map { $1 > 0 ? $0.marginMultiplier * $1 : .infinity }
  }

  /// The margins from data (see `spreads(of:)`). A signal whose median distance is 0 but that varies (a rare
  /// event, under `medianDeviation`) has margin 0.
  public func margins(of rows: [Float]) -> [Double] {
    let found = spreads(of: rows)
    guard spread == .medianDeviation, found.contains(0) else { return margins(spreads: found) }
    let plain = SignalHierarchy(levels).spreads(of: rows)
    return levels.indices.map { level in
      plain[level] > 0 ? levels[level].marginMultiplier * found[level] : .infinity
    }
  }

  /// Compares two rows of signals; differences must be strictly greater than the margin.
  public func compare(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, margins: [Double]
  ) -> Preference {
    for level in levels.indices {
      let difference =
        (levels[level].better == .higher ? 1 : -1) * (Double(first[level]) - Double(second[level]))
      if difference > margins[level] { return .first(level: level) }
      if difference < -margins[level] { return .second(level: level) }
    }
    return .undecided
  }

  /// Whether all signals of a row are finite: only such rows are compared.
  public func isValid(_ rows: [Float], row: Int) -> Bool {
    for place in row * width..<(row + 1) * width where !rows[place].isFinite { return false }
    return true
  }

  /// A labelled pair of rows.
  public struct LabelledPair: Sendable, Equatable {
    public var winner, loser: Int
    /// The level that decided.
    public var level: Int
  }

  /// Labels all unordered pairs of the rows.
  /// - Parameters:
  ///   - rows: `width` signals a row.
  ///   - diagnostics: Counts what was decided where.
  public func label(
    _ rows: [Float], margins: [Double], diagnostics: inout HierarchyDiagnostics
  ) -> [LabelledPair] {
    var pairs: [LabelledPair] = []
    let count = rows.count / width
    let valid = (0..<count).filter { isValid(rows, row: $0) }
    diagnostics.rejectedRows += count - valid.count
    rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      for (place, first) in valid.enumerated() {
        for second in valid[(place + 1)...] {
          switch compare(base + first * width, base + second * width, margins: margins) {
          case .first(let level):
            pairs.append(LabelledPair(winner: first, loser: second, level: level))
            diagnostics.decided[level] += 1
          case .second(let level):
            pairs.append(LabelledPair(winner: second, loser: first, level: level))
            diagnostics.decided[level] += 1
          case .undecided: diagnostics.discarded += 1
          }
        }
      }
    }
    return pairs
  }

  /// The share of labelled pairs on which a weighted sum of the signals (each weight times the signal, better
  /// made positive) agrees with the hierarchy; nil without pairs.
  public func agreement(of pairs: [LabelledPair], _ rows: [Float], weights: [Double]) -> Double? {
    precondition(weights.count == width, "\(weights.count) weights for \(width) signals")
    func value(_ row: Int) -> Double {
      levels.indices.reduce(0) { sum, level in
        let sign: Double = levels[level].better == .higher ? 1 : -1
        return sum + sign * weights[level] * Double(rows[row * width + level])
      }
    }
    if pairs.isEmpty { return nil }
    return Double(pairs.count { value($0.winner) > value($0.loser) }) / Double(pairs.count)
  }

  private static func deviation(_ values: [Double]) -> Double {
    // Exact equality first: rounding must not turn a constant into a small spread.
    guard let first = values.first, values.contains(where: { $0 != first }) else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  private static func medianDeviation(_ values: [Double]) -> Double {
    if values.isEmpty { return 0 }
    let middle = median(values)
    return 1.4826 * median(values.map { abs($0 - middle) })
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }
}

/// What a hierarchy did with the pairs that it compared.
public struct HierarchyDiagnostics: Sendable, Equatable {
  /// Pairs decided at each level.
  public var decided: [Int]
  /// Pairs that no level decided.
  public var discarded = 0
  /// Rows that were not compared because a signal was NaN or infinite.
  public var rejectedRows = 0

  public init(levels: Int) { decided = Array(repeating: 0, count: levels) }

  public var pairs: Int { decided.reduce(discarded, +) }
  /// The share of all pairs decided at each level; 0 before any pair.
  public var shares: [Double] { decided.map { pairs == 0 ? 0 : Double($0) / Double(pairs) } }
  public var discardRate: Double { pairs == 0 ? 0 : Double(discarded) / Double(pairs) }

  /// What looks wrong, a sentence each: levels that decide below 2% of the pairs, discards above 70%, rejected rows.
  public func warnings(_ hierarchy: SignalHierarchy) -> [String] {
    var found: [String] = []
    if rejectedRows > 0 {
      found.append("\(rejectedRows) rows were left out because a signal is NaN or infinite")
    }
    if pairs == 0 { return found + ["no pair was compared"] }
    if discardRate > 0.7 {
      found.append(
        "\(percent(discardRate)) of the pairs are discarded: no level decides; make the margins smaller")
    }
    for (level, share) in zip(hierarchy.levels, shares) where share < 0.02 {
      found.append(
        "level \"\(level.name)\" decides \(percent(share)) of the pairs: it does not vary, or the levels above it "
          + "decide nearly everything (give them larger margins)")
    }
    return found
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f%%", 100 * share) }
}
