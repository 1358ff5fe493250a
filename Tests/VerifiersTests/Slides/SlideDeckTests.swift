import Foundation
import Rewards
import Testing

@testable import Verifiers

struct SlideDeckTests {
  private func words(_ html: String) -> [String] {
    let document = HTMLDocument(html)
    return document.words(of: document.nodes.indices)
  }

  /// What Python's html.parser and a browser agree on.
  @Test func textIsReadAsABrowserShowsIt() {
    #expect(words("<p>one<b>two</b> three</p>four<br>five") == ["onetwo", "three", "four", "five"])
    #expect(words("<div>a</div><div>b</div>c") == ["a", "b", "c"])
    #expect(words("<p>a<p>b<li>c<li>d") == ["a", "b", "c", "d"])
    #expect(
      words("a &amp; b &lt;i&gt; &#65;&#x42; &nosuch; &") == ["a", "&", "b", "<i>", "AB", "&nosuch;", "&"])
    #expect(words("x<!-- <p>no</p> -->y<!-- never ends") == ["xy"])
    #expect(words("<script>if (a < b) '<p>no</p>'</script><style>p { }</style>yes") == ["yes"])
    #expect(words("<head><title>no</title></head><body>yes</body>") == ["yes"])
    #expect(words("<p hidden>a</p><p style='color: red; DISPLAY : none'>b</p><p class=x>c</p>") == ["c"])
    #expect(words("</div></p>a</b>") == ["a"])
    #expect(words("1 < 2 <3 <") == ["1", "<", "2", "<3", "<"])
    #expect(words("<a href='>'>b</a>") == ["b"])
    #expect(words("<p class") == [])
  }

  @Test func hugeAndBrokenPagesAreReadInLinearTime() {
    for part in ["<div>", "<div a=\"", "<!--", "</p>", "<p>", "&amp", "<script>", "<b class='slide'>", "<"] {
      let clock = ContinuousClock()
      let spent = clock.measure { _ = Slide(String(repeating: part, count: 1 << 20 / part.utf8.count)) }
      #expect(spent < .seconds(20), "\(part): \(spent)")
    }
  }

  @Test func titlesAndSectionsAreFoundByClass() {
    let slide = Slide(
      """
      <div class="title-underline">no</div><div class="big title">My <i>t</i>itle</div>
      <div class='section'><span class=section-icon>x</span><h2>H</h2>body <div class=section>inner</div></div>
      <div class="section"><span class="section-icon">x</span></div><div class="sections">no</div>
      """)
    #expect(slide.title == ["My", "title"])
    #expect(slide.sections == [["H", "body", "inner"], []])
    #expect(slide.isValid && !Slide("<div class=title>a</div>").isValid)
  }

  @Test func decksComeInSeveralForms() throws {
    let pages = (1...3).map { "<!DOCTYPE html>\n<html><body><div class=\"title\">T\($0)</div></body></html>" }
    let json =
      "["
      + pages.map { "\"\($0.replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\"" }.joined(
        separator: ",") + "]"
    let whole =
      "<html><style>.a {}</style>"
      + (1...3).map { "<div class='slide'><div class=title>T\($0)</div></div>" }.joined()
    for text in [
      pages.joined(separator: "\n"), "Here are your slides:\n" + pages.joined(), json,
      "{\"slides\": \(json)}",
      pages.map { "Slide:\n```html\n\($0)\n```" }.joined(separator: "\n"), whole,
      "Sure.\n```html\n" + pages.joined(separator: "\n") + "\n```\nDone.",
    ] {
      let deck = try #require(SlideDeck(text, limit: 3), "\(text)")
      #expect(deck.slides.map(\.title) == [["T1"], ["T2"], ["T3"]], "\(text)")
      #expect(SlideDeck(text, limit: 2) == nil)
    }
    let deck = try #require(SlideDeck(whole, limit: 3))
    #expect(deck.slides[1].html == "<style>.a {}</style><div class='slide'><div class=title>T2</div></div>")
    #expect(SlideDeck("[1, \"\", \"<p>a</p>\"]", limit: 1)?.slides.count == 1)
  }
}
