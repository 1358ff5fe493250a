import Foundation
import Rewards

/// A case study as its report scores it: the rubric line by line, and what it rests on.
public struct CaseReport: Sendable {
  /// As `laurel coopetition cases` names it.
  public var name: String
  public var title: String
  public var indicators: [CaseIndicator]
  /// What was predicted or measured, by name.
  public var facts: [(name: String, value: Double)]
  /// What the score does not say.
  public var caution: String

  public var total: Double { indicators.points() }
  /// The most that can be had.
  public var of: Double { indicators.reduce(0) { $0 + $1.of } }

  /// The four case studies, in both versions where there are two. The scores are those of the released suites.
  /// - Throws: Nothing for the shipped parameters.
  public static func all() throws -> [CaseReport] {
    [
      venture("slcd-log", "TR-1: Samsung and Sony's S-LCD, logarithmic value", .logarithmic(scale: 20), 0.65),
      venture("slcd-power", "TR-1: Samsung and Sony's S-LCD, power value", .power(exponent: 0.75), 0.5),
      alliance(),
      try foundation("apache-sum", "TR-3: the Apache HTTP Server, sum of welfare (the paper)", .sum),
      try foundation("apache-mean", "TR-3: the Apache HTTP Server, mean welfare (the released code)", .mean),
      store("appstore", "TR-4: the App Store, with the released noise", StoreCase.releasedNoise),
      store("appstore-plain", "TR-4: the App Store, without noise", nil),
    ]
  }

  private static func venture(
    _ name: String, _ title: String, _ value: ValueFunction, _ synergyWeight: Double
  ) -> CaseReport {
    let outcome = VentureCase(value: value, synergyWeight: synergyWeight).run()
    return CaseReport(
      name: name, title: title, indicators: outcome.indicators,
      facts: [
        ("Samsung's action", outcome.equilibrium[0]), ("Sony's action", outcome.equilibrium[1]),
        ("gain of cooperation, %", outcome.cooperationGain), ("gain of value, %", outcome.valueGain),
        ("Samsung's share", outcome.share), ("asymmetry", outcome.asymmetry),
      ], caution: "Bands, not accuracy: random parameters score 54 of 60 on average.")
  }

  private static func alliance() -> CaseReport {
    let outcome = AllianceCase().run()
    let last = outcome.trust.count - 1
    return CaseReport(
      name: "renault-nissan", title: "TR-2: the Renault-Nissan alliance", indicators: outcome.indicators,
      facts: [
        ("final mean trust", outcome.mean(last)), ("F of the phases", outcome.analysis.f),
        ("p", outcome.analysis.probability),
      ],
      caution: "10 points are always given, and the shipped initial trust has two entries swapped.")
  }

  private static func foundation(
    _ name: String, _ title: String, _ welfare: TeamParameters.Welfare
  ) throws -> CaseReport {
    let outcome = try FoundationCase(welfare: welfare).run()
    return CaseReport(
      name: name, title: title, indicators: outcome.indicators,
      facts: zip(FoundationCase.phases, outcome.efforts).map { ("effort, \($0.name)", $1) } + [
        ("RMSE against documented efforts", outcome.rootMeanSquareError),
        ("mean error, %", outcome.meanAbsolutePercentageError), ("Pearson's r", outcome.correlation),
      ], caution: "Order and bands only: the documented efforts are 6.8, 5.2, 4.1 and 3.8.")
  }

  private static func store(_ name: String, _ title: String, _ noise: [Double]?) -> CaseReport {
    let outcome = StoreCase().run(noise: noise)
    return CaseReport(
      name: name, title: title, indicators: outcome.indicators,
      facts: [
        ("Pearson's r", outcome.correlation), ("RMSE against the targets", outcome.rootMeanSquareError),
      ], caution: "Timing is given always, asymmetry and some of punishment by construction.")
  }
}

extension CaseReport {
  public var json: JSONValue {
    .object(
      JSONObject([
        ("name", .string(name)), ("title", .string(title)), ("score", .number(total)), ("of", .number(of)),
        (
          "indicators",
          .array(
            indicators.map { one in
              .object(
                JSONObject([
                  ("category", .string(one.category)), ("indicator", .string(one.name)),
                  ("points", .number(one.points)), ("of", .number(one.of)),
                ]))
            })
        ), ("facts", .object(JSONObject(facts.map { ($0.name, .number($0.value)) }))),
        ("caution", .string(caution)),
      ]))
  }

  /// A line an indicator.
  public var lines: [String] {
    func number(_ value: Double) -> String { String(format: "%g", value) }
    let width = indicators.map { $0.category.count + $0.name.count + 2 }.max() ?? 0
    return ["\(name): \(title): \(number(total)) of \(number(of))"]
      + indicators.map { one in
        "  " + "\(one.category): \(one.name)".padding(toLength: width + 2, withPad: " ", startingAt: 0)
          + "\(number(one.points)) of \(number(one.of))"
      } + facts.map { "  \($0.name) = \(String(format: "%.4g", $0.value))" } + ["  \(caution)"]
  }
}
