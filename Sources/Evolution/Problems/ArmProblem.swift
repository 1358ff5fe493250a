import Foundation
import Rewards
import Worlds

/// A redundant arm in the plane: `joints` links of equal length, all together 1 long, fixed at the origin.
///
/// Gene j in [-1, 1] bends joint j by gene times pi/2 against the link before. The behaviour is where the hand ends:
/// a point of the unit disc, so that a square grid over [-1, 1]^2 can be covered to pi/4 at most.
public struct ArmProblem: Problem {
  /// A disc that pays 1 at its centre, falling linearly to 0 at its rim.
  public struct Area: Sendable, Equatable {
    public var x, y, radius: Double

    public init(x: Double, y: Double, radius: Double) {
      self.x = x
      self.y = y
      self.radius = radius
    }
  }

  /// What is paid.
  public enum Objective: Sendable, Equatable {
    /// Nothing except in these discs.
    case areas([Area])
    /// 1 - the variance of the genes (the usual dense objective of arm repertoires), in [0, 1].
    case smoothness
  }

  public let genomeLength: Int
  public let objective: Objective
  /// Pixels a side of the view; 0 for none.
  public let imageSize: Int

  public var geneRange: ClosedRange<Double> { -1...1 }
  public var descriptorRanges: [ClosedRange<Double>] { [-1...1, -1...1] }
  public var viewWidth: Int { imageSize * imageSize }
  public var areas: Int {
    if case .areas(let list) = objective { list.count } else { 1 }
  }

  /// The two discs of radius 0.1 that the sparse arm of the reproduction has.
  public static let twoAreas = Objective.areas([
    Area(x: -0.55, y: 0.55, radius: 0.1), Area(x: 0.6, y: -0.6, radius: 0.1),
  ])

  public init(joints: Int = 20, objective: Objective = Self.twoAreas, imageSize: Int = 0) {
    precondition(joints >= 1 && imageSize >= 0, "an arm has at least one joint")
    genomeLength = joints
    self.objective = objective
    self.imageSize = imageSize
  }

  /// The parameters that a file or command can give.
  public static let parameters = [
    Parameter("joints", .integer, default: .integer(20), range: 1...1000, help: "links of the arm"),
    Parameter(
      "objective", .choice(["areas", "smoothness"]), default: .string("areas"),
      help: "areas: discs pay; smoothness: 1 - the variance of the genes"),
    Parameter(
      "areas", .json, default: .null,
      help: "discs that pay, a list of {x, y, radius}; left out: two of radius 0.1"),
    Parameter(
      "image_size", .integer, default: .null, range: 8...256,
      help: "pixels a side of the view that taxons and stax learn from; left out: 32 for them"),
  ]

  /// - Parameters:
  ///   - given: See `parameters`.
  ///   - imageSize: Pixels a side where `given` says nothing.
  /// - Throws: `ParameterError` for values out of range and areas that are none.
  public init(_ given: JSONObject, imageSize: Int = 0) throws(ParameterError) {
    let values = try Parameters(given, of: Self.parameters)
    let areas = try Self.areas(values.json("areas"))
    let isSmooth = values.string("objective") == "smoothness"
    if isSmooth, areas != nil {
      throw ParameterError(parameter: "areas", "areas go with objective: areas, not with smoothness")
    }
    self.init(
      joints: values.int("joints"), objective: isSmooth ? .smoothness : areas ?? Self.twoAreas,
      imageSize: values.optionalInt("image_size") ?? imageSize)
  }

  private static func areas(_ value: JSONValue) throws(ParameterError) -> Objective? {
    if case .null = value { return nil }
    func fail(_ found: JSONValue) -> ParameterError {
      ParameterError(
        parameter: "areas", expected: "a list of {x, y, radius} with a radius above 0", found: found.summary)
    }
    func number(_ value: JSONValue?) -> Double? {
      switch value {
      case .integer(let number): Double(number)
      case .number(let number): number.isFinite ? number : nil
      default: nil
      }
    }
    guard case .array(let items) = value, !items.isEmpty else { throw fail(value) }
    var areas: [Area] = []
    for item in items {
      guard case .object(let object) = item, Set(object.keys) == ["x", "y", "radius"],
        let x = number(object["x"]), let y = number(object["y"]), let radius = number(object["radius"]),
        radius > 0
      else { throw fail(item) }
      areas.append(Area(x: x, y: y, radius: radius))
    }
    return .areas(areas)
  }

  public func evaluate(
    _ genome: UnsafeBufferPointer<Double>, descriptor: UnsafeMutableBufferPointer<Double>,
    view: UnsafeMutableBufferPointer<Float>?, random: inout PCG64
  ) -> Trial {
    view?.update(repeating: 0)
    var (angle, x, y) = (0.0, 0.0, 0.0)
    let link = 1 / Double(genomeLength)
    for joint in 0..<genomeLength {
      angle += min(max(genome[joint], -1), 1) * (.pi / 2)
      x += cos(angle) * link
      y += sin(angle) * link
      if let view, joint % 4 == 3 || joint == genomeLength - 1 {
        draw(x, y, weight: joint == genomeLength - 1 ? 1 : 0.4, in: view)
      }
    }
    descriptor[0] = x
    descriptor[1] = y
    return outcome(genome, x, y)
  }

  private func outcome(_ genome: UnsafeBufferPointer<Double>, _ x: Double, _ y: Double) -> Trial {
    switch objective {
    case .areas(let list):
      for (index, area) in list.enumerated() {
        let distance = ((x - area.x) * (x - area.x) + (y - area.y) * (y - area.y)).squareRoot()
        if distance < area.radius { return Trial(fitness: 1 - distance / area.radius, area: index) }
      }
      return Trial(fitness: 0)
    case .smoothness:
      var (sum, squares) = (0.0, 0.0)
      for gene in genome {
        sum += gene
        squares += gene * gene
      }
      let mean = sum / Double(genome.count)
      return Trial(fitness: 1 - (squares / Double(genome.count) - mean * mean), area: 0)
    }
  }

  /// A Gaussian blob of 1.5 pixels; where blobs meet, the brighter counts.
  private func draw(_ x: Double, _ y: Double, weight: Float, in view: UnsafeMutableBufferPointer<Float>) {
    let (column, row) = ((x + 1) / 2 * Double(imageSize - 1), (y + 1) / 2 * Double(imageSize - 1))
    let reach = 8.0
    let rows = max(0, Int(row - reach))...min(imageSize - 1, Int(row + reach))
    let columns = max(0, Int(column - reach))...min(imageSize - 1, Int(column + reach))
    for i in rows {
      let down = Float(exp(-(Double(i) - row) * (Double(i) - row) / 4.5)) * weight
      for j in columns {
        let light = down * Float(exp(-(Double(j) - column) * (Double(j) - column) / 4.5))
        if light > view[i * imageSize + j] { view[i * imageSize + j] = light }
      }
    }
  }
}
