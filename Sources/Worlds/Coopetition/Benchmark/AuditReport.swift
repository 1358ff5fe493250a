import Foundation
import Rewards

/// Both exploitation audits of a game, in the paper's form and with a late drop that can pay.
public struct AuditReport: Sendable {
  public struct Part: Sendable {
    public var name: String
    /// What `place` is: a level, or a step.
    public var place: String
    public var rows: [ExploitationAudit.Row]
    /// Of late drops only.
    public var vulnerability: ExploitationAudit.Vulnerability?

    public var exploitative: Int { rows.count { $0.isExploitative } }
  }

  public var world: String
  public var mode: RewardMode
  public var parts: [Part]

  /// - Throws: `ParameterError`.
  public init(world name: String, options: JSONObject = JSONObject(), mode: RewardMode) throws {
    let game = try Coopetition.game(name, options, mode: mode.rawValue)
    let audit = ExploitationAudit(game)
    (world, self.mode) = (name.lowercased(), mode)
    func late(_ name: String, _ target: Double) -> Part {
      let rows = audit.lateRows(target: target)
      return Part(
        name: name, place: "from step", rows: rows,
        vulnerability: ExploitationAudit.vulnerability(rows, length: game.parameters.maximumSteps))
    }
    parts = [
      Part(name: "static: agent 0 does half of what the others do", place: "level", rows: audit.staticRows()),
      late("late: agent 0 drops from half to nothing (the paper's, which cannot pay)", 0),
      late("late: agent 0 drops from half to a fifth", 0.2),
      Part(name: "early: agent 0 begins with nothing", place: "until step", rows: audit.earlyRows()),
      Part(name: "ramp: agent 0 fades out", place: "from step", rows: [audit.rampRow()]),
    ]
  }

  public var json: JSONValue {
    .object(
      JSONObject([
        ("world", .string(world)), ("reward_mode", .string(mode.rawValue)),
        (
          "audits",
          .array(
            parts.map { part in
              var object = JSONObject([
                ("name", .string(part.name)), ("exploitative", .integer(part.exploitative)),
                ("of", .integer(part.rows.count)),
              ])
              if let vulnerability = part.vulnerability { object["class"] = .string(vulnerability.rawValue) }
              object["rows"] = .array(
                part.rows.map { row in
                  .object(
                    JSONObject([
                      ("place", .number(row.place)), ("gain", .number(row.gain)),
                      ("others_change", .number(row.othersChange)),
                      ("exploitative", .bool(row.isExploitative)),
                    ]))
                })
              return .object(object)
            })
        ),
      ]))
  }

  public var lines: [String] {
    parts.flatMap { part in
      let verdict = part.vulnerability.map { ", \($0.rawValue)" } ?? ""
      return ["\(part.name): \(part.exploitative) of \(part.rows.count) exploitative\(verdict)"]
        + part.rows.map { row in
          String(
            format: "  %@ %g: gain %+.2f, others %+.2f%@", part.place, row.place, row.gain, row.othersChange,
            row.isExploitative ? "  <- exploitative" : "")
        }
    }
  }
}
