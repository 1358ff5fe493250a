import Foundation
import Numeric
import Rewards
import Testing

@testable import Learned

@Suite struct DynamicsModelTests {
  /// A point that moves by half its action, with noise 0.05.
  private static func line(_ count: Int, seed: UInt64 = 11) -> TransitionData {
    var random = PCG64(seed: seed)
    var data = TransitionData(observationWidth: 1, actionWidth: 1)
    for _ in 0..<count {
      let (x, a) = (Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1)))
      data.append([x], [a], next: [x + 0.5 * a + 0.05 * Float(random.normal())])
    }
    return data
  }

  private static let settings = JSONObject([
    ("members", .integer(3)), ("elites", .integer(2)), ("hidden", .array([.integer(16)])),
    ("max_epochs", .integer(40)),
    ("batch_size", .integer(16)), ("rounds", .integer(60)), ("horizon", .integer(4)),
    ("learner_fit_steps", .integer(30)),
  ])

  @Test func aFileGivesTheSameModel() throws {
    let data = Self.line(300)
    let (model, warnings) = try DynamicsModel.fit(data, settings: Self.settings)
    #expect(warnings.contains { $0.contains("300 transitions are few") })
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("dynamics-\(UInt64.random(in: 0 ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    let read = try DynamicsModel(path: path)
    #expect(try read.scores(data) == model.scores(data))
    let starts: [Float] = [0, 0.2, -0.4]
    let filter = TransitionFilter(.best, stopsBelow: nil)
    let imagined = model.rollOut(from: starts, horizon: 6, filter: filter, seed: 2)
    #expect(read.rollOut(from: starts, horizon: 6, filter: filter, seed: 2) == imagined)
    #expect(
      imagined.count == 18 && imagined.last?.step == 6 && imagined.map(\.rollout).prefix(3) == [0, 1, 2])
    for (one, next) in zip(imagined, imagined.dropFirst(3)) {
      #expect(one.nextObservation == next.observation)
    }
    #expect(
      model.rollOut(from: starts, horizon: 6, filter: .init(.best, stopsBelow: .infinity), seed: 2).isEmpty)
  }

  @Test func whatTheEnvironmentDoesNotDoScoresLow() throws {
    let (model, _) = try DynamicsModel.fit(Self.line(600), settings: Self.settings)
    var (real, wrong, far) = (Self.line(200, seed: 5), Self.line(0), Self.line(0))
    for row in 0..<200 {
      let (x, a) = (real.observations[row], real.actions[row])
      wrong.append([x], [a], next: [x - 0.5 * a + 0.3])
      far.append([x + 8], [a], next: [x + 8 + 0.5 * a])
    }
    func mean(_ data: TransitionData, _ key: (DynamicsModel.Score) -> Double) throws -> Double {
      try model.scores(data).reduce(0) { $0 + key($1) } / Double(data.count)
    }
    let (known, unknown) = (try mean(real, \.rank), try mean(wrong, \.rank))
    #expect(0.35...0.65 ~= known && unknown < known - 0.1, "\(known), \(unknown)")
    let (expected, surprising) = (try mean(real, \.surprise), try mean(wrong, \.surprise))
    #expect(0.5...1.5 ~= expected && surprising > 4 * expected, "\(expected), \(surprising)")
    real = far
    #expect(try mean(real, \.surprise) > 2 * expected)
  }

  @Test func theRankIsTheShareBelow() throws {
    let (model, _) = try DynamicsModel.fit(Self.line(40), settings: Self.settings)
    #expect(model.rank(of: -1) == 0 && model.rank(of: .infinity) == 1)
    #expect(model.rank(of: model.fittedRewards[20]) == 0.5)
  }

  @Test func wrongSettingsAndDataAreSaid() throws {
    func message(_ settings: JSONObject, _ data: TransitionData = Self.line(40)) -> String {
      do {
        _ = try DynamicsModel.fit(data, settings: settings)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message(JSONObject([("round", .integer(10))])).contains("did you mean \"rounds\""))
    #expect(message(JSONObject([("elites", .integer(9))])).contains("9 elites of 7 members"))
    #expect(message(JSONObject([("hidden", .integer(9))])).contains("a list of widths"))
    #expect(
      message(JSONObject([("rounds", .integer(10)), ("snapshot_every", .integer(20))])).contains(
        "no snapshot"))
    #expect(message(JSONObject(), Self.line(4)).contains("4 transitions are too few"))
    let (model, _) = try DynamicsModel.fit(Self.line(40), settings: Self.settings)
    var other = TransitionData(observationWidth: 2, actionWidth: 1)
    other.append([0, 0], [0], next: [0, 0])
    #expect(throws: DynamicsDataError.self) { try model.scores(other) }
  }
}
