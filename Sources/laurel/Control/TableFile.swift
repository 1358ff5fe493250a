import Foundation
import Rewards
import Worlds

/// A table in policy.json: {"holds": "action values" or "probabilities", "states": [[a number for each action], ...]}.
enum TableFile {
  static let name = "policy.json"

  static func json(_ table: StateActionTable, holds: String) -> JSONValue {
    .object(
      JSONObject([
        ("holds", .string(holds)),
        ("states", .array((0..<table.states).map { .array(table.row($0).map(JSONValue.number)) })),
      ]))
  }

  /// - Throws: `ValidationFailure` when it is no such file.
  static func read(_ path: String) throws -> StateActionTable {
    func wrong(_ problem: String) -> ValidationFailure {
      ValidationFailure("\(path): \(problem); it is no table that laurel train wrote")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationFailure("cannot read \(path): no such file, or no permission")
    }
    guard case .object(let object)? = try? JSONValue(json: String(decoding: data, as: UTF8.self)),
      case .array(let rows)? = object["states"]
    else { throw wrong("no list \"states\"") }
    var values: [Double] = []
    var actions: Int?
    for (state, row) in rows.enumerated() {
      guard case .array(let items) = row, items.count == actions ?? items.count else {
        throw wrong("state \(state) has not the numbers that the others have")
      }
      let numbers = items.compactMap(\.double)
      guard numbers.count == items.count else {
        throw wrong("state \(state) holds something else than numbers")
      }
      actions = items.count
      values += numbers
    }
    guard let actions, actions > 0 else { throw wrong("no states") }
    return StateActionTable(states: rows.count, actions: actions, values: values)
  }
}
