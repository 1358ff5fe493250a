import Foundation
import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct GUIActionRewardTests {
  static func score(_ reward: GUIActionReward, _ completion: String, _ reference: String) -> Double? {
    reward.score(Sample(completion: completion, reference: .string(reference)), state: RunState()).outcome
      .value
  }

  static let legal = [
    "tap(700,964)", "scroll(1,2,up)", "text(0,1000,hello, (world) \"x\")", "text(1,2,)", "navigate_back()",
    "navigate_home()", "long_press(3,4)", "finish()", "wait()", "enter()", "take_over(captcha, please)",
    "drag(1,2,3,4)", "screen_shot()", "long_screen_shot()", "call_api(微信,open)", "call_api(a,b,kill)",
    "no_answer", "action_completed", " \n tap(0,0)\n",
  ]

  @Test(arguments: legal)
  func everyActionIsReadAndRightAgainstItself(_ text: String) throws {
    let reward = try GUIActionReward(spatialWeight: 0)
    #expect(Self.score(reward, text, text) == 3)
    let spatial = try GUIActionReward()
    let hasPoints = GUIAction(text)?.points.isEmpty == false
    #expect(Self.score(spatial, text, text) == (hasPoints ? 4 : 3))
  }

  @Test(arguments: [
    "", " ", "tap", "tap()", "tap(1)", "tap(1,2", "tap(1,2,3)", "tap(1001,2)", "tap(1080,1920)", "tap(-1,2)",
    "tap(0.5,0.5)", "tap(1, 2)", "Tap(1,2)", "Finish()", "finish(1)", "scroll(1,2,north)", "scroll(1,2)",
    "drag(1,2,3)", "drag(1,2,3,4,5)", "call_api(x,close)", "call_api(x)", "no_answer()", "action_completed!",
    "tap(1,2) tap(3,4)", "tap(1,2)\nfinish()", "text(1,2,a) tap(3,4)", "text(1,2,a);finish()",
    "take_over(a) finish()", "I tap(1,2)", "swipe(1,2)", "(", ")", "tap(٣,4)", "tap(1,2)\u{0}",
  ])
  func anythingElseIsNoCall(_ text: String) throws {
    #expect(try Self.score(GUIActionReward(), text, "tap(1,2)") == -1)
    #expect(GUIAction(text) == nil)
  }

  @Test(arguments: [
    ("tap(500,500)", "tap(600,600)", false), ("tap(590,500)", "tap(600,600)", true),
    ("tap(500,500)", "tap(640,500)", true), ("tap(500,500)", "tap(641,500)", false),
    ("drag(0,0,100,100)", "drag(0,0,176,100)", false), ("drag(0,0,100,100)", "drag(75,0,175,100)", true),
    ("scroll(5,5,up)", "scroll(5,5,down)", false), ("text(1,1,open the mail)", "text(1,1,open mail)", true),
    ("text(1,1,a b)", "text(1,1,b c)", false), ("call_api(a,open)", "call_api(a,kill)", false),
    ("take_over(a)", "take_over(b)", true),
  ])
  func aStepOfTheRightTypeIsRightWithinTheTolerance(_ text: String, _ target: String, _ isRight: Bool) throws
  {
    let reward = try GUIActionReward(spatialWeight: 0)
    #expect(Self.score(reward, text, target) == (isRight ? 3 : 2))
    #expect(try Self.score(GUIActionReward(component: .success), text, target) == (isRight ? 1 : 0))
    #expect(Self.score(reward, "wait()", target) == 1)
  }

  @Test func textIsComparedAsTheEvaluatorDoes() {
    #expect(abs(GUIActionMatch.textF1("open the mail", "open mail") - 0.8) < 1e-12)
    #expect(GUIActionMatch.textF1("[Mail]", "mail") == 1)
    #expect(GUIActionMatch.textF1("mailbox", "mail") == 1)
    #expect(GUIActionMatch.textF1("", "") == 1)
    #expect(GUIActionMatch.textF1("", "mail") == 0)
  }

  @Test func theSpatialTermFallsWithTheDistance() throws {
    let reward = try GUIActionReward(component: .spatial, spatialWeight: 2, spatialDeviation: 0.1)
    #expect(reward.maximum == 2)
    #expect(Self.score(reward, "tap(500,500)", "tap(500,500)") == 2)
    let away = try #require(Self.score(reward, "tap(500,500)", "tap(600,500)"))
    #expect(abs(away - 2 * exp(-0.5)) < 1e-12)
    #expect(Self.score(reward, "long_press(500,500)", "tap(500,500)") == 0)
    #expect(Self.score(reward, "tap(50000,500)", "tap(500,500)") == 0)
  }

  @Test func aBoxMovesTheTargetToItsCentre() throws {
    let box = JSONValue.array([.integer(600), .integer(600), .integer(800), .integer(700)])
    let reference = JSONValue.object(JSONObject([("action", .string("tap(601, 601)")), ("box", box)]))
    let sample = Sample(completion: "tap(700,650)", reference: reference)
    #expect(try GUIActionReward().score(sample, state: RunState()).outcome == .scored(4))
  }

  @Test func aPlanMayStandBeforeTheAction() throws {
    let text = "plan: 1) open the app 2) tap(1,2)\n tap(5,5) \n"
    #expect(try Self.score(GUIActionReward(allowsPlan: true), text, "tap(5,5)") == 4)
    #expect(try Self.score(GUIActionReward(), text, "tap(5,5)") == -1)
    #expect(try Self.score(GUIActionReward(allowsPlan: true), "plan: tap(5,5)", "tap(5,5)") == -1)
  }

  @Test func rewardsKeepTheirProtocolsPromises() async throws {
    let samples = (Self.legal + ["", "\u{0}", "tap(9999,1)"]).map {
      Sample(completion: $0, reference: .string("tap(1,2)"))
    }
    for component in GUIActionReward.Component.allCases {
      let values = JSONObject([("component", .string(component.rawValue))])
      let made = try #require(Registry.standard.rewardKind("gui_action")).reward(values)
      let reward = try #require(made as? GUIActionReward)
      for reference: JSONValue? in [nil, .string("jump()"), .integer(1), .object(JSONObject())] {
        let broken = Sample(completion: "tap(1,2)", reference: reference)
        #expect(await checkReward(reward, on: samples, broken: broken).isEmpty)
      }
    }
    #expect(throws: ParameterError.self) { try GUIActionReward(spatialDeviation: 0) }
  }

  @Test func hugeCompletionsEndInTime() throws {
    let start = ContinuousClock.now
    let reward = try GUIActionReward(allowsPlan: true)
    for text in [
      "text(1,2," + String(repeating: ")", count: 100_000), String(repeating: "tap(", count: 100_000),
    ] {
      #expect(Self.score(reward, text, "tap(1,2)") != nil)
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
