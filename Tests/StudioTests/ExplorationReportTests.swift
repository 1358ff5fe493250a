import Testing

@testable import Studio

@Suite struct ExplorationReportTests {
  private func report(axes: [String] = ["x <1>", "y"], map: [[Double]] = [[1, .nan], [0.5, 2]]) -> String {
    ExplorationReport(
      name: "a & b", problem: "arm", method: "serene", seed: 3, evaluations: 60, budget: 100, seconds: 2,
      coverage: 0.25, uniformity: 0.5, best: 0.875, rewarded: 7, axes: axes,
      groups: [("archive", [(x: 0, y: 1), (x: 1, y: 0)]), ("rewarded", [])], map: map, columns: [-0.5, 0.5],
      rows: [-1, 1], curve: [(30, 0.125), (60, 0.25)], warnings: ["collapsed <code>"], yaml: "problem: arm"
    ).html
  }

  @Test func tellsWhatWasFoundAndWhatWentWrong() {
    let html = report()
    for text in [
      "a &amp; b", "stopped after 60 of 100", "0.875", "collapsed &lt;code&gt;", "x &lt;1&gt;",
      "problem: arm",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(html.contains("Best fitness of what was kept") && html.contains("Share of the behaviour grid"))
    #expect(!html.contains("<1>") && !html.contains("rewarded</li>"))
  }

  @Test func aBehaviourOfOneNumberHasNoMap() {
    let html = report(axes: ["x"], map: [])
    #expect(!html.contains("Best fitness of what was kept") && html.contains("What was kept"))
  }
}
