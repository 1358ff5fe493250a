import Foundation
import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

struct SlideRewardTests {
  @Test func theCardsSlideKeepsItsNumbers() throws {
    // 3 + 3 (title) + 3 (1 + 2 + 10) + 1 = 46 words of 50: 0.25 (1 + 1 + 46/50 + 1) = 0.98.
    let deck = try #require(SlideDeck(DeckMaker.slide(title: "Three words here"), limit: 10))
    #expect(deck.slides[0].words.count == 46 && deck.slides[0].title.count == 3)
    #expect(abs(SlideQuality.codeRules(deck, brief()) - 0.98) < 1e-12)
  }

  @Test func rulesAreQuarters() throws {
    func rules(_ html: String, _ change: (inout SlideBrief) -> Void = { _ in }) -> Double {
      var brief = brief()
      brief.wordCount = 0
      change(&brief)
      return SlideDeck(html, limit: 10).map { SlideQuality.codeRules($0, brief) } ?? -1
    }
    // Without a wanted number of words that quarter is not earned.
    #expect(rules(DeckMaker.slide(title: "A b")) == 0.75)
    #expect(rules(DeckMaker.slide(title: "")) == 0.5)
    #expect(abs(rules(DeckMaker.slide(title: "A b", sections: 2)) - 0.6) < 1e-12)
    #expect(rules(DeckMaker.slide(title: "A b", sections: 2)) { $0.sectionCounts = [0: 2] } == 0.75)
    #expect(rules("<p>words</p>") == 0)
    #expect(rules(" \n ") == 0)
    let half = DeckMaker.page(title: "T", sections: [("h", "b"), ("", ""), ("h", ""), ("", "")])
    #expect(abs(rules(half) - (0.25 + 0.1 + 0.125)) < 1e-12)
  }

  @Test func renderingCountsWhatIsShown() throws {
    let deck = try #require(
      SlideDeck([DeckMaker.slide(title: "A"), "<p>no title</p>"].joined(separator: "\n<html>"), limit: 10))
    var brief = brief()
    brief.slideCount = 4
    #expect(abs(SlideQuality.rendering(deck, brief, shown: [true, true]) - (0.2 + 0.3 + 0.15)) < 1e-12)
    #expect(abs(SlideQuality.rendering(deck, brief, shown: [true, false]) - 0.5) < 1e-12)
    #expect(abs(SlideQuality.rendering(deck, brief, shown: nil) - 0.5) < 1e-12)
    #expect(SlideQuality.rendering(SlideDeck([]), brief, shown: []) == 0)
  }

  @Test func contentIsTopicResearchUniquenessAndOutline() {
    let texts = ["solar panels on a roof", "panels cost money today", "the end"].map { Slide("<p>\($0)</p>") }
    var brief = SlideBrief(topic: "Solar Panels")
    let deck = SlideDeck(texts)
    // 0.35 2/3 + 0 + 0.2 + 0.1
    #expect(abs(SlideQuality.content(deck, brief) - (0.7 / 3 + 0.3)) < 1e-12)
    brief.confidence = 0.8
    #expect(abs(SlideQuality.content(deck, brief) - (0.7 / 3 + 0.45)) < 1e-12)
    // More than three words in common, articles left out: the second slide has four, the first three.
    brief.research = "Panels cost money today on the roof of a house"
    brief.outlineCount = 5
    #expect(abs(SlideQuality.content(deck, brief) - (0.7 / 3 + 0.25 / 3 + 0.2 + 0.1)) < 1e-12)
    // Stop words of the topic count: the published hole.
    #expect(
      abs(SlideQuality.content(SlideDeck([texts[2]]), SlideBrief(topic: "The sun")) - (0.35 + 0.2 + 0.1))
        < 1e-12)
    let twice = SlideDeck([texts[0], texts[0]])
    #expect(abs(SlideQuality.content(twice, SlideBrief(topic: "x")) - 0.2) < 1e-12)
  }

  @Test func theTotalIsTheWeightedMean() throws {
    let shown = FixedRenderer { _ in SlideLayout(isShown: true, fits: false) }
    let sample = sample(DeckMaker.slide(title: "Solar panels today"), topic: "Solar panels", slides: 1)
    let score = try SlideReward(renderer: shown).score(sample, state: RunState())
    let parts = ["code_rules": 0.98, "render_quality": 1, "content_quality": 0.65]
    for (name, value) in parts { #expect(abs((score.parts[name] ?? -1) - value) < 1e-12, "\(score)") }
    #expect(abs((score.outcome.value ?? -1) - (0.98 + 2 + 1.3) / 5) < 1e-12)
    let strict = try SlideReward(component: .renderQuality, renderer: shown, mustFit: true)
    #expect(abs((strict.score(sample, state: RunState()).outcome.value ?? -1) - 0.7) < 1e-12)
    var weights = SlideReward.Weights()
    weights.renderQuality = 0
    let text = try SlideReward(
      weights: weights, renderer: FixedRenderer { _ throws(RenderError) in throw .failed("no") })
    #expect(abs((text.score(sample, state: RunState()).outcome.value ?? -1) - (0.98 + 1.3) / 3) < 1e-12)
    weights.codeRules = 0
    weights.contentQuality = 0
    #expect(throws: ParameterError.self) { try SlideReward(weights: weights, renderer: nil) }
  }

  @Test func badInputIsSaidOrEarnsNothing() throws {
    let reward = try SlideReward(renderer: nil)
    func outcome(_ completion: String, _ columns: [(String, JSONValue)]) -> Outcome {
      reward.score(Sample(completion: completion, columns: JSONObject(columns)), state: RunState()).outcome
    }
    let topic = ("topic", JSONValue.string("x"))
    #expect(outcome("<p>a</p>", []) == .failed("the brief has no text in topic"))
    #expect(
      outcome("<p>a</p>", [topic, ("num_slides", .integer(0))])
        == .failed("num_slides is no whole number from 1 to 200"))
    #expect(outcome("", [topic]) == .scored(0))
    #expect(outcome(String(repeating: "x", count: SlideReward.maxBytes + 1), [topic]) == .scored(0))
    let many = String(repeating: "<html><p>a</p>", count: 9)
    #expect(outcome(many, [topic, ("num_slides", .integer(2))]) == .scored(0))
    #expect(outcome(many, [topic, ("num_slides", .integer(3))]).value ?? 0 > 0)
    let broken = try SlideReward(
      renderer: FixedRenderer { _ throws(RenderError) in throw .outOfTime(seconds: 3) })
    #expect(broken.score(sample("<p>a</p>"), state: RunState()).outcome == .timedOut(seconds: 3))
    let lost = try SlideReward(renderer: FixedRenderer { _ throws(RenderError) in throw .failed("gone") })
    #expect(
      lost.score(sample("<p>a</p>"), state: RunState()).outcome
        == .failed("the slides could not be laid out: gone"))
    let object = Sample(
      completion: "<p>a</p>",
      reference: .object(JSONObject([("topic", .string("a")), ("num_slides", .integer(1))])))
    #expect(reward.score(object, state: RunState()).outcome.value ?? 0 > 0)
  }

  @Test func itKeepsTheRulesOfRewards() async throws {
    let samples = (0..<6).map { sample(DeckMaker.slide(title: "Title \($0)", sections: $0), topic: "title") }
    #expect(try await checkReward(SlideReward(renderer: nil), on: samples) == [])
  }

  @Test func theKindIsRegistered() throws {
    let kind = try #require(Registry.standard.rewardKind("slides"))
    let reward = try #require(try kind.reward(JSONObject([("render", .bool(false))])) as? SlideReward)
    #expect(reward.renderer == nil && reward.weights == SlideReward.Weights())
    let error = #expect(throws: ParameterError.self) {
      try kind.reward(JSONObject([("browser", .string("/nowhere/chromium"))]))
    }
    #expect(error?.description.contains("there is no Chromium at /nowhere/chromium; install it") == true)
  }

  private func brief() -> SlideBrief { SlideBrief(topic: "a topic") }

  private func sample(_ completion: String, topic: String = "a", slides: Int = 1) -> Sample {
    Sample(
      completion: completion,
      columns: JSONObject([("topic", .string(topic)), ("num_slides", .integer(slides))]))
  }
}

/// Pages as SlideForge's environment makes them.
enum DeckMaker {
  static func page(title: String, sections: [(String, String)], footer: String = "SlideForge") -> String {
    let parts = sections.map { heading, body in
      "<div class=\"section\"><span class=\"section-icon\">\u{1F4A1}</span><h2>\(heading)</h2><p>\(body)</p></div>"
    }
    return """
      <!DOCTYPE html><html><head><title>Deck</title><style>.title { font-size: 40px }</style></head><body>
      <div class="slide-number">01 / 05</div><div class="title">\(title)</div><div class="title-underline"></div>
      <div class="sections layout-three">\(parts.joined())</div><footer>\(footer)</footer></body></html>
      """
  }

  static func slide(title: String, sections: Int = 3) -> String {
    page(
      title: title,
      sections: Array(
        repeating: ("Two words", "one two three four five six seven eight nine ten"), count: sections))
  }
}

struct FixedRenderer: SlideRendering {
  var layout: @Sendable (String) throws(RenderError) -> SlideLayout

  func layouts(of pages: [String]) throws(RenderError) -> [SlideLayout] {
    var layouts: [SlideLayout] = []
    for page in pages { layouts.append(try layout(page)) }
    return layouts
  }
}
