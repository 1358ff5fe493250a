import Foundation
import Rewards
import Testing
import Worlds

@testable import Evolution

@Suite struct QualityDiversityTests {
  @Test(arguments: QualityDiversity.methods.map(\.name)) func everyMethodKeepsToItsBudgetAndItsSeed(
    method: String
  ) throws {
    let arm = ArmProblem(joints: 5, imageSize: 8)
    let parameters = method.hasPrefix("cma") ? JSONObject() : JSONObject([("population", .integer(20))])
    func run(_ seed: UInt64) throws -> Exploration {
      try QualityDiversity.run(arm, method: method, parameters: parameters, budget: 400, seed: seed)
    }
    let (first, again, other) = (try run(1), try run(1), try run(2))
    #expect(first.evaluations == 400)
    #expect(first.curve.last?.evaluations == 400)
    #expect(first.json == again.json)
    #expect(first.json != other.json)
    #expect(!first.archive.isEmpty)
  }

  @Test func noveltyCoversMoreThanRandomSearch() throws {
    func coverage(_ method: String) throws -> Double {
      try QualityDiversity.run(ArmProblem(), method: method, budget: 3000, seed: 5).coverage
    }
    #expect(try coverage("novelty") > coverage("random") + 0.02)
  }

  @Test func evolutionStrategyClimbsAndMapElitesFills() throws {
    let best = try QualityDiversity.run(IdentityProblem(), method: "cma_es", budget: 2000, seed: 1).best
    #expect((best?.fitness ?? 0) > 0.999)
    let filled = try QualityDiversity.run(
      IdentityProblem(), method: "map_elites", parameters: JSONObject([("sigma", .number(0.5))]),
      budget: 15_000, seed: 1)
    #expect(filled.coverage > 0.85)
    #expect(filled.archive.count == Int((filled.coverage * 2500).rounded()))
  }

  @Test func gridArchiveKeepsTheBestOfEachCell() {
    var archive = GridArchive([0...1], genomeLength: 1, cells: 2)
    func add(_ gene: Double, _ fitness: Double) -> GridArchive.Addition {
      [gene].withUnsafeBufferPointer { archive.add($0, behaviour: $0, fitness: fitness) }
    }
    #expect(add(0.1, 1) == .new(fitness: 1))
    #expect(add(0.2, 0.5) == .refused(by: 0.5))
    #expect(add(0.3, 3) == .better(by: 2))
    #expect(add(0.9, 1) == .new(fitness: 1))
    #expect(archive.qualityScore == 4)
    #expect(archive.elites.map(\.genome) == [[0.3], [0.9]])
  }

  @Test func sereneStartsEmittersAtRewards() throws {
    let serene = try QualityDiversity.run(ArmProblem(), method: "serene", budget: 4000, seed: 3)
    let novelty = try QualityDiversity.run(ArmProblem(), method: "novelty", budget: 4000, seed: 3)
    #expect(serene.rewarding > 2 * novelty.rewarding)
    #expect(!serene.rewarded.isEmpty && serene.rewarded.allSatisfy { $0.fitness > 0 })
  }

  @Test func amongEqualsOffspringDriftAndParentsStandStill() throws {
    #expect(PopulationSearch<FlatProblem>.Ties.offspring.ranked([0, 1, 0, 1]) == [3, 1, 2, 0])
    #expect(PopulationSearch<FlatProblem>.Ties.parents.ranked([0, 1, 0, 1]) == [1, 3, 0, 2])
    /// How far the last offspring are from where all genomes began, after about 50 generations of steps of 0.05.
    func distance(_ ties: String) throws -> Double {
      let found = try QualityDiversity.run(
        FlatProblem(), method: "fitness",
        parameters: JSONObject([("ties", .string(ties)), ("population", .integer(10))]), budget: 1000, seed: 1
      )
      return found.archive.suffix(5).flatMap(\.genome).map(abs).max() ?? 0
    }
    #expect(try distance("parents") < 0.25)
    #expect(try distance("offspring") > 0.4)
  }

  @Test func wrongNamesAndValuesAreSaid() {
    let arm = ArmProblem()
    func message(_ method: String, _ parameters: JSONObject = JSONObject(), budget: Int = 500) -> String {
      do {
        _ = try QualityDiversity.run(
          arm, method: method, parameters: parameters, budget: budget, seed: 1)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("novlty").contains("did you mean \"novelty\""))
    #expect(message("novelty", JSONObject([("sigm", .number(1))])).contains("did you mean \"sigma\""))
    #expect(message("taxons").contains("has none"))
    #expect(message("novelty", budget: 50).contains("at least the population"))
  }

  @Test func anEvaluationThatIsNotFiniteStopsTheSearch() {
    struct Broken: Problem {
      var genomeLength: Int { 1 }
      var geneRange: ClosedRange<Double> { 0...1 }
      var descriptorRanges: [ClosedRange<Double>] { [0...1] }
      func evaluate(
        _ genome: UnsafeBufferPointer<Double>, descriptor: UnsafeMutableBufferPointer<Double>,
        view: UnsafeMutableBufferPointer<Float>?, random: inout PCG64
      ) -> Trial {
        descriptor[0] = 0
        return Trial(fitness: .nan)
      }
    }
    #expect(throws: SearchError.notFinite(evaluation: 1, what: "fitness")) {
      try QualityDiversity.run(Broken(), method: "novelty", budget: 200, seed: 1)
    }
    #expect(throws: SearchError.cancelled) {
      try QualityDiversity.run(ArmProblem(), method: "novelty", budget: 2000, seed: 1) { $0 < 0.5 }
    }
  }

  @Test func anyWorldWithOneAgentCanBeSearched() throws {
    let found = try QualityDiversity.run(
      world: PointWorld(), method: "serene", parameters: JSONObject([("population", .integer(30))]),
      budget: 4000, seed: 1)
    #expect(found.coverage > 0.1)
    #expect(found.rewarding > 0)
    let learned = try QualityDiversity.run(
      world: PointWorld(), problem: JSONObject([("descriptor", .string("signature"))]), method: "taxons",
      parameters: JSONObject([("population", .integer(30))]), budget: 300, seed: 1)
    #expect(learned.evaluations == 300)
    let cart = try QualityDiversity.run(
      world: CartPole(maximumSteps: 50),
      problem: JSONObject([
        ("observe", .array([.integer(0), .integer(1)])), ("low", .array([.integer(-3), .integer(-3)])),
        ("high", .array([.integer(3), .integer(3)])),
      ]), method: "novelty", parameters: JSONObject([("population", .integer(20))]), budget: 200, seed: 1)
    #expect(cart.best.map { $0.fitness > 5 } == true)
  }

  @Test func worldsThatDoNotFitAreRefusedWithAReason() {
    #expect(throws: ParameterError.self) { try WorldProblem(PointWorld(steps: nil)) }
    #expect(throws: ParameterError.self) { try WorldProblem(PointWorld(bound: .infinity)) }
    #expect(throws: ParameterError.self) {
      try WorldProblem(PointWorld(), JSONObject([("observe", .array([.integer(2)]))]))
    }
  }

  @Test func controllerIsTheOneOfItsFormula() {
    let controller = FeedForwardController(inputs: 2, outputs: 1, hidden: 1, layers: 1)
    #expect(controller.genomeLength == 5)
    let genome = [0.5, -1, 0.25, 2, 0.1]
    var output = [0.0]
    var scratch = [Double](repeating: 0, count: controller.scratchWidth)
    genome.withUnsafeBufferPointer { genome in
      [Float(1), 2].withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          scratch.withUnsafeMutableBufferPointer {
            controller.act(genome, on: input, into: output, scratch: $0)
          }
        }
      }
    }
    func squash(_ x: Double) -> Double { 2 / (1 + exp(-x)) - 1 }
    #expect(abs(output[0] - squash(2 * squash(0.5 - 2 + 0.25) + 0.1)) < 1e-12)
  }
}
