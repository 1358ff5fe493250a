import Foundation

/// TR-4's case: Apple, a major and a small developer over 66 quarters of the App Store, scored in 51 cells.
///
/// Several cells of the rubric are 1 by construction (timing, asymmetry, some of punishment): the score says that
/// nothing contradicts the story, not how well it fits.
public struct StoreCase: Sendable {
  public struct Phase: Sendable, Equatable {
    public var name: String
    /// Both ends belong to it.
    public var quarters: ClosedRange<Int>
    /// Documented mean cooperation of Apple, the major and the small developer.
    public var targets: [Double]
  }

  public struct Outcome: Sendable {
    public var course: ReciprocitySimulation.Course
    /// Of each phase, of each actor.
    public var phaseMeans: [[Double]]
    /// The rubric line by line, and the points of each phase: of 9, 10, 10, 10 and 12 cells.
    public var indicators: [CaseIndicator]
    public var phaseScores: [Double] { StoreCase.phases.map { indicators.points($0.name) } }
    public var total: Double { phaseScores.reduce(0, +) }
    public static let cells = 51
    /// At least 83% of the cells.
    public var passes: Bool { total / Double(Self.cells) >= 0.83 }
    /// Of the phases' means against the targets.
    public var correlation, rootMeanSquareError: Double
  }

  public static let actors = ["Apple", "MajorDev", "SmallDev"]
  public static let phases = [
    Phase(name: "Symbiosis", quarters: 0...16, targets: [0.81, 0.78, 0.80]),
    Phase(name: "Maturation", quarters: 16...36, targets: [0.85, 0.84, 0.86]),
    Phase(name: "Tension", quarters: 36...48, targets: [0.72, 0.60, 0.68]),
    Phase(name: "Crisis", quarters: 48...54, targets: [0.49, 0.22, 0.42]),
    Phase(name: "Adjustment", quarters: 54...66, targets: [0.70, 0.47, 0.67]),
  ]
  /// What happened.
  public static let history: [Int: [Int: ReciprocitySimulation.Shock]] = [
    36: [1: .add(-0.15), 2: .add(-0.10)], 48: [0: .add(-0.25), 1: .add(-0.40)], 54: [0: .add(0.20)],
  ]
  /// Had Apple lowered its commission in 2019.
  public static let counterfactual: [Int: [Int: ReciprocitySimulation.Shock]] = [
    36: [1: .add(-0.05)], 44: [0: .add(0.15)], 48: [1: .add(-0.10)], 54: [0: .add(0.20)],
  ]

  /// The noise of the released suite: 198 normal numbers of deviation 0.02 from NumPy's `RandomState(42)`.
  public static var releasedNoise: [Double] {
    var random = MersenneTwister(seed: 42)
    return (0..<198).map { _ in 0.02 * random.normal() }
  }

  public var shocks = Self.history

  public init() {}

  /// - Parameter noise: 198 numbers, quarter after quarter and actor after actor (the original's have a standard
  ///   deviation of 0.02); nil: none.
  public func run(noise: [Double]? = nil) -> Outcome {
    let reciprocity = ReciprocityParameters(
      strength: 0.85, elasticity: 1.3, sensitivity: 1.2, memory: 4, weight: 1, amplification: 0.6)
    var simulation = ReciprocitySimulation(
      reciprocity, dependence: [[0, 0.66, 0.71], [0.88, 0, 0.30], [0.92, 0.30, 0]], baseline: 0.5,
      action: 0.5,
      trust: 0.5)
    simulation.initialActions = [0.70, 0.65, 0.68]
    simulation.initialTrust = [[1, 0.7, 0.7], [0.7, 1, 0.5], [0.7, 0.5, 1]]
    (simulation.rate, simulation.decay, simulation.adaptation) = (0.12, 0.05, 0.08)
    simulation.shocks = shocks
    let course = simulation.run(steps: 66, noise: noise)
    let means = Self.phases.map { phase in
      (0..<3).map { actor in
        phase.quarters.reduce(0) { $0 + course.actions[$1][actor] } / Double(phase.quarters.count)
      }
    }
    let (flat, targets) = (means.flatMap { $0 }, Self.phases.flatMap(\.targets))
    return Outcome(
      course: course, phaseMeans: means,
      indicators: Self.phases.indices.flatMap { Self.indicators($0, course, means[$0]) },
      correlation: Correlation.pearson(flat, targets),
      rootMeanSquareError: (zip(flat, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 15)
        .squareRoot())
  }

  /// The points of a phase, indicator after indicator.
  private static func indicators(
    _ phase: Int, _ course: ReciprocitySimulation.Course, _ means: [Double]
  ) -> [CaseIndicator] {
    let actions = phases[phase].quarters.map { course.actions[$0] }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func variance(_ actor: Int) -> Double {
      let own = actions.map { $0[actor] }
      let middle = mean(own)
      return mean(own.map { ($0 - middle) * ($0 - middle) })
    }
    func half(_ isFull: Bool) -> Double { isFull ? 1 : 0.5 }
    let variances = (0..<3).map(variance)
    let change = mean(actions.last!) - mean(actions[0])
    let error = mean(zip(means, phases[phase].targets).map { abs($0 - $1) / $1 })
    let steps = zip(actions, actions.dropFirst())
    let jump = steps.flatMap { zip($0, $1).map { abs($1 - $0) } }.max() ?? 0

    let trend =
      switch phase {
      case 0, 4: half(change > 0)
      case 1: half(mean(variances.map { $0.squareRoot() }) < 0.05)
      case 2: change < 0 ? 1.0 : 0.0
      default: half(change < -0.1)
      }
    let magnitude = error < 0.15 ? 1.0 : error < 0.25 ? 0.5 : 0.0
    let memory = phase == 0 ? 0.5 : half(jump < 0.2)
    let asymmetry = half(variances[1] > 0 || variances[2] > 0)
    let alignment = half(phase != 4)
    let punishment: Double =
      switch phase {
      case 2: half(actions.last![1] < actions[0][1])
      case 3: half(change < 0)
      default: 1
      }
    var rows: [(String, Double)] = [
      ("trend", trend), ("magnitude", magnitude), ("memory", memory), ("asymmetry", asymmetry),
      ("trust alignment", alignment), ("timing (always given)", 1),
      ("stability", half(mean(variances) < (phase == 2 || phase == 3 ? 0.05 : 0.01))),
      ("sensitivity", phase == 3 ? half(-change > 0.1) : 1), ("overall fit", half(error < 0.15)),
    ]
    // Not applicable in the first phase.
    if phase > 0 { rows.append(("punishment", punishment)) }
    if phase == 4 {
      let rising = steps.filter { mean($1) - mean($0) > -0.01 }.count
      rows.append(("forgiveness", half(change > 0.05)))
      rows.append(("recovery shape", half(Double(rising) / Double(actions.count - 1) > 0.7)))
    }
    return rows.map { CaseIndicator(phases[phase].name, $0.0, $0.1, of: 1) }
  }
}
