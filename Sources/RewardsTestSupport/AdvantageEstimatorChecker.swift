import Rewards

/// How advantages answer to rewards that are all multiplied by the same positive number.
public enum ScaleBehaviour: Sendable {
  /// They stay (up to epsilon).
  case invariant
  /// They are multiplied by it.
  case proportional
  /// Not checked.
  case unspecified
}

/// Checks the promises of `AdvantageEstimator` on built-in batches and returns every one that is broken.
///
/// Checked, with one reward and with two: one finite advantage per sample; a group whose rewards are all 0.7
/// has exactly 0; adding a constant to every reward changes nothing; `scale`; samples without a total have 0
/// and change nothing for the others; rewards of size 1e308 and 1e-308 give finite numbers; an empty batch
/// and groups of one work.
///
/// - Parameter isGroupRelative: false for estimators that compare across groups; equal groups and groups of
/// one
///   are then not required to have 0.
public func checkAdvantageEstimator(
  _ estimator: any AdvantageEstimator, scale: ScaleBehaviour, isGroupRelative: Bool = true
) -> [Violation] {
  var violations: [Violation] = []
  for columns in 1...2 {
    var check = EstimatorCheck(estimator: estimator, columns: columns)
    check.run(scale: scale, isGroupRelative: isGroupRelative)
    violations += check.violations
  }
  return violations
}

private struct EstimatorCheck {
  let estimator: any AdvantageEstimator
  let columns: Int
  var violations: [Violation] = []

  /// Group 0 is mixed, group 1 equal, group 2 mixed; interleaved.
  private let groups = (0..<24).map { $0 % 3 }
  private var rewards: [Double] {
    var rewards: [Double] = []
    for sample in 0..<24 {
      for column in 0..<columns {
        let mixed = (sample * (column == 0 ? 7 : 5)) % 11
        rewards.append(sample % 3 == 1 ? 0.7 : Double(mixed) / 4 - 1)
      }
    }
    return rewards
  }

  init(estimator: any AdvantageEstimator, columns: Int) {
    self.estimator = estimator
    self.columns = columns
  }

  mutating func run(scale: ScaleBehaviour, isGroupRelative: Bool) {
    let plain = values(batch { $0 })
    expect(plain.count == 24, "one advantage per sample")
    guard plain.count == 24 else { return }
    expect(plain.allSatisfy(\.isFinite), "every advantage is finite")
    if isGroupRelative {
      let dead = plain.indices.filter { groups[$0] == 1 }
      expect(dead.allSatisfy { plain[$0] == 0 }, "a group of equal rewards has advantage exactly 0")
    }
    let shifted = values(batch { $0 + 8 })
    expect(near(shifted, plain, 1e-9), "adding a constant changes nothing")
    let scaled = values(batch { $0 * 64 })
    switch scale {
    case .invariant: expect(near(scaled, plain, 1e-2), "scaling the rewards changes nothing")
    case .proportional:
      expect(near(scaled, plain.map { $0 * 64 }, 1e-9), "scaling the rewards scales advantages")
    case .unspecified: break
    }
    for size in [1e308, -1e308, 1e-308] {
      let extreme = values(batch { ($0 > 0 ? 1 : -1) * size })
      expect(
        extreme.count == 24 && extreme.allSatisfy(\.isFinite), "rewards of size \(size) give finite numbers")
    }
    checkLeftOut()
    let empty = values(Self.batch([], columns: columns, groups: []))
    expect(empty.isEmpty, "an empty batch gives no advantages")
    let ones = values(Self.batch(Array(rewards.prefix(3 * columns)), columns: columns, groups: [0, 1, 2]))
    expect(ones.count == 3 && ones.allSatisfy(\.isFinite), "groups of one give finite numbers")
    if isGroupRelative { expect(ones == [0, 0, 0], "a group of one has advantage exactly 0") }
  }

  private mutating func checkLeftOut() {
    var holes = batch { $0 }
    for sample in [0, 5] {
      holes.totals[sample] = nil
      holes.components.isLeftOut[sample] = true
    }
    var spoiled = holes
    for index in [0, 5].flatMap({ $0 * columns..<($0 + 1) * columns }) {
      spoiled.components.values[index] = 1e6
    }
    let left = values(holes)
    let spoiledValues = values(spoiled)
    expect(left.count == 24 && left[0] == 0 && left[5] == 0, "a sample without a total has advantage 0")
    expect(left == spoiledValues, "a sample without a total enters no statistic")
  }

  private mutating func expect(_ holds: Bool, _ text: String) {
    if !holds { violations.append(Violation("\(type(of: estimator)), \(columns) reward(s): \(text)")) }
  }

  private mutating func values(_ batch: AdvantageBatch) -> [Double] {
    do { return try estimator.advantages(batch).values } catch {
      expect(false, "threw \(error)")
      return []
    }
  }

  private func near(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
  }

  private func batch(_ map: (Double) -> Double) -> AdvantageBatch {
    Self.batch(rewards.map(map), columns: columns, groups: groups)
  }

  /// A batch whose totals are the sums of its rows.
  private static func batch(_ values: [Double], columns: Int, groups: [Int]) -> AdvantageBatch {
    let names = (0..<columns).map { "reward\($0)" }
    let components = RewardComponents(names: names, groups: groups, values: values)
    return AdvantageBatch(
      components: components, totals: WeightedSum().totals(components),
      lengths: groups.indices.map { 10 + $0 })
  }
}
