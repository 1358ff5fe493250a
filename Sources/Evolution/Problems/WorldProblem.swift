import Rewards
import Worlds

/// Any single-agent world as a problem: the genome is a small controller's weights, the fitness an episode's sum of
/// rewards, the behaviour what the trajectory says.
public struct WorldProblem<W: World>: Problem {
  /// What a trajectory's descriptor is.
  public enum Descriptor: Sendable, Equatable {
    /// The last observation's numbers at these places.
    case final([Int])
    /// The mean of these numbers over the episode.
    case mean([Int])
    /// The order-2 signature of the path of these numbers, with time as a further coordinate if wanted.
    case signature([Int], withTime: Bool)

    var places: [Int] {
      switch self {
      case .final(let places), .mean(let places), .signature(let places, _): places
      }
    }
  }

  public let world: W
  public let controller: FeedForwardController
  public let descriptor: Descriptor
  public let descriptorRanges: [ClosedRange<Double>]
  public let viewWidth: Int
  private let frames: Int
  private let steps: Int
  private let fixedStart: UInt64?
  private let action: Space
  private let observationWidth: Int

  public var genomeLength: Int { controller.genomeLength }
  public var geneRange: ClosedRange<Double> { -5...5 }

  /// The parameters that a command offers.
  public static var parameters: [Parameter] { worldProblemParameters }

  /// - Parameter given: See `parameters`.
  /// - Throws: `ParameterError` for a world with several agents, one without a time limit and no `steps`, places that
  ///   do not exist, or an unbounded descriptor without `low` and `high`.
  public init(_ world: W, _ given: JSONObject = JSONObject()) throws(ParameterError) {
    let values = try Parameters(given, of: worldProblemParameters)
    guard world.agents == 1 else {
      throw ParameterError(
        parameter: "world", "it has \(world.agents) agents; one controller searches worlds with one agent")
    }
    guard let steps = values.optionalInt("steps") ?? world.maximumSteps else {
      throw ParameterError(
        parameter: "steps", "the world has no time limit of its own: say how many steps an episode may have")
    }
    self.world = world
    self.steps = steps
    action = world.actionSpace(of: 0)
    let width = world.observationWidth
    observationWidth = width
    let outputs =
      switch action {
      case .discrete(let count): count
      case .box(let low, _): low.count
      }
    controller = FeedForwardController(
      inputs: Self.inputWidth(world), outputs: outputs, hidden: values.int("hidden"),
      layers: values.int("layers"))
    let places = try worldProblemNumbers("observe", values.json("observe")).map { $0.map { Int($0) } }
    let chosen = places ?? Array(0..<min(2, width))
    guard !chosen.isEmpty, chosen.allSatisfy({ $0 >= 0 && $0 < width }) else {
      throw ParameterError(
        parameter: "observe", expected: "places from 0 to \(width - 1)", found: "\(chosen)")
    }
    descriptor =
      switch values.string("descriptor") {
      case "mean": .mean(chosen)
      case "signature": .signature(chosen, withTime: values.bool("time"))
      default: .final(chosen)
      }
    descriptorRanges = try Self.ranges(of: descriptor, in: world, values)
    frames = values.int("frames")
    viewWidth = frames * observationWidth
    fixedStart = values.bool("fixed_start") ? UInt64(values.int("start_seed")) : nil
  }

  /// A discrete observation is shown one-hot.
  private static func inputWidth(_ world: W) -> Int {
    if case .discrete(let count) = world.observationSpace(of: 0) { count } else { world.observationWidth }
  }

  private static func ranges(
    of descriptor: Descriptor, in world: W, _ values: Parameters
  ) throws(ParameterError) -> [ClosedRange<Double>] {
    let low = try worldProblemNumbers("low", values.json("low"))
    let high = try worldProblemNumbers("high", values.json("high"))
    var bounds: [ClosedRange<Double>] = []
    for (index, place) in descriptor.places.enumerated() {
      var (least, most) =
        switch world.observationSpace(of: 0) {
        case .discrete(let count): (0.0, Double(max(count - 1, 1)))
        case .box(let low, let high): (Double(low[place]), Double(high[place]))
        }
      if let low, low.count == descriptor.places.count { least = low[index] }
      if let high, high.count == descriptor.places.count { most = high[index] }
      guard least.isFinite, most.isFinite, least < most, most - least < 1e30 else {
        throw ParameterError(
          parameter: "low",
          "observation \(place) is unbounded: give low and high, one number for each place of observe")
      }
      bounds.append(least...most)
    }
    guard case .signature(_, let withTime) = descriptor else { return bounds }
    // A path inside the box: displacement at most the box, area at most about the product of two sides.
    var sides = bounds.map { $0.upperBound - $0.lowerBound }
    if withTime { sides.append(1) }
    return sides.map { -$0...$0 } + sides.flatMap { a in sides.map { -a * $0...a * $0 } }
  }

  /// What each number of the descriptor is, in words.
  public var descriptorNames: [String] {
    switch descriptor {
    case .final(let places): places.map { "final observation \($0)" }
    case .mean(let places): places.map { "mean observation \($0)" }
    case .signature(let places, let withTime):
      signatureNames(places.map { "observation \($0)" } + (withTime ? ["time"] : []))
    }
  }

  private func signatureNames(_ axes: [String]) -> [String] {
    axes.map { "S1 of \($0)" } + axes.flatMap { a in axes.map { b in "S2 of \(a), \(b)" } }
  }

  /// N(0, 1) for every weight, clipped.
  public func drawGenome(into genome: UnsafeMutableBufferPointer<Double>, random: inout PCG64) {
    for index in genome.indices { genome[index] = min(max(random.normal(), -5), 5) }
  }

  public func evaluate(
    _ genome: UnsafeBufferPointer<Double>, descriptor target: UnsafeMutableBufferPointer<Double>,
    view: UnsafeMutableBufferPointer<Float>?, random: inout PCG64
  ) -> Trial {
    var start = fixedStart.map { PCG64(seed: $0) } ?? random
    var rewards = 0.0
    let path = trajectory(genome, &rewards, &start)
    if fixedStart == nil { random = start }
    describe(path, into: target)
    if let view {
      let count = path.count / observationWidth
      for frame in 0..<frames {
        // Equally spaced in time, the last one at the end, the beginning left out.
        let time = (frame + 1) * (count - 1) / frames
        for index in 0..<observationWidth {
          view[frame * observationWidth + index] = path[time * observationWidth + index]
        }
      }
    }
    return Trial(fitness: rewards, area: 0)
  }

  /// All observations of one episode.
  private func trajectory(
    _ genome: UnsafeBufferPointer<Double>, _ rewards: inout Double, _ random: inout PCG64
  ) -> [Float] {
    var state = world.initialState(after: nil, random: &random)
    var path: [Float] = []
    path.reserveCapacity((steps + 1) * observationWidth)
    var observation = [Float](repeating: 0, count: observationWidth)
    var input = [Float](repeating: 0, count: controller.inputs)
    var output = [Double](repeating: 0, count: controller.outputs)
    var scratch = [Double](repeating: 0, count: controller.scratchWidth)
    var actions = [Float](repeating: 0, count: action.width)
    var reward = [0.0]
    for step in 0...steps {
      observation.withUnsafeMutableBufferPointer { world.observe(state, agent: 0, into: $0) }
      path += observation
      if step == steps { break }
      show(observation, &input)
      input.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          scratch.withUnsafeMutableBufferPointer {
            controller.act(genome, on: input, into: output, scratch: $0)
          }
        }
      }
      choose(output, &actions)
      let isOver = actions.withUnsafeBufferPointer { actions in
        reward.withUnsafeMutableBufferPointer {
          world.step(&state, actions: actions, rewards: $0, random: &random)
        }
      }
      rewards += reward[0]
      if isOver {
        observation.withUnsafeMutableBufferPointer { world.observe(state, agent: 0, into: $0) }
        path += observation
        break
      }
    }
    return path
  }

  private func show(_ observation: [Float], _ input: inout [Float]) {
    if case .discrete = world.observationSpace(of: 0) {
      for index in input.indices { input[index] = Float(index) == observation[0] ? 1 : 0 }
    } else {
      input = observation
    }
  }

  /// The highest output's choice, or outputs stretched over the box.
  private func choose(_ output: [Double], _ actions: inout [Float]) {
    switch action {
    case .discrete:
      var best = 0
      for index in output.indices where output[index] > output[best] { best = index }
      actions[0] = Float(best)
    case .box(let low, let high):
      for index in output.indices {
        let (from, to) = (Double(max(low[index], -1e6)), Double(min(high[index], 1e6)))
        actions[index] = min(
          max(Float(from + (output[index] + 1) / 2 * (to - from)), low[index]), high[index])
      }
    }
  }

  private func describe(_ path: [Float], into target: UnsafeMutableBufferPointer<Double>) {
    let width = observationWidth
    let count = path.count / width
    switch descriptor {
    case .final(let places):
      for (index, place) in places.enumerated() { target[index] = Double(path[(count - 1) * width + place]) }
    case .mean(let places):
      for (index, place) in places.enumerated() {
        target[index] = (0..<count).reduce(0) { $0 + Double(path[$1 * width + place]) } / Double(count)
      }
    case .signature(let places, let withTime):
      let points = (0..<count).flatMap { row in places.map { Double(path[row * width + $0]) } }
      let signature =
        withTime
        ? PathSignature(
          path: PathSignature.withTime(points, width: places.count, duration: Double(steps)),
          width: places.count + 1)
        : PathSignature(path: points, width: places.count)
      for (index, value) in signature.descriptor.enumerated() { target[index] = value }
    }
  }
}

private let worldProblemParameters = [
  Parameter("hidden", .integer, default: .integer(5), range: 1...1000, help: "neurons of a hidden layer"),
  Parameter("layers", .integer, default: .integer(2), range: 0...10, help: "hidden layers"),
  Parameter(
    "steps", .integer, default: .null, range: 1...1e7,
    help: "steps of an episode; left out: the world's limit"),
  Parameter(
    "descriptor", .choice(["final", "mean", "signature"]), default: .string("final"),
    help: "the last observation, the mean over the episode, or the path's signature"),
  Parameter(
    "observe", .json, default: .null,
    help: "places of the observation that describe a behaviour; left out: 0, 1"),
  Parameter("low", .json, default: .null, help: "lower ends for unbounded observations, one a place"),
  Parameter("high", .json, default: .null, help: "upper ends for unbounded observations, one a place"),
  Parameter("time", .bool, default: .bool(false), help: "time as a further coordinate of the signature"),
  Parameter(
    "frames", .integer, default: .integer(5), range: 1...1000,
    help: "observations of a view, equally spaced over the episode (taxons and stax learn from them)"),
  Parameter(
    "fixed_start", .bool, default: .bool(true),
    help: "every trial begins with the same random numbers; false: another episode each time"),
  Parameter(
    "start_seed", .integer, default: .integer(0), range: 0...1e15, help: "the seed of those random numbers"),
]

/// A list of numbers, or nil for `.null`.
private func worldProblemNumbers(_ name: String, _ value: JSONValue) throws(ParameterError) -> [Double]? {
  if case .null = value { return nil }
  guard case .array(let items) = value else {
    throw ParameterError(parameter: name, expected: "a list of numbers", found: value.summary)
  }
  var numbers: [Double] = []
  for item in items {
    switch item {
    case .integer(let number): numbers.append(Double(number))
    case .number(let number): numbers.append(number)
    default:
      throw ParameterError(
        parameter: name, expected: "a list of numbers", found: "a list with \(item.summary) in it")
    }
  }
  return numbers
}

extension QualityDiversity {
  /// The parameters with which a world becomes a problem (`WorldProblem`).
  public static let worldParameters: [Parameter] = worldProblemParameters

  /// Searches a world.
  /// - Parameters:
  ///   - problem: See `worldParameters`.
  ///   - parameters: The method's.
  public static func run(
    world: any World, problem: JSONObject = JSONObject(), method: String,
    parameters: JSONObject = JSONObject(), budget: Int, seed: UInt64, keepsPartial: Bool = false,
    progress: @escaping @Sendable (Double) -> Bool = { _ in true }
  ) throws -> Exploration {
    func open<W: World>(_ world: W) throws -> Exploration {
      try run(
        WorldProblem(world, problem), method: method, parameters: parameters, budget: budget, seed: seed,
        keepsPartial: keepsPartial, progress: progress)
    }
    return try open(world)
  }
}
