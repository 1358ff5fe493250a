import Foundation
import Shelf
import Testing

@testable import Studio

@Suite("Recipe page")
struct RecipePageTests {
  private func count(_ part: String, in html: String) -> Int { html.components(separatedBy: part).count - 1 }

  @Test("The page says claim, rule, verdict, every number and how to repeat the run; every text is escaped")
  func holds() throws {
    let html = RecipePage(try FakeReproduction.make(holds: true)).html
    for text in [
      "<span class=\"badge\">claim holds</span>", "more &lt;is&gt; more", "by the card &amp; its threshold",
      "https://arxiv.org/abs/2601.05242", "The claim holds: 2 of 2 conditions met.", "≥ 0.5", "&lt; 8",
      "difference &lt;in&gt; reward", "base &quot;line&quot;", "the &lt;model&gt;", "it &lt;b&gt;works",
      "laurel reproduce gdpo --scale quick --seed 3", "leaves &#39;it&#39; out", "1 min 15 s",
      "<td>5</td><td>0.5774</td><td>3</td>", "<td>not a number</td>", "curves &lt;1&gt;", "maze &lt;2&gt;",
      "front &lt;3&gt;",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    for text in ["<is>", "<model>", "<in>", "<g>works", "<script", "role=\"alert\"", "=\"nan", "\"inf"] {
      #expect(!html.contains(text), "\(text)")
    }
    // A chart a metric, and one a picture, each with its numbers.
    #expect(count("<figure", in: html) == 8 && count("<summary>Numbers</summary>", in: html) == 8)
  }

  @Test("A claim that does not hold is said first, with the conditions that were not met")
  func fails() throws {
    let html = RecipePage(try FakeReproduction.make(holds: false)).html
    for text in [
      "<span class=\"badge bad\">claim does not hold</span>", "role=\"alert\"",
      "Not met: difference &lt;in&gt; reward: −3, must be ≥ 0.5.", "1 of 2 conditions met",
    ] {
      #expect(html.contains(text), "\(text)")
    }
  }

  @Test("A fault that was built in cannot be overlooked, whatever the verdict")
  func broken() throws {
    for holds in [true, false] {
      let html = RecipePage(try FakeReproduction.make(holds: holds, isBroken: true)).html
      #expect(html.contains("Broken on purpose, with the fault off"))
      #expect(html.contains("--seed 3 --fault off"))
      #expect(html.contains("the verdict does not notice the fault") == holds)
    }
  }

  @Test("The page is written whole, and again over an older one")
  func writing() throws {
    let folder = try ScratchFolder()
    let page = RecipePage(try FakeReproduction.make(holds: true))
    for _ in 0..<2 { try page.write(to: folder.url.appendingPathComponent("report.html").path) }
    #expect(try folder.text("report.html") == page.html)
  }
}
