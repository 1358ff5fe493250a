import Foundation
import Testing
import Worlds

@testable import Evolution

@Suite struct PartsTests {
  @Test func signatureHasTheGoldenNumbers() {
    let right = PathSignature(path: [0, 0, 1, 0, 1, 1], width: 2)
    #expect(right.first == [1, 1])
    #expect(right.second == [0.5, 1, 0, 0.5])
    #expect(right.logarithm == [1, 1, 0.5])
    let up = PathSignature(path: [0, 0, 0, 1, 1, 1], width: 2)
    #expect(up.second == [0.5, 0, 1, 0.5])
    #expect(up.logarithm == [1, 1, -0.5])
  }

  @Test func signatureTellsTwoWaysRoundAnObstacleWhereTheEndPointCannot() {
    let (left, right) = ([0.0, 0, -1, 1, 0, 2], [0.0, 0, 1, 1, 0, 2])
    func novelty(_ a: [Double], _ b: [Double]) -> Double {
      NeighbourIndex(b, width: b.count).meanDistance(1, to: a, skippingFirst: false)
    }
    #expect(novelty(Array(left.suffix(2)), Array(right.suffix(2))) == 0)
    let (a, b) = (PathSignature(path: left, width: 2), PathSignature(path: right, width: 2))
    // S2 differs by 2 in both off-diagonal places: distance 2 sqrt 2.
    #expect(abs(novelty(a.descriptor, b.descriptor) - 8.0.squareRoot()) < 1e-12)
  }

  @Test func signatureForgetsSpeedAndTimeBringsItBack() {
    let (slow, fast) = ([0.0, 0.5, 1, 2], [0.0, 2])
    #expect(PathSignature(path: slow, width: 1) == PathSignature(path: fast, width: 1))
    let timed = PathSignature(path: PathSignature.withTime(slow, width: 1, duration: 3), width: 2)
    // Line by line: areas 1/3 * (0.25 + 0.75 + 1.5) under the path x(t).
    #expect(abs(timed.second[1] - (2 - (0.25 + 0.75 + 1.5) / 3) + 0) < 1.2)
    #expect(timed.first == [2, 1])
    #expect(abs(timed.second[2] + timed.second[1] - 2) < 1e-12)
    #expect(abs(timed.second[1] - (0.25 + 0.75 + 1.5) / 3) < 1e-12)
  }

  @Test(arguments: [1, 2, 3, 10]) func neighboursAreThoseOfAPlainSort(width: Int) {
    var random = PCG64(seed: UInt64(width))
    var points = (0..<400 * width).map { _ in random.normal() }
    for index in 0..<40 * width { points[index + 100 * width] = points[index] }  // duplicates
    let index = NeighbourIndex(points, width: width)
    for _ in 0..<30 {
      let query = (0..<width).map { _ in random.normal() }
      let distances = (0..<400).map { row in
        (0..<width).reduce(0.0) { sum, axis in
          let difference = points[row * width + axis] - query[axis]
          return sum + difference * difference
        }.squareRoot()
      }
      let found = index.nearest(16, to: query)
      #expect(found.distances == Array(distances.sorted().prefix(16)))
      #expect(found.indices.map { distances[$0] } == found.distances)
    }
  }

  @Test func fewNeighboursAreAveragedOverThoseThatThereAre() {
    let index = NeighbourIndex([0, 0, 3, 4], width: 2)
    #expect(index.meanDistance(15, to: [0, 0], skippingFirst: true) == 5)
    #expect(index.meanDistance(15, to: [0, 0], skippingFirst: false) == 2.5)
    #expect(NeighbourIndex([], width: 2).meanDistance(3, to: [0, 0], skippingFirst: false) == 0)
  }

  @Test func paretoFrontsAreThoseOfTheDefinition() {
    let points = [(1.0, 5.0), (2, 4), (3, 3), (2, 2), (1, 1), (3, 3), (0, 5)]
    #expect(ParetoRanking.front(points) == [0, 1, 2, 5])
    #expect(ParetoRanking.ranks(points) == [0, 0, 0, 1, 2, 0, 1])
    #expect(Set(ParetoRanking.best(4, of: points)) == [0, 1, 2, 5])
  }

  @Test func uniformityIsOneForUniformVisitsAndFallsToTheClosedFormForOneCell() {
    var all = BehaviourGrid([0...1], cells: 4)
    for value in [0.1, 0.3, 0.6, 0.9] { all.add([value]) }
    #expect(abs(all.uniformity - 1) < 1e-9)
    #expect(all.coverage == 1)
    var one = BehaviourGrid([0...1], cells: 4)
    one.add([2])
    // JSD of (1,0,0,0) and (1/4,...): (1/2)(ln 1.6) + (1/2)(.25 ln .4 + .75 ln 2).
    let divergence = 0.5 * log(1.6) + 0.5 * (0.25 * log(0.4) + 0.75 * log(2))
    #expect(abs(one.uniformity - (1 - divergence.squareRoot())) < 1e-12)
    #expect(one.coverage == 0.25)
    #expect(BehaviourGrid([0...1, 0...1]).counts.count == 2500)
  }

  @Test func armEndsWhereTrigonometryPutsIt() {
    var random = PCG64(seed: 1)
    let arm = ArmProblem(joints: 2)
    var end = [0.0, 0.0]
    let outcome = [1.0, -1.0].withUnsafeBufferPointer { genome in
      end.withUnsafeMutableBufferPointer {
        arm.evaluate(genome, descriptor: $0, view: nil, random: &random)
      }
    }
    #expect(abs(end[0] - 0.5) < 1e-12 && abs(end[1] - 0.5) < 1e-12)
    #expect(outcome == Trial(fitness: 0))
  }

  @Test func eigenvectorsRebuildTheMatrix() {
    var random = PCG64(seed: 4)
    let n = 12
    let half = (0..<n * n).map { _ in random.normal() }
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n { for k in 0..<n { matrix[i * n + j] += half[i * n + k] * half[j * n + k] } }
    }
    let eigen = SymmetricEigen(matrix, width: n)
    for i in 0..<n {
      for j in 0..<n {
        var sum = 0.0
        for k in 0..<n { sum += eigen.values[k] * eigen.vectors[k * n + i] * eigen.vectors[k * n + j] }
        #expect(abs(sum - matrix[i * n + j]) < 1e-9)
      }
    }
  }

  @Test func covarianceAdaptationFindsTheMinimumOfARotatedValley() {
    var random = PCG64(seed: 2)
    var strategy = CovarianceAdaptation(mean: Array(repeating: 1, count: 6), sigma: 0.5)
    func cost(_ x: [Double]) -> Double {  // Rosenbrock's valley: minimum 0 at (1, ..., 1) + shift
      (0..<5).reduce(0) {
        let (a, b) = (x[$1] + 1, x[$1 + 1] + 1)
        return $0 + 100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a)
      }
    }
    var best = Double.infinity
    for _ in 0..<600 {
      let samples = (0..<strategy.batch).map { _ in
        [Double](unsafeUninitializedCapacity: 6) {
          strategy.sample(into: UnsafeMutableBufferPointer(rebasing: $0[0..<6]), random: &random)
          $1 = 6
        }
      }
      let sorted = samples.sorted { cost($0) < cost($1) }
      best = min(best, cost(sorted[0]))
      strategy.update(Array(sorted.prefix(strategy.batch / 2)))
    }
    #expect(best < 1e-8)
  }
}
