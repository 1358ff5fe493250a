import Audits
import Foundation
import Rewards
import Testing

@testable import Studio

@Suite("Audit report")
struct AuditReportTests {
  /// Earns by length: the longer, the better; and nothing behind a newline.
  private struct LengthReward: PointwiseReward {
    typealias Subject = Sample
    let name = "length"
    func score(_ sample: Sample, state: RunState) -> Score {
      Score(sample.completion.hasSuffix("\n") ? 0 : Double(sample.completion.count) / 100)
    }
  }

  private func page(_ specification: RewardSpecification) async throws -> String {
    let samples = (1...6).map { line in
      AuditSample(
        line: line,
        sample: Sample(prompt: "What is \(line) + 1 <now>?", completion: "", reference: .integer(line + 1)),
        hasCompletion: false)
    }
    let result = try await RewardAudit(specification).run(samples)
    return AuditReport(
      result, rewards: "bad & <b>.yaml", data: "d.jsonl", yaml: specification.resolvedYAML, rejected: 2
    ).html
  }

  @Test("The page says what was found, shows the completion that did it, and has its charts as tables")
  func found() async throws {
    let html = try await page(RewardSpecification([RewardEntry(LengthReward())]))
    for text in [
      "flaws found", "Wrong answers earn too much by", "Right answers are refused in white_space",
      "What a wrong answer earns", "Samples that an attack exploits", "Samples refused in odd clothes",
      "95 % Wilson interval", "2 lines of the data could not be read", "What is 1 + 1 &lt;now&gt;?",
      "mean reward, relative to the right answer&#39;s", "bad &amp; &lt;b&gt;.yaml",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(!html.contains("<now>") && !html.contains("<script") && !html.contains("http-equiv=\"refresh"))
    #expect(html.components(separatedBy: "<figure").count - 1 == 4)
    #expect(html.components(separatedBy: "<summary>Numbers</summary>").count - 1 == 4)
  }

  @Test("A bar chart marks what was found, draws intervals and the limit, and has a table")
  func bars() {
    let html = BarChart(
      title: "Shares", value: Axis("share", unit: "%"),
      bars: [
        BarChart.Bar("one", value: 0.2, low: 0.1, high: 0.4),
        BarChart.Bar("<two>", value: -1, isMarked: true),
      ], limit: (name: "the limit", value: 0.5), meanings: (plain: "passed", marked: "found")
    ).html
    #expect(
      html.contains("share (%)") && html.contains("&lt;two&gt;") && html.contains("rect class=\"bar s2 d0\""))
    #expect(html.contains("Dashed: the limit (0.5).") && html.contains("<td>found</td>"))
    #expect(html.contains("<td>0.1</td><td>0.4</td>") && html.contains("<td>unknown</td>"))
    #expect(!BarChart(title: "", value: Axis(""), bars: [], meanings: ("", "")).html.contains("nan"))
  }
}
