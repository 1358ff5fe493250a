import Foundation
import Testing

@testable import Studio

@Suite("Plot")
struct PlotTests {
  @Test("Text cannot leave the element or attribute that it stands in")
  func escaping() {
    #expect(Markup.escape("<a href=\"x\" b='y'>&") == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;")
    #expect(Markup.escape("a\tb\nc\u{0}\u{7F}\u{85}\u{2067}") == "a\tb\nc␀␡⟨U+85⟩⟨U+2067⟩")
    #expect(Markup.shortened(String(repeating: "e\u{301}", count: 10), to: 4).leftOut == 16)
    #expect(Markup.shortened("four", to: 4) == ("four", 0))
  }

  /// From `scipy.stats.t.ppf(0.975, n)`.
  @Test(
    "Student's t quantiles agree with tables",
    arguments: [
      (1, 12.706204736), (2, 4.302652730), (4, 2.776445105), (23, 2.068657610), (1000, 1.962339081),
    ])
  func quantiles(degrees: Int, expected: Double) {
    #expect(abs(Statistics.tQuantile(0.975, degrees: degrees) - expected) < 1e-7)
  }

  @Test("One observation has a mean and no interval; none has neither")
  func estimates() {
    #expect(Statistics.estimate([]) == nil)
    #expect(Statistics.estimate([3]) == Statistics.Estimate(mean: 3, low: nil, high: nil, count: 1))
    let both = Statistics.estimate([1, 3])
    #expect(both?.mean == 2)
    #expect(abs((both?.high ?? 0) - (2 + 12.706204736)) < 1e-6)
  }

  @Test(
    "Numbers are written for people",
    arguments: [
      (0.0, "0"), (0.5, "0.5"), (0.00123, "0.00123"), (1e-6, "1e−6"), (12_300.4, "12,300"),
      (-1_234_567, "−1,234,567"),
      (2.5e9, "2.5e9"), (99.96, "100"), (.infinity, "∞"), (.nan, "not a number"),
    ])
  func numbers(value: Double, text: String) { #expect(NumberText.short(value) == text) }

  @Test("Ticks are round, inside the domain, and told apart by their labels")
  func ticks() {
    for (low, high) in [(0.0, 1.0), (-3, 250), (1e-9, 3e-9), (1_000_000, 1_000_001), (-1e12, 1e12)] {
      let ticks = Scale(domain: low...high, range: (0, 1)).ticks(5)
      #expect((2...8).contains(ticks.count))
      #expect(ticks.allSatisfy { $0 >= low && $0 <= high })
      #expect(Set(Scale.labels(ticks)).count == ticks.count)
    }
  }

  @Test("A chart has title, units, legend, drawing and its numbers as a table; gaps break the line")
  func lineChart() {
    let points = [1.0, 2, 3, 4, 5].map {
      LineChart.Point(x: $0, y: $0 == 3 ? .nan : $0, low: $0 - 1, high: $0 + 1)
    }
    let html = LineChart(
      title: "A & B", x: Axis("step"), y: Axis("time", unit: "s"),
      series: [.init("one", points: points), .init("two", points: points)], band: "± 1"
    ).html
    for text in ["A &amp; B", "time (s)", "class=\"legend\"", "<table>", "Band: ± 1.", "not a number"] {
      #expect(html.contains(text))
    }
    #expect(html.components(separatedBy: "class=\"line s1 d0\"").count - 1 == 3)  // two pieces and the legend
    #expect(!html.contains("nan"))
  }

  @Test("Histogram bins hold every value, the greatest too")
  func histogram() {
    let values = [0.0, 0.1, 0.5, 0.9, 1.0, .nan]
    let edges = Histogram.edges(values)
    #expect(Histogram.counts(values, edges: edges).reduce(0, +) == 5)
    #expect(Histogram.edges([2, 2]) == [1.5, 2.5])
  }
}
