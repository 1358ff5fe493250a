import Shelf
import Worlds

/// Card 03: learning how far to trust a hint, on the decoy grid.
struct Barfi: Recipe {
  let slug = "barfi"
  /// The claim held on every seed tried. A control file names the learner (`method: barfi`) and what it learned
  /// (`aligned`).
  let standing = Standing.works
  let claim = """
    Adding a misleading hint to a sparse reward ruins the policy; BARFI learns a reward from both under which the \
    policy still solves the task, and loses nothing when the hint is good.
    """
  let rule = """
    Card 03, means of 5 seeds over the last 20 of 150 outer iterations. Bad hint: success of the plain sum <= 0.1, \
    BARFI's >= 0.85, J(BARFI) >= J(primary only). Good hint: BARFI's success >= 0.95, J(BARFI) >= J(plain sum) - 0.02.
    """
  let arms = ["primary only", "potential", "plain sum", "BARFI, unrolled", "BARFI"]
  let scales = [Scale.quick]
  let scaledDown = """
    A 5 x 5 grid with a tabular policy; the paper also has MountainCar, CartPole and HalfCheetah with neural ones. \
    The inner discount is fixed. The outer gradient has the per-step baseline that the card offers.
    """
  let faults = [
    Fault("sign", help: "the outer gradient's sign is flipped"),
    Fault("trusts-hint", help: "the outer objective counts the hint as if it were reward"),
  ]

  private enum Hint: String, CaseIterable, Sendable {
    case bad = "bad hint"
    case good = "good hint"
  }

  private struct Arm: Sendable {
    var name: String
    var hint: Hint
  }

  private struct Run: Sendable {
    var success: [Double] = []
    var value: [Double] = []
    var decoyWeight = 0.0
    var diverged = 0.0

  }

  private static let iterations = 150

  func run(_ context: RecipeContext) throws -> RecipeResult {
    let all = Hint.allCases.flatMap { hint in arms.map { Arm(name: $0, hint: hint) } }
    let fault = context.fault
    let runs = try context.map(all, seeds: context.seeds(5), name: { "\($0.name), \($0.hint.rawValue)" }) {
      arm, seed in
      try Self.learn(arm, fault: fault, seed: seed)
    }
    let measurements = zip(all, runs).flatMap { arm, runs in
      [
        Measurement(arm.name, "success, \(arm.hint.rawValue)", runs.map { mean($0.success.suffix(20)) }),
        Measurement(arm.name, "J, \(arm.hint.rawValue)", runs.map { mean($0.value.suffix(20)) }),
      ]
    }
    func value(_ arm: String, _ metric: String, _ hint: Hint) -> Double {
      measurements.first { $0.arm == arm && $0.metric == "\(metric), \(hint.rawValue)" }?.mean ?? .nan
    }
    let bad = zip(all, runs).first { $0.0.name == "BARFI" && $0.0.hint == .bad }!.1
    let x = (0..<15).map { Double($0 * 10 + 5) }
    return RecipeResult(
      measurements: measurements,
      checks: [
        Check("bad hint: success of the plain sum", value("plain sum", "success", .bad), .atMost, 0.1),
        Check("bad hint: success of BARFI", value("BARFI", "success", .bad), .atLeast, 0.85),
        Check(
          "bad hint: J(BARFI) - J(primary only)",
          value("BARFI", "J", .bad) - value("primary only", "J", .bad), .atLeast, 0),
        Check("good hint: success of BARFI", value("BARFI", "success", .good), .atLeast, 0.95),
        Check(
          "good hint: J(BARFI) - J(plain sum)", value("BARFI", "J", .good) - value("plain sum", "J", .good),
          .atLeast, -0.02),
      ],
      findings: [
        "The bad hint's weight at the decoy goes from 1 to \(rounded(mean(bad.map(\.decoyWeight)))) on average.",
        "The Neumann series was cut in \(rounded(mean(bad.map(\.diverged)))) of \(Self.iterations) iterations with the bad hint.",
      ],
      plots: Hint.allCases.map { hint in
        .lines(
          title: "Decoy grid, \(hint.rawValue)", x: "outer iteration", y: "success, mean of 10 iterations",
          series: zip(all, runs).filter { $0.0.hint == hint }.map { arm, runs in
            Plot.Curve(
              arm.name, x: x,
              runs: runs.map { run in (0..<15).map { mean(run.success[$0 * 10..<$0 * 10 + 10]) } })
          })
      })
  }

  private static func learn(_ arm: Arm, fault: String?, seed: UInt64) throws -> Run {
    let grid = try DecoyGrid.grid()
    let distance = (0..<grid.process.states).map { Double(grid.manhattanDistance($0)) }
    var settings = BehaviourAlignment.Settings()
    settings.outer =
      switch arm.name {
      case "BARFI": .implicit
      case "BARFI, unrolled": .unrolled(updates: 15)
      default: .none
      }
    var learner = BehaviourAlignment(
      reward: BehaviourAlignmentReward(
        states: grid.process.states, actions: 4, hintWeight: arm.name == "primary only" ? 0 : 1),
      settings: settings)
    var random = PCG64(seed: seed)
    // The potential form pays the hint as gamma Phi(s') - Phi(s).
    let potential: (Int) -> Double =
      arm.hint == .bad ? { $0 == DecoyGrid.decoy ? 0.3 : 0 } : { -0.1 * distance[$0] }
    func hint(_ state: Int, _ next: Int) -> Double {
      if arm.name == "potential" {
        return (next == DecoyGrid.goal ? 0 : 0.95 * potential(next)) - potential(state)
      }
      switch arm.hint {
      case .bad: return next == DecoyGrid.decoy ? 0.3 : 0
      case .good: return 0.1 * (distance[state] - distance[next])
      }
    }
    func play(_ policy: StateActionTable) -> [[HintedStep]] {
      (0..<20).map { _ in
        var (state, episode) = (0, [HintedStep]())
        for _ in 0..<40 {
          let action = policy.draw(state, random: &random)
          let outcome = grid.process.draw(state, action, random: &random)
          episode.append(
            HintedStep(state, action, primary: outcome.reward, hint: hint(state, outcome.next)))
          state = outcome.next
          if grid.process.isTerminal[state] { break }
        }
        return episode
      }
    }
    var run = Run()
    for _ in 0..<Self.iterations {
      let report = learner.iterate(play(learner.policy)) { policy in
        let trial = play(policy)
        run.success.append(mean(trial.map { $0.last!.primary > 0 ? 1 : 0 }))
        run.value.append(mean(trial.map { discountedReturns($0.map(\.primary), discount: 0.95)[0] }))
        return trial.map { episode in
          episode.map { step in
            var step = step
            if fault == "sign" { step.primary *= -1 }
            if fault == "trusts-hint" { step.primary += step.hint }
            return step
          }
        }
      }
      run.diverged += report.diverged ? 1 : 0
    }
    run.decoyWeight = learner.reward.hintWeights[DecoyGrid.decoy]
    return run
  }
}
