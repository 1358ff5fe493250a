import Rewards
import Testing

@testable import Worlds

#if DEBUG
  private let isReleaseBuild = false
#else
  private let isReleaseBuild = true
#endif

/// The figures of TR-4, measured on the original suite.
@Suite struct ReciprocityValidationTests {
  @Test func theSweepOf729SetsCountsAsTheOriginal() {
    let summary = ReciprocityStudy().run()
    #expect(summary.sets == 729 && summary.counts == [687, 729, 662, 729, 729, 729], "\(summary)")
    #expect(summary.passes.allSatisfy { $0 })
  }

  @Test(.enabled(if: isReleaseBuild, "15,625 parameter sets take a debug build too long"))
  func theFullSweepCountsAsTheOriginal() {
    let summary = ReciprocityStudy(isFull: true).run()
    #expect(summary.sets == 15_625)
    #expect(summary.counts == [15_235, 15_625, 13_728, 15_625, 15_625, 15_625], "\(summary)")
    #expect(abs(summary.ratioMean - 2.7545) < 1e-4 && abs(summary.ratioDeviation - 0.8012) < 1e-4)
    #expect(abs(summary.effect - 1.5658) < 1e-4 && abs(summary.t - 195.73) < 0.01)
  }

  @Test func theFunctionalExperimentsComeOutAsTheOriginals() {
    let dilemma = ReciprocityExperiments.dilemma()
    #expect(dilemma.with == 1 && abs(dilemma.without - 0.409097) < 1e-6)
    let asymmetry = ReciprocityExperiments.asymmetry()
    #expect(abs(asymmetry.dependent - 0.314948) < 1e-6 && abs(asymmetry.independent - 0.069988) < 1e-6)
    #expect(abs(asymmetry.dependent / asymmetry.independent - 4.5) < 1e-9)
    #expect([1, 3, 5, 10].map { ReciprocityExperiments.recoverySteps(memory: $0) } == [2, 2, 2, 2])
    for (trust, cooperation) in [(0.3, 0.381067), (0.6, 0.721448), (0.9, 1)] {
      #expect(abs(ReciprocityExperiments.cooperation(trust: trust) - cooperation) < 1e-6)
    }
    let team = ReciprocityExperiments.team()
    #expect(team.with == 3 && abs(team.without - 1.143118) < 1e-6)
  }

  private func near(_ ours: [[Double]], _ theirs: [[Double]]) -> Bool {
    zip(ours, theirs).allSatisfy { zip($0, $1).allSatisfy { abs($0 - $1) <= 1.01e-6 } }
  }

  @Test func theStoreScoresAsTheOriginal() {
    let outcome = StoreCase().run()
    #expect(outcome.total == 44 && outcome.passes)
    #expect(
      near(
        outcome.phaseMeans,
        [
          [0.834577, 0.786304, 0.818611], [0.999373, 0.985127, 0.993210], [0.936536, 0.839271, 0.909515],
          [0.681677, 0.451418, 0.820008], [0.790262, 0.481434, 0.772523],
        ]), "\(outcome.phaseMeans)")
    #expect(near([outcome.course.actions[66]], [[0.772077, 0.502148, 0.774673]]))
  }

  @Test func theNoisyStoreScoresAsTheOriginal() {
    let noise = CoopetitionFixture.all["apple_noise"].array.map(\.double)
    #expect(noise.count == 198)
    #expect(zip(noise, StoreCase.releasedNoise).allSatisfy { abs($0 - $1) < 1e-9 })
    let outcome = StoreCase().run(noise: noise)
    #expect(outcome.phaseScores == [8.5, 10, 8, 6.5, 10] && outcome.total == 43 && outcome.passes)
    #expect(
      near(
        outcome.phaseMeans,
        [
          [0.854570, 0.759878, 0.788673], [0.993661, 0.951484, 0.961445], [0.933056, 0.826287, 0.937356],
          [0.712252, 0.406557, 0.831040], [0.879900, 0.444732, 0.848010],
        ]), "\(outcome.phaseMeans)")
    #expect(abs(outcome.correlation - 0.7855) < 1e-4 && abs(outcome.rootMeanSquareError - 0.1874) < 1e-4)

    var other = StoreCase()
    other.shocks = StoreCase.counterfactual
    let change = other.run(noise: noise)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let gain = mean(change.course.actions[66]) - mean(outcome.course.actions[66])
    #expect(abs(gain - 0.1928) < 1e-4, "\(gain)")
    let crisis = mean(change.phaseMeans[3]) / mean(outcome.phaseMeans[3]) - 1
    #expect(abs(100 * crisis - 42.1) < 0.05, "\(crisis)")
  }
}
