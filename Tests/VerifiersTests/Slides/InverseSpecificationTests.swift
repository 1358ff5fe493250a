import Foundation
import Rewards
import Testing

@testable import Verifiers

struct InverseSpecificationTests {
  private func brief(_ topic: String, _ audience: String, _ count: Int) -> SlideBrief {
    var brief = SlideBrief(topic: topic)
    brief.audience = audience
    brief.slideCount = count
    return brief
  }

  @Test func theCardsNumbers() {
    let wanted = brief("Q4 Financial Results of TechCorp", "board of directors", 6)
    func score(_ topic: String, _ audience: String, _ count: Int, _ themes: [String], counts: Bool = false)
      -> Double
    {
      RecoveredBrief(topic: topic, audience: audience, slideCount: count, keyThemes: themes)
        .agreement(with: wanted, countsEmptyAudience: counts)
    }
    let same = score(wanted.topic, wanted.audience, 6, ["Q4 Financial", "Results", "TechCorp"])
    #expect(abs(same - 1) < 1e-12)
    // The empty guess: 0.7 x 0.25 by the published formula, 0 here.
    #expect(abs(score("", "", 0, [], counts: true) - 0.175) < 1e-12)
    #expect(score("", "", 0, []) == 0)
    // 2 of 4 words; an audience that is contained; 3 of 6 slides; 1.5 x 1/4 of the themes.
    #expect(abs(score("q4 results", "directors", 3, ["results"]) - (0.2 + 0.175 + 0.075 + 0.075)) < 1e-12)
    // "board" of {board, directors}.
    #expect(abs(score("", "the board members", 6, []) - (0.25 * 0.4 * 0.5 + 0.15)) < 1e-12)
    #expect(score("", "", -5, []) == 0)
    let none = RecoveredBrief(topic: "the", audience: "x", slideCount: 0, keyThemes: ["of"])
    #expect(none.agreement(with: brief("the a of", "y", 3)) == 0)
  }

  /// The card's separation: matched decks from mismatched ones and from decks whose titles are filler.
  @Test(arguments: [UInt64(1), 2, 3]) func decksAreToldApartByTheirBriefs(_ seed: UInt64) throws {
    guard let path = SharedData.path("business_briefs.json") else {
      return SharedData.skip("business_briefs.json")
    }
    let rows = try JSONParser().parse(Array(Data(contentsOf: URL(filePath: path)))).items
    let briefs = rows.map { brief($0["topic"].text, $0["audience"].text, Int($0["num_slides"].double ?? 0)) }
    #expect(briefs.count == 48)
    let recoverer = LexicalRecoverer(audiences: Set(briefs.map(\.audience)).sorted())
    var random = SplitMix(state: seed)
    func guess(_ brief: SlideBrief, kept: Double) throws -> RecoveredBrief {
      let words = brief.topic.split(separator: " ").map(String.init)
      var titles = [brief.topic]
      for _ in 1..<brief.slideCount {
        titles.append(words.shuffled(using: &random).prefix(3).joined(separator: " "))
      }
      titles = titles.map { Double.random(in: 0..<1, using: &random) < kept ? $0 : "Overview and summary" }
      let isStated = Bool.random(using: &random)
      let pages = titles.enumerated().map { index, title in
        let note = isStated && index == brief.slideCount - 1 ? "For \(brief.audience)" : "More"
        return DeckMaker.page(title: title.replacing("&", with: "&amp;"), sections: [("Note", note)])
      }
      let deck = try #require(SlideDeck(pages.joined(separator: "\n"), limit: 40))
      return recoverer.recovered(from: deck)
    }
    var (matched, mismatched, degraded): ([Double], [Double], [Double]) = ([], [], [])
    for (index, own) in briefs.enumerated() {
      let found = try guess(own, kept: 1)
      for (other, brief) in briefs.enumerated() {
        if other == index {
          matched.append(found.agreement(with: brief))
        } else {
          mismatched.append(found.agreement(with: brief))
        }
      }
      degraded.append(try guess(own, kept: 0.3).agreement(with: own))
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    var wins = 0.0
    for own in matched { for other in mismatched { wins += own > other ? 1 : own == other ? 0.5 : 0 } }
    let area = wins / Double(matched.count * mismatched.count)
    print("matched \(mean(matched)), mismatched \(mean(mismatched)), degraded \(mean(degraded)), AUC \(area)")
    #expect(area >= 0.97)
    #expect(mean(matched) - mean(mismatched) >= 0.5)
    #expect(mean(degraded) < mean(matched) - 0.08)
  }
}
