import Foundation
import Rewards
import Testing

@testable import Verifiers

struct ChromiumRendererTests {
  static let renderer: ChromiumRenderer? = {
    do { return try ChromiumRenderer(seconds: 60) } catch {
      print("skipped: \(error)")
      return nil
    }
  }()

  @Test(.enabled(if: renderer != nil)) func aBrowserTellsWhatIsSeen() throws {
    let pages: [(html: String, isShown: Bool, fits: Bool)] = [
      (DeckMaker.slide(title: "A title"), true, true),
      ("<div style='color: white'>white on white</div>", false, true),
      ("<style>p { display: none }</style><p>hidden by a rule</p>", false, true),
      ("<div style='opacity: 0'>transparent</div><div style='font-size: 1px'>dust</div>", false, true),
      ("<div style='position: absolute; left: 5000px'>far away</div>", false, false),
      (String(repeating: "<p>line</p>", count: 60), true, false),
      (
        "<div class=title style='color: white; background: navy'>a &quot;quote&quot; & more</div>", true, true
      ),
      // Scripts, handlers, frames, refreshes: nothing of the page runs or reaches the measures.
      (
        "<script>parent.document.title = 'x'; document.write('written')</script>"
          + "<img src=x onerror=\"document.body.append('written')\">"
          + "<meta http-equiv=refresh content='0; url=data:text/html,other'>"
          + "<iframe srcdoc='inner'></iframe></iframe><p title='\"></iframe>'></p><base target=_top>", false,
        true
      ),
    ]
    let layouts = try #require(Self.renderer).layouts(of: pages.map(\.html))
    for (page, layout) in zip(pages, layouts) {
      #expect(layout == SlideLayout(isShown: page.isShown, fits: page.fits), "\(page.html)")
    }
    let reward = try SlideReward(renderer: Self.renderer)
    let score = reward.score(
      Sample(
        completion: DeckMaker.slide(title: "Solar panels today"),
        columns: JSONObject([("topic", .string("Solar panels")), ("num_slides", .integer(1))])),
      state: RunState())
    #expect(abs((score.outcome.value ?? -1) - (0.98 + 2 + 1.3) / 5) < 1e-12, "\(score)")
  }

  @Test(.enabled(if: renderer != nil)) func timeIsLimited() throws {
    let hasty = try ChromiumRenderer(seconds: 0.05)
    #expect(throws: RenderError.outOfTime(seconds: 0.05)) { try hasty.layouts(of: ["<p>a</p>"]) }
    #expect(try hasty.layouts(of: []) == [])
  }
}
