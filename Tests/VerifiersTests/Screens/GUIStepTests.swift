import Foundation
import Rewards
import Testing

@testable import Verifiers

@Suite struct GUIStepTests {
  static func match(
    _ action: String, _ target: GUIStep, _ elements: [GUIStepMatch.Element] = [],
    _ candidates: GUIStepMatch.Candidates = .holding
  ) -> GUIStepMatch {
    GUIStepMatch(
      GUIAction(action).map { GUIStep($0) }, target: target, elements: elements, candidates: candidates)
  }

  /// 240 random steps with the verdicts of the released evaluator.
  @Test func everyVerdictIsTheReleasedEvaluators() throws {
    let rows = try Fixtures.lines("gui-steps.jsonl")
    for (index, row) in rows.enumerated() {
      let target: GUIStep
      switch row["reference"] {
      case .string(let text): target = GUIStep(try #require(GUIAction(text)))
      case let gesture:
        let ends = ["touch", "lift"].map { name in
          gesture[name].items.compactMap(\.double)
        }.map { GUIStep.Place(x: $0[0], y: $0[1]) }
        target = GUIStep(
          from: ends[0], to: ends[1], milliseconds: gesture["duration"].double ?? GUIStep.tapMilliseconds)
      }
      let elements = row["elements"].items.map { item in
        let numbers = item.items.compactMap(\.double)
        return GUIStepMatch.Element(y: numbers[0], x: numbers[1], height: numbers[2], width: numbers[3])
      }
      let candidates = try #require(GUIStepMatch.Candidates(rawValue: row["candidates"].text))
      let match = Self.match(row["completion"].text, target, elements, candidates)
      #expect(target.kind.rawValue == row["kind"].text, "row \(index)")
      #expect(.bool(match.isTypeRight) == row["type"], "row \(index)")
      #expect(.bool(match.isExact) == row["exact"], "row \(index)")
      #expect((match.distance == nil) == (row["distance"] == .null), "row \(index)")
      if let distance = match.distance, let expected = row["distance"].double {
        #expect(abs(distance - expected) < 1e-5, "row \(index)")
      }
    }
  }

  static func click(_ x: Double, _ y: Double) -> GUIStep { GUIStep(.click, at: .init(x: x, y: y)) }

  @Test(arguments: [
    (0.5, 0.5, 0.5, 0.539, "click", ""), (0.5, 0.5, 0.5, 0.541, "scroll", "down"),
    (0.5, 0.5, 0.5, 0.3, "scroll", "up"), (0.5, 0.5, 0.1, 0.4, "scroll", "left"),
    (0.5, 0.5, 0.9, 0.4, "scroll", "right"), (0.5, 0.5, 0.7, 0.7, "scroll", "down"),
    (0.2, 0.2, 0.2, 0.2, "click", ""),
  ])
  func aLoggedGestureIsATapOrAScroll(
    _ x: Double, _ y: Double, _ toX: Double, _ toY: Double, _ kind: String, _ direction: String
  ) {
    let step = GUIStep(from: .init(x: x, y: y), to: .init(x: toX, y: toY))
    #expect(step.kind.rawValue == kind && step.argument == direction)
    #expect((step.place == nil) == (kind == "scroll"))
  }

  @Test func aLongTapIsALongPress() {
    let place = GUIStep.Place(x: 0.5, y: 0.5)
    #expect(GUIStep(from: place, to: place, milliseconds: 1000).kind == .longPoint)
    #expect(GUIStep(from: place, to: place, milliseconds: 200).kind == .click)
  }

  @Test func aClickHitsTheElementThatHoldsTheLoggedPoint() {
    // 0.4 x 0.2 at (0.1, 0.7): enlarged it reaches from 0.06 to 0.54 and from 0.68 to 0.92.
    let element = GUIStepMatch.Element(y: 0.7, x: 0.1, height: 0.2, width: 0.4)
    let far = Self.match("tap(530,690)", Self.click(0.12, 0.9), [element])
    #expect(far.isExact && far.isTypeRight)
    #expect(abs((far.distance ?? 0) - (230.0 * 230 + 110 * 110).squareRoot()) < 1e-9)
    #expect(!Self.match("tap(550,690)", Self.click(0.12, 0.9), [element]).isExact)
    #expect(!Self.match("tap(530,690)", Self.click(0.12, 0.6), [element]).isExact)
    #expect(!Self.match("tap(530,690)", Self.click(0.12, 0.9)).isExact)
    #expect(Self.match("tap(220,900)", Self.click(0.12, 0.9)).isExact)
    #expect(Self.match("tap(530,690)", Self.click(0.12, 0.6), [element], .nearest).isExact)
    #expect(Self.match("long_press(530,690)", Self.click(0.12, 0.9), [element]).isTypeRight == false)
  }

  @Test func onlyTheFiveNearestElementsCount() {
    let elements = (0..<6).map { GUIStepMatch.Element(y: 0.1 * Double($0), x: 0, height: 0.05, width: 0.05) }
    let target = Self.click(0.02, 0.02)
    #expect(Self.match("tap(20,420)", target, elements, .nearest).isExact)
    #expect(!Self.match("tap(20,520)", target, elements, .nearest).isExact)
  }

  @Test func otherStepsAreRightByTheirArgument() {
    #expect(Self.match("scroll(1,1,up)", GUIStep(.scroll, argument: "up")).isExact)
    #expect(!Self.match("scroll(1,1,up)", GUIStep(.scroll, argument: "down")).isExact)
    #expect(Self.match("drag(500,500,500,900)", GUIStep(.scroll, argument: "down")).isExact)
    #expect(Self.match("drag(1,2,3,9)", GUIStep(.scroll, argument: "down")).isExact)
    #expect(Self.match("navigate_back()", GUIStep(.press, argument: "back")).isExact)
    #expect(!Self.match("navigate_home()", GUIStep(.press, argument: "back")).isExact)
    // F1 of exactly one half is right here, and not for the reward.
    #expect(Self.match("text(1,1,a b)", GUIStep(.type, argument: "b c")).isExact)
    #expect(!GUIActionMatch.isRight(GUIAction("text(1,1,a b)")!, GUIAction("text(1,1,b c)")!))
    #expect(!Self.match("text(1,1,a b c)", GUIStep(.type, argument: "c d e")).isExact)
    #expect(Self.match("finish()", GUIStep(.stop)).isExact && Self.match("no_answer", GUIStep(.stop)).isExact)
    #expect(Self.match("wait()", GUIStep(.wait)).isExact)
    #expect(!Self.match("call_api(a,open)", GUIStep(GUIAction("call_api(a,kill)")!)).isExact)
    #expect(Self.match("call_api(a,open)", GUIStep(GUIAction("call_api(a,open)")!)).isExact)
  }

  @Test func typingForTappingAndTheBackArrowCount() {
    let typed = Self.match("tap(10,10)", GUIStep(.type, argument: "hello"))
    #expect(typed.isTypeRight && typed.isExact)
    #expect(Self.match("text(1,1,hello)", Self.click(0.9, 0.9)).isExact)
    #expect(Self.match("tap(150,150)", GUIStep(.press, argument: "back")).isExact)
    #expect(!Self.match("tap(151,150)", GUIStep(.press, argument: "back")).isExact)
  }

  @Test func noActionIsWrongInEveryWay() {
    let match = Self.match("I would tap the button", Self.click(0.5, 0.5))
    #expect(!match.hasFormat && !match.isTypeRight && !match.isExact && match.distance == nil)
  }

  @Test func theStreamJudgesRowsAndCountsEpisodes() throws {
    let rows = """
      {"completion": "tap(500,500)", "reference": "tap(500, 600)", "episode": "a"}
      {"completion": "finish()", "reference": "finish()", "episode": "a"}
      {"completion": "scroll(1,1,up)", "reference": {"touch": [0.5, 0.2], "lift": [0.5, 0.8]}, "episode": 7}
      {"completion": "wait()", "reference": "wait()", "episode": 7}
      {"completion": "wait()", "reference": "nonsense"}
      {"completion": "wait()"}
      {"completion": "gibberish", "reference": {"action": "tap(1,1)"}, "elements": [[0, 0, 1, 1]]}
      {"completion": "tap(1,1)", "reference": "tap(1,1)", "elements": [[0, 0, 1]]}
      {"completion": "tap(900,1)", "reference": "tap(1,1)", "elements": [[0, 0, 1, 1]], "episode": "b"}
      """
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("screens-\(UUID()).jsonl")
    try rows.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    var lines: [String] = []
    var rejected: [String] = []
    let metrics = try GUICheckStream().run(path: file.path) {
      lines.append(String(decoding: $0, as: UTF8.self))
    } rejected: {
      rejected.append($0.description)
    }
    #expect(lines.count == 6 && rejected.count == 3)
    #expect(
      lines[0]
        == "{\"line\":1,\"format\":true,\"type\":true,\"exact\":true,\"kind\":\"click\",\"distance\":100}\n"
        || lines[0].contains("\"distance\":99.99") || lines[0].contains("\"distance\":100.0"))
    #expect(rejected[0].hasPrefix("line 5") && rejected[1].contains("reference"))
    #expect(rejected[2].contains("elements[0]"))
    #expect(metrics.total == .init(steps: 6, typeRight: 5, exact: 4))
    #expect(metrics.grounding == 2.0 / 3)
    #expect(metrics.episodeSuccess == 2.0 / 3)
    #expect(metrics.goalProgress == 2.0 / 3)
    #expect(metrics.formatRate == 5.0 / 6)
  }
}
