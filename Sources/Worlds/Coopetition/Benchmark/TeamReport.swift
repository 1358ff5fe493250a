import Foundation
import Rewards

/// What a team of your own does by TR-3: equilibrium effort by loyalty, beside free riding and the optimum.
public struct TeamReport: Sendable {
  public var loyalties: [Double]
  /// One equilibrium; only the total is unique.
  public var efforts: [Double]
  public var total: Double
  /// The totals without loyalty and at the social optimum, inside the bounds.
  public var freeRiding, optimum: Double
  /// Mean loyalty, weighted.
  public var cohesion: Double
  /// (both - none) / ((benefit alone - none) + (tolerance alone - none)), in totals; nil where neither does anything.
  public var synergy: Double?
  /// Team output and the sum of the members' payoffs.
  public var output, welfare: Double

  /// - Parameter weights: How much the team depends on each member; all the same when empty.
  /// - Throws: `TeamEquilibrium.Failure`, also for loyalties outside [0, 1].
  public init(_ team: TeamParameters, loyalties: [Double], weights: [Double] = []) throws {
    guard !loyalties.isEmpty, loyalties.allSatisfy({ 0...1 ~= $0 }) else {
      throw TeamEquilibrium.Failure.parameter("a team needs members, each with a loyalty from 0 to 1")
    }
    guard weights.isEmpty || weights.count == loyalties.count, weights.allSatisfy({ $0 >= 0 }) else {
      throw TeamEquilibrium.Failure.parameter(
        "\(loyalties.count) members need as many weights, none negative; found \(weights.count)")
    }
    func total(_ benefit: Double, _ tolerance: Double, _ loyalties: [Double]) throws -> Double {
      var part = team
      (part.benefit, part.tolerance) = (benefit, tolerance)
      return try TeamEquilibrium(part).waterFilling(loyalties: loyalties).reduce(0, +)
    }
    self.loyalties = loyalties
    efforts = try TeamEquilibrium(team).waterFilling(loyalties: loyalties)
    self.total = efforts.reduce(0, +)
    let count = Double(loyalties.count)
    let nobody = loyalties.map { _ in 0.0 }
    freeRiding = try total(team.benefit, team.tolerance, nobody)
    optimum = count * min(team.maximumEffort, team.optimalEffort(members: loyalties.count))
    cohesion = TeamCohesion.cohesion(
      loyalties: loyalties, weights: weights.isEmpty ? loyalties.map { _ in 1 } : weights)
    let alone =
      try total(team.benefit, 0, loyalties) + total(0, team.tolerance, loyalties) - 2 * freeRiding
    synergy = alone > 1e-12 ? (self.total - freeRiding) / alone : nil
    output = team.output(total: self.total)
    welfare = team.payoffs(efforts).reduce(0, +)
  }

  public var json: JSONValue {
    .object(
      JSONObject([
        ("loyalties", .numbers(loyalties)), ("efforts", .numbers(efforts)), ("total", .number(total)),
        ("free_riding_total", .number(freeRiding)), ("optimal_total", .number(optimum)),
        ("cohesion", .number(cohesion)), ("synergy", synergy.map { .number($0) } ?? .null),
        ("output", .number(output)), ("welfare", .number(welfare)),
      ]))
  }

  public var lines: [String] {
    zip(loyalties, efforts).enumerated().map { member, pair in
      String(format: "member %d  loyalty %.2f  effort %.4f", member, pair.0, pair.1)
    } + [
      String(format: "total effort  %.4f (only the total is unique)", total),
      String(format: "free riding   %.4f", freeRiding), String(format: "optimum       %.4f", optimum),
      String(format: "cohesion      %.4f", cohesion),
      "synergy       " + (synergy.map { String(format: "%.4f", $0) } ?? "none"),
      String(format: "output        %.4f, welfare %.4f", output, welfare),
    ]
  }
}
