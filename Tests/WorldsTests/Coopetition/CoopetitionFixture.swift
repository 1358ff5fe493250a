import Foundation
import Rewards

@testable import Worlds

/// Numbers of the original, condensed from the runs listed in the fixture's `source`.
enum CoopetitionFixture {
  static let all: JSONValue = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = FileManager.default.contents(atPath: folder.appending(path: "Fixtures/coopetition.json").path)!
    return try! JSONParser().parse(data)
  }()

  static func part(_ name: String) -> JSONObject { all[name].object }
}

/// Data sets that may stand beside the package; tests skip with a message where they do not.
enum SharedCoopetitionData {
  static func path(_ name: String) -> String? {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let shared =
      ProcessInfo.processInfo.environment["LAUREL_SHARED"]
      ?? root.appending(path: "../shared").standardized.path
    let path = "\(shared)/data/coopetition/\(name).json"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}

extension JSONValue {
  subscript(_ key: String) -> JSONValue { object[key] ?? .null }
  subscript(_ index: Int) -> JSONValue { array[index] }
  var object: JSONObject { if case .object(let value) = self { value } else { JSONObject() } }
  var array: [JSONValue] { if case .array(let value) = self { value } else { [] } }
  var text: String { if case .string(let value) = self { value } else { "" } }
  var isTrue: Bool { if case .bool(let value) = self { value } else { false } }
  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: .nan
    }
  }
  var int: Int { Int(double) }
}

extension Double {
  /// Within a relative error, or an absolute one below 1.
  func isClose(_ other: Double, _ tolerance: Double) -> Bool {
    abs(self - other) <= tolerance * max(1, abs(other))
  }
}

/// A registered coopetition game.
func game(_ name: String, _ given: [(String, JSONValue)] = []) throws -> CoopetitionGame {
  try WorldRegistry.standard.world(name, JSONObject(given)) as! CoopetitionGame
}

/// The outcome of one episode.
struct Episode {
  var steps = 0
  var returns: [Double]
  var rewards: [[Double]] = []
  var state: CoopetitionState
  var terminated = false

  var total: Double { returns.reduce(0, +) }
}

/// Plays one episode with `action(step, agent)`.
func play(_ world: CoopetitionGame, seed: UInt64 = 99, _ action: (Int, Int) -> Double) throws -> Episode {
  let environment = world.environment(seed: seed)
  environment.reset(seed: seed)
  var episode = Episode(returns: Array(repeating: 0, count: world.agents), state: environment.state!)
  while true {
    let transition = try environment.step((0..<world.agents).map { Float(action(episode.steps, $0)) })
    episode.steps += 1
    episode.rewards.append(transition.rewards)
    for agent in 0..<world.agents { episode.returns[agent] += transition.rewards[agent] }
    if transition.isLast {
      episode.terminated = transition.terminated
      episode.state = environment.state!
      return episode
    }
  }
}
