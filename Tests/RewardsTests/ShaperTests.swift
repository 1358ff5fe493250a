import Foundation
import Rewards
import Testing

private func isNear(_ a: [Double?], _ b: [Double?], _ tolerance: Double = 1e-9) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { a, b in
      if let a, let b { abs(a - b) <= tolerance } else { a == nil && b == nil }
    }
}

@Suite struct ShaperTests {
  private let column: [Double?] = [1, 5, nil, 3, 3]
  private let context = ShapingContext(groups: [0, 0, 0, 1, 1], lengths: [1, 1, 1, 1, 1])

  @Test("center subtracts the mean of the group or of the batch, and equal values give exactly 0")
  func center() {
    #expect(Center().shape(column, context: context) == [-2, 2, nil, 0, 0])
    #expect(Center(over: .batch).shape(column, context: context) == [-2, 2, nil, 0, 0])
    let tenths: [Double?] = [0.1, 0.1, 0.1]
    let one = ShapingContext(groups: [0, 0, 0], lengths: [1, 1, 1])
    #expect(Center().shape(tenths, context: one) == [0, 0, 0])
    #expect(Whiten().shape(tenths, context: one) == [0, 0, 0])
  }

  @Test("whiten gives mean 0 and unbiased standard deviation 1, whatever the size of the numbers")
  func whiten() {
    // (x - 3) / (sqrt(8/3) + epsilon) for 1, 5, 3, 3.
    let scale = (8.0 / 3).squareRoot()
    let expected: [Double?] = [-2 / scale, 2 / scale, nil, 0, 0]
    #expect(isNear(Whiten(epsilon: 0).shape(column, context: context), expected))
    let group = Whiten(over: .group, epsilon: 0).shape(column, context: context)
    #expect(isNear(group, [-0.5.squareRoot(), 0.5.squareRoot(), nil, 0, 0]))
    let huge = Whiten(epsilon: 0).shape(column.map { $0.map { $0 * 1e300 } }, context: context)
    #expect(isNear(huge, expected))
  }

  @Test("clip may be open on one side")
  func clip() {
    #expect(Clip(...2).shape(column, context: context) == [1, 2, nil, 2, 2])
    #expect(Clip(2...).shape(column, context: context) == [2, 5, nil, 3, 3])
  }

  // Values of card arithmetic: s = (0.9, 0.7, 0.95, 0.4).
  @Test("Clip and Delta give the paper's values, and Delta's suffix sums are the steps' own scores")
  func steps() {
    let steps = [0.9, 0.7, 0.95, 0.4]
    #expect(isNear(StepShaping.delta(steps), [0.2, -0.25, 0.95, 0]))
    let clipped = StepShaping.clipped(steps, eta: 0.8)
    #expect(isNear(clipped, [0, -0.1, 0, -0.4]))
    #expect(isNear(StepShaping.delta(clipped), [0.1, -0.1, 0, 0]))
    let suffix = StepShaping.delta(steps).indices.map {
      StepShaping.delta(steps)[$0...].reduce(0, +)
    }
    #expect(isNear(suffix, [0.9, 0.7, 0.95, 0]))
    #expect(StepShaping.delta([]) == [] && StepShaping.delta([0.5]) == [0])
    #expect(StepShaping.delta([0.5, 0.2]) == [0.5, 0])
  }

  @Test("Repeating the best step pays under the plain sum, and neither under Clip nor under Delta")
  func farming() {
    func sum(_ shaper: StepSum, _ steps: [Double]) -> Double {
      let context = ShapingContext(groups: [0], lengths: [1], steps: [0: steps])
      return shaper.shape([0], context: context)[0] ?? .nan
    }
    let once = [0.9, 0.7, 0.4]
    let farmed = [Double](repeating: 0.9, count: 10) + once
    let delta = StepSum(alpha: 1, takesDelta: true)
    let clip = StepSum(alpha: 1, eta: 0.8, takesDelta: false)
    #expect(abs(sum(delta, farmed) - sum(delta, once)) < 1e-12)
    #expect(abs(sum(clip, farmed) - sum(clip, once)) < 1e-12)
    #expect(abs(sum(StepSum(alpha: 1, takesDelta: false), farmed) - sum(clip, once)) > 9)
  }

  private func shaped(_ form: PreferenceShaping.Form, _ value: Double, _ references: [Double], k: Double = 1)
    -> Double
  {
    let shaper = PreferenceShaping(form, k: k, responses: ReferenceResponses(column: "r"))
    let context = ShapingContext(groups: [0], lengths: [1], references: [0: references])
    return shaper.shape([value], context: context)[0] ?? .nan
  }

  @Test("PAR is 1/2 at the reference, rises by k/4 there, ignores a common offset and never overflows")
  func par() {
    #expect(shaped(.sigmoid, 2, [2]) == 0.5)
    for k in [1.0, 2, 3] {
      let slope = (shaped(.sigmoid, 2 + 1e-6, [2], k: k) - shaped(.sigmoid, 2 - 1e-6, [2], k: k)) / 2e-6
      #expect(abs(slope - k / 4) < 1e-6)
    }
    #expect(abs(shaped(.sigmoid, 1, [0, 2, -1]) - shaped(.sigmoid, 101, [100, 102, 99])) < 1e-12)
    #expect(shaped(.sigmoid, 1e308, [-1e308]) == 1 && shaped(.sigmoid, -1e308, [1e308]) == 0)
    // (sigma(1) + sigma(-1) + sigma(2)) / 3, by hand.
    let expected = (0.7310585786300049 + 0.2689414213699951 + 0.8807970779778823) / 3
    #expect(abs(shaped(.sigmoid, 1, [0, 2, -1]) - expected) < 1e-12)
  }

  @Test("The shapers that PAR is compared with follow their formulas")
  func family() {
    #expect(shaped(.centered, 1, [0, 3]) == -0.5)
    #expect(abs(shaped(.tanh, 1, [0]) - tanh(1)) < 1e-15)
    #expect(abs(shaped(.arctan, 1, [0]) - .pi / 4) < 1e-15)
    #expect(abs(shaped(.slowFast, 5, [2]) - 0.5) < 1e-15)
    // log sigma(r - (mu + 1.0364334 (s + 1e-5))) with mu 1, s sqrt 2.
    let z = 1 + 1.0364333894937896 * (2.0.squareRoot() + 1e-5)
    #expect(abs(shaped(.logSigmoid, 0, [0, 2]) - -log(1 + exp(z))) < 1e-12)
    #expect(shaped(.logSigmoid, -1e308, [0, 2]) < -1e300)
  }

  @Test("A schedule goes from one value to the other between its steps")
  func schedule() throws {
    func values(_ schedule: Schedule, _ steps: [Int], of max: Int = 0) -> [Double] {
      steps.map { schedule.value(at: RunState(step: $0, maxSteps: max)) }
    }
    // ToolRL's format maximum: 2 - step / 150, not below 1.
    #expect(values(try Schedule(from: 2, to: 1, end: 150), [0, 75, 150, 300]) == [2, 1.5, 1, 1])
    let cosine = try Schedule(from: 0, to: 1, start: 10, end: 20, form: .cosine)
    #expect(isNear(values(cosine, [0, 10, 15, 20]), [0, 0, 0.5, 1]))
    #expect(values(try Schedule(from: 1, to: 3, end: 30, form: .step), [0, 29, 30]) == [1, 1, 3])
    let whole = try Schedule(from: 0, to: 1)
    #expect(values(whole, [0, 5, 10], of: 11) == [0, 0.5, 1] && values(whole, [0]) == [1])
    #expect(throws: ParameterError.self) { try Schedule(from: 0, to: 1, start: 5, end: 5) }
  }
}

@Suite struct CompositionTests {
  private func specification(_ yaml: String) throws -> RewardSpecification {
    var registry = testRegistry()
    registry.register(
      RewardKind(
        name: "steps", help: "Steps.",
        make: { name, _ in
          ClosureReward(name) { batch in
            batch.map { Score(steps: $0.completion.split(separator: " ").compactMap { Double($0) }) }
          }
        }))
    return try RewardSpecification(yaml: yaml, file: "r.yaml", registry: registry)
  }

  private func failure(_ yaml: String) -> String? {
    do {
      _ = try specification(yaml)
      return nil
    } catch { return "\(error)" }
  }

  private let nested = """
    rewards:
      - name: both
        rewards:
          - number
          - name: inner
            rewards:
              - length: {target: 1}
            combine: all_of
        combine: {gate: {on: inner}}
        weight: {from: 2, to: 1, end: 10}
        on_failure: penalty
        penalty: -1
        only_where: {column: kind, equals: a}
        shape: [{clip: {high: 3}}, {par: {responses: best, k: 2}}]
      - name: plain
        number: {}
        only_if: {reward: both}
    """

  @Test("A group counts as one reward: its total is its number, the numbers inside are its parts")
  func groups() async throws {
    let specification = try specification(
      "rewards:\n  - name: both\n    rewards: [number, length: {target: 1}]\n    weight: 2\n  - number\n")
    let table = try await specification.score(samples("10", "5", "bad", "skip"))
    #expect(table.names == ["both", "number"])
    #expect(table.column("both") == [12, 6, nil, 4])
    #expect(table.totals == [34, 17, nil, 8])
    #expect(table.parts[0]["number"] == [10, 5, nil, nil] && table.parts[0]["length"]?[0] == 2)
    #expect(table.messages.first { $0.reward == "both" }?.text == "number: not a number")
  }

  @Test("A group fails by its own rule, and a stop inside it names group and reward")
  func groupFailures() async throws {
    let penalty = try specification(
      "rewards:\n  - name: g\n    rewards: [number]\n    on_failure: penalty\n    penalty: -3\n")
    #expect(try await penalty.score(samples("bad", "2")).totals == [-3, 2])
    let stop = try specification(
      "rewards:\n  - name: g\n    rewards: [number: {on_failure: stop}]\n")
    let error = await #expect(throws: ScoringError.self) { try await stop.score(samples("bad")) }
    #expect(error?.description == "reward \"g.number\" failed on sample 0: not a number")
  }

  @Test("Nesting, weights, conditions and shapers survive the resolved file")
  func roundTrip() throws {
    let first = try specification(nested)
    let text = first.resolvedYAML
    let second = try specification(text)
    #expect(second.resolvedYAML == text)
    let group = try #require(second.entries[0].reward as? RewardGroup)
    #expect(group.specification.names == ["number", "inner"])
    #expect(group.specification.combiner.kind == "gate")
    #expect(second.entries[0].weightSchedule == (try Schedule(from: 2, to: 1, end: 10)))
    #expect(second.entries[0].onlyWhere == ColumnCondition(column: "kind", equals: .string("a")))
    #expect(second.entries[0].shapers.map(\.kind) == ["clip", "par"])
  }

  @Test("only_where abstains by a column of the data and fails where the column is missing")
  func onlyWhere() async throws {
    let specification = try specification(
      "rewards:\n  - number: {}\n    only_where: {column: verifiable}\n")
    func sample(_ value: JSONValue?) -> Sample {
      Sample(completion: "4", columns: JSONObject(value.map { [("verifiable", $0)] } ?? []))
    }
    let table = try await specification.score([sample(.bool(true)), sample(.bool(false)), sample(nil)])
    #expect(table.totals == [4, nil, nil])
    let counts = try #require(table.counts(of: "number"))
    #expect(counts.scored == 1 && counts.abstained == 1 && counts.failed == 1)
  }

  @Test("HARMO's hybrid: the rule times its confidence where it applies, the model elsewhere, the rest added")
  func hybrid() throws {
    var components = RewardComponents(
      names: ["rule", "model", "sure", "form"], weights: [1, 1, 1, 0.5], groups: [0, 0, 0],
      values: [1, 0.4, 0.8, 1, 0, 0.4, 1, 0, 1, 0.6, 2, 1])
    components.isPresent[4] = false
    let hybrid = try Hybrid(rule: "rule", model: "model", confidence: "sure")
    #expect(isNear(hybrid.totals(components), [1.3, 0.4, 1.5]))
    let blend = try Hybrid(rule: "rule", model: "model", confidence: "sure", blends: true)
    #expect(isNear(blend.totals(components), [0.8 + 0.2 * 0.4 + 0.5, 0.4, 1.5]))
    let plain = try Hybrid(rule: "rule", model: "model")
    #expect(isNear(plain.totals(components), [1 + 0.8 + 0.5, 0.4 + 1, 3.5]))
    #expect(throws: ParameterError.self) { try Hybrid(rule: "a", model: "a") }
  }

  @Test(
    "HARMO's length aspect: shorter than the group's right answers costs, a group without one costs nothing")
  func lengthAspect() throws {
    let aspect = try LengthAspect(reward: "length", maximum: 0.5)
    #expect(isNear([4, 8, 6, 0].map { aspect.penalty(of: $0, typical: 8) }, [-0.25, 0, -0.125, -0.5]))
    let both = try LengthAspect(reward: "length", maximum: 1, tau: 0.5, kappa: 2)
    #expect(isNear([2, 4, 24, 1000].map { both.penalty(of: $0, typical: 8) }, [-0.5, 0, -0.5, -1]))

    // Group 0 is checked by the rule (right: lengths 6 and 10), group 1 by the model (right: from its median on),
    // group 2 has no right answer.
    var components = RewardComponents(
      names: ["rule", "model", "length"], weights: [1, 1, 2], groups: [0, 0, 0, 1, 1, 1, 2],
      values: [
        1, 0, 6, 1, 0, 10, 0, 0, 2, 0, 0.1, 3, 0, 0.5, 4, 0, 0.9, 8, 0, 0, 1,
      ])
    for sample in 3...5 { components.isPresent[sample * 3] = false }
    let hybrid = try Hybrid(rule: "rule", model: "model", length: aspect)
    let expected = [1 - 0.25, 1, -0.75, 0.1 - 0.5, 0.5 - 1.0 / 3, 0.9, 0]
    #expect(isNear(hybrid.totals(components), expected))
    var median = aspect
    median.usesMedian = true
    #expect(isNear(try Hybrid(rule: "rule", model: "model", length: median).totals(components), expected))

    #expect(throws: ParameterError.self) { try LengthAspect(reward: "a", tau: 0) }
    #expect(throws: ParameterError.self) { try LengthAspect(reward: "a", maximum: -1) }
    #expect(throws: ParameterError.self) { try LengthAspect(reward: "a", tau: 1, kappa: 0.5) }
    #expect(throws: ParameterError.self) {
      try Hybrid(rule: "a", model: "b", length: try LengthAspect(reward: "a"))
    }
  }

  @Test("all_of, any_of, maximum and weighted_mean look at the rewards present")
  func combiners() {
    var components = RewardComponents(
      names: ["a", "b"], weights: [3, 1], groups: [0, 0, 0], values: [1, 1, 1, 0, 1, 0])
    components.isPresent[5] = false
    #expect(AllOf().totals(components) == [1, 0, 1])
    #expect(AnyOf().totals(components) == [1, 1, 1])
    #expect(MaximumOfRewards().totals(components) == [1, 1, 1])
    #expect(WeightedMean().totals(components) == [1, 0.75, 1])
  }

  @Test("PAR scores the reference responses with the reward itself and fails where there are none")
  func references() async throws {
    let specification = try specification(
      "rewards:\n  - number: {}\n    shape: [{affine: {factor: 2}}, {par: {responses: best}}]\n")
    func sample(_ best: JSONValue?) -> Sample {
      Sample(completion: "2", columns: JSONObject(best.map { [("best", $0)] } ?? []))
    }
    let table = try await specification.score([
      sample(.string("4")), sample(.array([.string("4"), .string("4")])), sample(nil), sample(.string("bad")),
    ])
    #expect(table.components[0, 0] == 0.5 && table.components[1, 0] == 0.5)
    #expect(
      table.messages.map(\.text) == [
        "the column \"best\" holds no reference response", "a reference response cannot be scored",
      ])
    #expect(table.totals[2] == nil && table.components.isLeftOut == [false, false, true, true])
  }

  @Test("delta shapes a reward that judges steps and fails on one that does not")
  func delta() async throws {
    let steps = try specification("rewards:\n  - steps: {}\n    shape: [{delta: {alpha: 0.5}}]\n")
    let table = try await steps.score(samples("0.9 0.7 0.95 0.4", ""))
    #expect(isNear(table.totals, [0.45, 0]))
    #expect(table.column("steps") == [0.9 + 0.7 + 0.95 + 0.4, 0])
    let plain = try specification("rewards:\n  - number: {}\n    shape: [{delta: {alpha: 0.5}}]\n")
    #expect(try await plain.score(samples("1")).counts(of: "number")?.failed == 1)
  }

  @Test("A scheduled weight is the weight of its step, also for the estimator")
  func weights() async throws {
    let specification = try specification("rewards:\n  - number: {}\n    weight: {from: 0, to: 2, end: 4}\n")
    #expect(specification.maximum == nil)
    for (step, weight) in [(0, 0.0), (2, 1), (9, 2)] {
      let table = try await specification.score(samples("3"), state: RunState(step: step, maxSteps: 10))
      #expect(table.totals == [3 * weight] && table.components.weights == [weight])
    }
  }

  @Test(
    "Mistakes in groups, schedules and shapers are named where they stand",
    arguments: [
      ("rewards:\n  - rewards: [number]\n", "2:5: rewards[0]: the key \"name\" is missing"),
      (
        "rewards:\n  - name: g\n    rewards: [numbr]\n",
        "3:15: rewards[0].rewards[0]: unknown reward \"numbr\"; known: number, length, steps; "
          + "did you mean \"number\"?"
      ),
      (
        "rewards:\n  - name: g\n    rewards: [number]\n    combine: {gate: {on: g}}\n",
        "4:26: rewards[0].combine.gate.on: no reward is named \"g\"; expected one of number"
      ),
      (
        "rewards:\n  - name: g\n    rewards: [number]\n    timeout: 3\n",
        "4:5: rewards[0].timeout: unknown key \"timeout\"; expected one of rewards, combine, name, weight, "
          + "on_failure, penalty, only_if, only_where, shape"
      ),
      (
        "rewards:\n  - name: g\n    rewards: [number: {weight: 2}]\n    combine: all_of\n",
        "3:32: rewards[0].rewards[0].number.weight: combine: all_of does not use weights"
      ),
      (
        "rewards:\n  - number: {}\n    weight: {from: 1, to: 2, start: 5, end: 4}\n",
        "3:45: rewards[0].weight.end: expected a step after start (5), found 4"
      ),
      (
        "rewards:\n  - number: {}\n    shape: [center, {delta: {alpha: 1}}]\n",
        "3:21: rewards[0].shape[1]: delta reads the steps as scored, so it must be the first shaper"
      ),
      (
        "rewards:\n  - number: {}\n    shape: [{clip: {}}]\n",
        "3:13: rewards[0].shape[0]: expected low, high or both"
      ),
      (
        "rewards: [number, length: {target: 1}]\ncombine: {hybrid: {rule: number, model: number}}\n",
        "2:41: combine.hybrid.model: rule and model are the same reward"
      ),
    ])
  func mistakes(_ yaml: String, _ text: String) {
    #expect(failure(yaml) == "r.yaml:" + text)
  }
}
