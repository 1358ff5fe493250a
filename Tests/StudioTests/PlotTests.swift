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

  @Test("A heat map leaves blank what is not a number, colours both signs apart, and writes numbers that fit")
  func heatMap() {
    let html = HeatMap(
      title: "maze", rows: ["a", "b"], columns: ["l", "r"], values: [[0.25, .nan], [-0.5]],
      value: Axis("worth", unit: "m")
    ).html
    #expect(html.contains(">0.25</text>") && html.contains(">−0.50</text>") && html.contains("worth (m)"))
    #expect(html.contains("<title>a, l: 0.25</title>") && !html.contains("a, r:") && !html.contains("b, r:"))
    #expect(html.contains("rect class=\"bar s1\"") && html.contains("rect class=\"bar s2\""))
    #expect(html.contains("2 rows by 2 columns, worth (m) from −0.5 to 0.25."))
    #expect(html.contains("<th scope=\"row\">a</th><td>0.25</td><td></td>"))
  }

  @Test("A large heat map stays small: neighbours of one colour are one, and the table holds some rows")
  func largeHeatMap() {
    let names = (0..<100).map { "\($0)" }
    let values = (0..<100).map { row in (0..<100).map { column in column < 50 ? Double(row) : .nan } }
    let html = HeatMap(title: "", rows: names, columns: names, values: values, value: Axis("v")).html
    #expect(html.components(separatedBy: "<rect class=\"bar solid s1\"").count - 1 == 100)
    #expect(html.contains("every 4th row and every 4th column") && html.utf8.count < 60_000)
    #expect(html.components(separatedBy: "<tr>").count - 1 == 26)
  }

  @Test("Cells of a row meet without a seam")
  func seams() {
    let names = (0..<97).map { "\($0)" }
    let values = [(0..<97).map { Double($0 % 7) }]
    let html = HeatMap(
      title: "", rows: ["r"], columns: names, values: values, value: Axis("v")
    ).html
    let edges = html.matches(of: /bar solid s1" x="([0-9.]+)" y="22" width="([0-9.]+)"/)
      .compactMap { match in Double(match.1).flatMap { x in Double(match.2).map { (x, x + $0) } } }
    #expect(edges.count == 97)
    for (left, right) in zip(edges, edges.dropFirst()) { #expect(abs(left.1 - right.0) < 1e-9) }
  }

  @Test("Scattered points tell their numbers; those that are not finite are counted")
  func scatter() {
    let html = ScatterChart(
      title: "front", x: Axis("cost"), y: Axis("gain"),
      groups: [.init("<g>", points: [(1, 2), (.nan, 0)]), .init("h", points: [(3, 4)])]
    ).html
    #expect(html.contains("<title>&lt;g&gt;: cost 1, gain 2</title>"))
    #expect(html.contains("points square s2") && html.contains("1 point is not finite"))
    #expect(html.contains("<th scope=\"row\">h</th><td>3</td><td>4</td>"))
    #expect(html.components(separatedBy: "<tr>").count - 1 == 3)
  }

  @Test("Thousands of points are drawn once a place, and the table holds some of them")
  func manyPoints() {
    let points = (0..<5000).map { (x: Double($0 % 50), y: Double($0 / 50 % 50)) }
    let html = ScatterChart(
      title: "", x: Axis("x"), y: Axis("y"), groups: [.init("g", points: points)]
    ).html
    #expect(html.contains("every 25th of 5000 points") && html.utf8.count < 60_000)
    #expect(html.components(separatedBy: "<tr>").count - 1 == 201)
    #expect(html.components(separatedBy: "h0").count - 1 == 2500)
    #expect(
      [1, 2, 3, 11, 22, 112].map(ScatterChart.ordinal) == ["1st", "2nd", "3rd", "11th", "22nd", "112th"])
  }

  @Test("One series of intervals has neither legend nor names, and says where a number is missing")
  func singleIntervals() {
    let html = IntervalChart(
      title: "t", value: Axis("v"), series: [""],
      rows: [
        .init("one", estimates: [Statistics.estimate([1, 2])]), .init("two", estimates: [nil]),
      ], observation: ("seed", "seeds")
    ).html
    #expect(!html.contains("class=\"legend\"") && html.contains(">no number</text>"))
    #expect(html.contains("one: 1.5 [−4.85, 7.85], n = 2 seeds") && html.contains("rests on one seed."))
  }
}
