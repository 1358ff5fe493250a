import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Learned

@Suite struct ImitationTests {
  @Test("ASAF's gradient is the loss's difference quotient, and its optimum is the expert whatever generates")
  func objective() {
    typealias Window = AdversarialSoftObjective.Window
    let (expert, generated) = (
      [
        Window(logPolicy: -1, logGenerator: -2, weight: 0.5),
        Window(logPolicy: -3, logGenerator: -1, weight: 0.5),
      ],
      [Window(logPolicy: -0.5, logGenerator: -0.7, weight: 1)]
    )
    func moved(_ window: Window, _ by: Double) -> Window {
      Window(logPolicy: window.logPolicy + by, logGenerator: window.logGenerator, weight: window.weight)
    }
    let loss = AdversarialSoftObjective.loss
    let expertSlope =
      (loss([moved(expert[0], 1e-6), expert[1]], generated)
        - loss([moved(expert[0], -1e-6), expert[1]], generated))
      / 2e-6
    let generatedSlope =
      (loss(expert, [moved(generated[0], 1e-6)]) - loss(expert, [moved(generated[0], -1e-6)])) / 2e-6
    #expect(abs(AdversarialSoftObjective.gradient(expert[0], isExpert: true) - expertSlope) < 1e-8)
    #expect(abs(AdversarialSoftObjective.gradient(generated[0], isExpert: false) - generatedSlope) < 1e-8)
    // At pi = expert the derivatives of both sides cancel for each action.
    for (share, other) in [(0.2, 0.5), (0.8, 0.5)] {
      let (one, two) = (
        Window(logPolicy: log(share), logGenerator: log(other), weight: share),
        Window(logPolicy: log(share), logGenerator: log(other), weight: other)
      )
      let sum =
        AdversarialSoftObjective.gradient(one, isExpert: true)
        + AdversarialSoftObjective.gradient(two, isExpert: false)
      #expect(abs(sum) < 1e-12)
    }
    let far = Window(logPolicy: -900, logGenerator: 0, weight: 1)
    #expect(loss([far], [far]).isFinite && loss([far], []) == 900)
  }

  @Test("Windows keep an episode's shorter rest and never cross its end")
  func windows() {
    var episodes = ExpertEpisodes(observationWidth: 1, actionWidth: 1)
    for step in 0..<7 { episodes.append(observation: [0], action: [0], ends: step == 4) }
    episodes.close()
    #expect(episodes.windows(of: 2) == [0..<2, 2..<4, 4..<5, 5..<7])
    #expect(episodes.windows(of: nil) == [0..<5, 5..<7] && episodes.windows(of: 1).count == 7)
  }

  static func grid() throws -> any World {
    try WorldRegistry.standard.world(
      "open-grid", JSONObject([("size", .integer(4)), ("max_steps", .integer(20))]))
  }

  /// An expert that goes right along the top, then down.
  static func demonstrations(_ world: any World) -> String {
    var lines = ""
    for _ in 0..<3 {
      for state in [0, 1, 2, 3, 7, 11] {
        let action = state < 3 ? 3 : 1
        lines += "{\"observation\": \(state), \"action\": \(action), \"done\": \(state == 11)}\n"
      }
    }
    return lines
  }

  func read(_ text: String, _ world: any World) throws -> ExpertEpisodes {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try ExpertEpisodes(jsonl: file.path, world: world)
  }

  @Test(
    "ASAF and cloning learn to reach the goal from demonstrations in a file, without its reward",
    arguments: [0, 1, 3])
  func learning(window: Int) throws {
    let world = try Self.grid()
    let expert = try read(Self.demonstrations(world), world)
    #expect(expert.episodes == 3 && expert.count == 18)
    var settings = ImitationLearner.Settings()
    settings.window = window
    settings.netArch = []
    settings.learningRate = 0.05
    settings.rounds = 20
    let learner = ImitationLearner(world, expert: expert, settings, seed: 1)
    var losses: [Double] = []
    try learner.learn {
      losses.append($0.loss)
      return true
    }
    #expect(losses.count == 20 && losses.allSatisfy(\.isFinite))
    #expect(try learner.evaluate(in: world, episodes: 2) == 1)
    #expect(learner.act([1]) == [3] && learner.act([7]) == [1])
    // Parts of the data at a time lead there too.
    settings.batchSize = 6
    let clone = ImitationLearner(world, expert: expert, settings, seed: 1)
    clone.clone()
    #expect(try clone.evaluate(in: world, episodes: 2) == 1)
    #expect(clone.probabilities([0])[3] > 0.9)
  }

  @Test("Steps that are none of the world's are refused with their line")
  func refusals() throws {
    let world = try Self.grid()
    for (line, message) in [
      ("{\"observation\": 99, \"action\": 1, \"done\": false}", "line 2: \"observation\" is"),
      ("{\"observation\": 1, \"action\": 9, \"done\": false}", "line 2: \"action\" is"),
      ("{\"observation\": [1, 2], \"action\": 1, \"done\": false}", "line 2: \"observation\" has 2 numbers"),
      ("{\"observation\": 1, \"action\": \"up\", \"done\": false}", "line 2: \"action\" must be a number"),
      ("{\"observation\": 1, \"action\": 1}", "line 2: \"done\" must be true or false"),
    ] {
      let error = #expect(throws: DemonstrationError.self) {
        try read("{\"observation\": 0, \"action\": 1, \"done\": false}\n" + line, world)
      }
      #expect(error?.description.hasPrefix(message) ?? false, "\(error?.description ?? "")")
    }
    #expect(throws: DemonstrationError.self) { try read("", world) }
    #expect(throws: ParameterError.self) {
      try ImitationLearner.Settings(JSONObject([("windw", .integer(1))]))
    }
  }
}
