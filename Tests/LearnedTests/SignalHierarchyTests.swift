import Foundation
import Numeric
import Testing

@testable import Learned

@Suite struct SignalHierarchyTests {
  private let hierarchy = SignalHierarchy([
    SignalLevel("queue", better: .lower), SignalLevel("speed", better: .higher),
  ])

  private func pairs(_ hierarchy: SignalHierarchy, _ rows: [Float], _ margins: [Double]) -> [[Int]] {
    var diagnostics = HierarchyDiagnostics(levels: hierarchy.width)
    return hierarchy.label(rows, margins: margins, diagnostics: &diagnostics).map {
      [$0.winner, $0.loser, $0.level]
    }
  }

  @Test func labelsAFiveRowTableByHandAndDiscardsTies() {
    // Queue: 0, 1, 1, 3, 3. Speed: 5, 5, 2, 2, 2.5. Margins 1 and 1, strictly.
    let rows: [Float] = [0, 5, 1, 5, 1, 2, 3, 2, 3, 2.5]
    var diagnostics = HierarchyDiagnostics(levels: 2)
    let found = hierarchy.label(rows, margins: [1, 1], diagnostics: &diagnostics)
    #expect(
      found.map { [$0.winner, $0.loser, $0.level] } == [
        [0, 2, 1], [0, 3, 0], [0, 4, 0], [1, 2, 1], [1, 3, 0], [1, 4, 0], [2, 3, 0], [2, 4, 0],
      ])
    #expect(diagnostics.decided == [6, 2] && diagnostics.discarded == 2 && diagnostics.pairs == 10)
    #expect(diagnostics.shares == [0.6, 0.2] && diagnostics.discardRate == 0.2)
  }

  @Test func labelsAreAntisymmetric() {
    var random = PCG64(seed: 3)
    for _ in 0..<500 {
      let (a, b) = (
        (0..<2).map { _ in Float(random.normal()) }, (0..<2).map { _ in Float(random.normal()) }
      )
      switch (hierarchy.compare(a, b, margins: [0.7, 0.4]), hierarchy.compare(b, a, margins: [0.7, 0.4])) {
      case (.first(let x), .second(let y)), (.second(let x), .first(let y)): #expect(x == y)
      case (.undecided, .undecided): break
      case (let x, let y): Issue.record("\(x) one way and \(y) the other")
      }
    }
  }

  @Test(arguments: [0.001, 0.5, 64, 1e5]) func scalingASignalChangesNoLabel(factor: Double) {
    var random = PCG64(seed: 4)
    let rows = (0..<80).map { _ in Float(random.normal()) }
    for spread in SignalHierarchy.Spread.allCases {
      let one = SignalHierarchy(hierarchy.levels, spread: spread)
      let scaled = rows.enumerated().map { $0 % 2 == 1 ? $1 * Float(factor) : $1 }
      #expect(pairs(one, rows, one.margins(of: rows)) == pairs(one, scaled, one.margins(of: scaled)))
      #expect(!pairs(one, rows, one.margins(of: rows)).isEmpty)
    }
  }

  @Test func theOrderOfTheLevelsDecides() {
    let reversed = SignalHierarchy(hierarchy.levels.reversed())
    // A: short queue and slow; B: long queue and fast.
    #expect(hierarchy.compare([0, 0], [5, 5], margins: [1, 1]) == .first(level: 0))
    #expect(reversed.compare([0, 0], [5, 5], margins: [1, 1]) == .second(level: 0))
  }

  @Test func preferencesWithMarginsMayCloseACircle() {
    let levels = SignalHierarchy([SignalLevel("one", better: .higher), SignalLevel("two", better: .higher)])
    let (a, b, c): ([Float], [Float], [Float]) = ([0, 2], [0.7, 1], [1.4, 0])
    let margins = [1.0, 0]
    #expect(levels.compare(a, b, margins: margins) == .first(level: 1))
    #expect(levels.compare(b, c, margins: margins) == .first(level: 1))
    #expect(levels.compare(c, a, margins: margins) == .first(level: 0))
  }

  @Test func marginsAreEachLevelsMultipleOfItsSpread() {
    let levels = SignalHierarchy([
      SignalLevel("a", better: .lower, marginMultiplier: 0), SignalLevel("b", better: .lower),
      SignalLevel("c", better: .lower, marginMultiplier: 3), SignalLevel("constant", better: .lower),
    ])
    let margins = levels.margins(of: [0, 0, 0, 0.1, 2, 2, 2, 0.1])
    #expect(margins == [0, 1, 3, .infinity])
  }

  @Test func theMedianDeviationIgnoresAFewExtremeRows() {
    let robust = SignalHierarchy([SignalLevel("a", better: .lower)], spread: .medianDeviation)
    let rows: [Float] = [1, 2, 3, 4, 5, 6, 1000]
    #expect(abs(robust.spreads(of: rows)[0] - 1.4826 * 2) < 1e-12)
    // A rare event varies, though its median distance is 0: margin 0, not a level that is left out.
    #expect(robust.margins(of: [0, 0, 0, 0, 0, 1]) == [0])
  }

  @Test func rowsWithNaNAreNeverCompared() {
    let rows: [Float] = [0, 0, .nan, 9, 5, 5, 1, .infinity]
    var diagnostics = HierarchyDiagnostics(levels: 2)
    let found = hierarchy.label(rows, margins: [1, 1], diagnostics: &diagnostics)
    #expect(found.map { [$0.winner, $0.loser] } == [[0, 2]])
    #expect(diagnostics.rejectedRows == 2)
    #expect(diagnostics.warnings(hierarchy).contains { $0.hasPrefix("2 rows were left out") })
    #expect(hierarchy.spreads(of: rows).allSatisfy { $0.isFinite })
  }

  @Test func warnsOfIdleLevelsAndOfManyDiscards() {
    var diagnostics = HierarchyDiagnostics(levels: 2)
    #expect(diagnostics.warnings(hierarchy) == ["no pair was compared"])
    diagnostics.decided = [99, 1]
    #expect(diagnostics.warnings(hierarchy).count == 1)
    #expect(diagnostics.warnings(hierarchy)[0].hasPrefix("level \"speed\" decides 1.0%"))
    diagnostics.decided = [10, 10]
    diagnostics.discarded = 80
    #expect(diagnostics.warnings(hierarchy).first?.hasPrefix("80.0% of the pairs are discarded") == true)
  }

  @Test func theAgreementWithAWeightedSumIsCounted() {
    let rows: [Float] = [0, 0, 5, 5, 9, 9]
    var diagnostics = HierarchyDiagnostics(levels: 2)
    let found = hierarchy.label(rows, margins: [1, 1], diagnostics: &diagnostics)
    #expect(hierarchy.agreement(of: found, rows, weights: [1, 0.1]) == 1)
    #expect(hierarchy.agreement(of: found, rows, weights: [0.1, 1]) == 0)
    #expect(hierarchy.agreement(of: [], rows, weights: [1, 1]) == nil)
  }
}

@Suite struct BradleyTerryStepModelTests {
  @Test func theGradientOfSummedSegmentsIsTheDerivativeOfTheLoss() {
    // One linear layer without hidden units has a closed form: reward = w x + b, segment sums.
    var random = PCG64(seed: 5)
    let model = BradleyTerryStepModel(inputWidth: 1, hidden: [], learningRate: 0, random: &random)
    let input: [Float] = [1, 2, 0.5]  // segments (1, 2) and (0.5)
    let weight = Double(model.network.parameters[0])
    let bias = Double(model.network.parameters[1])
    let fit = model.train(input, lengths: [2, 1], pairs: [(winner: 0, loser: 1)])
    let difference = (weight * 3 + 2 * bias) - (weight * 0.5 + bias)
    #expect(abs(fit!.loss - log(1 + exp(-difference))) < 1e-5)
    #expect(fit!.accuracy == (difference > 0 ? 1 : 0))
    #expect(model.train(input, lengths: [2, 1], pairs: []) == nil)
  }

  @Test func learnsAnOrderFromPairs() {
    var random = PCG64(seed: 6)
    let model = BradleyTerryStepModel(inputWidth: 2, hidden: [32], learningRate: 1e-2, random: &random)
    func batch() -> ([Float], [(winner: Int, loser: Int)]) {
      let rows = (0..<16).map { _ in [Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1))] }
      let value = rows.map { $0[0] * $0[0] - $0[1] }
      var pairs: [(winner: Int, loser: Int)] = []
      for i in 0..<16 {
        for j in i + 1..<16 { pairs.append(value[i] > value[j] ? (i, j) : (j, i)) }
      }
      return (rows.flatMap { $0 }, pairs)
    }
    for _ in 0..<900 {
      let (input, pairs) = batch()
      model.train(input, pairs: pairs)
    }
    let (input, pairs) = batch()
    #expect(model.train(input, pairs: pairs)!.accuracy > 0.93)
  }
}
