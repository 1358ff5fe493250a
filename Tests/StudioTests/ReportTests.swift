import Foundation
import Testing

@testable import Studio

@Suite("Report")
struct ReportTests {
  private func page(_ fill: (RunStore) throws -> Void) throws -> String {
    let scratch = try ScratchFolder()
    let store = try RunStore.create(
      folder: scratch.url, yaml: SyntheticRun.yaml,
      info: RunInfo(
        name: "multiply <small>", model: "SmolLM2-135M-Instruct", seed: 1, maxSteps: 60,
        started: 1_780_000_000))
    try fill(store)
    try Report.write(store)
    let page = try scratch.text("report.html")
    // To look at the pages: STUDIO_PAGES=folder swift test --filter ReportTests
    if let folder = ProcessInfo.processInfo.environment["STUDIO_PAGES"] {
      let steps = try store.steps().count
      try page.write(toFile: "\(folder)/report-\(steps).html", atomically: true, encoding: .utf8)
    }
    return page
  }

  @Test("The page of a whole run has every section, chart and number, and asks the network for nothing")
  func whole() throws {
    let page = try page { try SyntheticRun.fill($0) }
    for text in [
      "multiply &lt;small&gt;", "SmolLM2-135M-Instruct", "60 of 60", "42 min 20 s", "tok/s", "Total reward",
      "Groups in which every sample scored the same", "Correlation between rewards", "Completion length",
      "KL from the reference policy", "Entropy of the policy", "Clipped importance ratios", "Gradient norm",
      "Learning rate", "Largest improvements", "Largest regressions", "the total reward rose by",
      "num_generations: 8", "24 prompts were answered both times", "num_tokens",
    ] {
      #expect(page.contains(text), "the page lacks: \(text)")
    }
    #expect(page.contains("<strong>correct</strong> failed on 3 samples and timed out on 2 samples"))
    #expect(!page.contains("Not recorded in this run"))
    for forbidden in ["http://", "https://", "<script", "url(", "@import", "<img"] {
      #expect(!page.contains(forbidden), "the page holds: \(forbidden)")
    }
    #expect(page.utf8.count < 1_500_000)
  }

  @Test("Every element of the page is closed in the order in which it was opened")
  func wellFormed() throws {
    let page = try page { try SyntheticRun.fill($0) }
    let void: Set<String> = ["meta", "link", "!doctype"]
    var open: [String] = []
    for tag in page.split(separator: "<").dropFirst() {
      let name = tag.prefix { $0 != " " && $0 != ">" && $0 != "\n" }
      if name.hasPrefix("/") {
        #expect(open.popLast() == String(name.dropFirst()))
      } else if !void.contains(name.lowercased()), !tag.prefix(while: { $0 != ">" }).hasSuffix("/") {
        open.append(String(name))
      }
    }
    #expect(open.isEmpty)
  }

  @Test("Hostile completions are shown, shortened, and never obeyed")
  func hostile() throws {
    let page = try page { store in
      let text = SyntheticRun.hostile + String(repeating: "<b>", count: 400_000)
      for phase in [SamplePhase.before, .after] {
        try store.append(samples: [sample(phase, completion: text)], step: 0)
      }
    }
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;⟨U+202E⟩␀␛[31m&lt;img"))
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("\u{202E}"))
    #expect(page.contains("more characters are in laurel.sqlite"))
    #expect(page.utf8.count < 100_000)
  }

  @Test("A run without steps or samples states what is absent, and shows no zero for it")
  func empty() throws {
    let page = try page { _ in }
    #expect(page.contains("No held-out samples were recorded"))
    #expect(page.contains("Not recorded in this run: total reward (reward)"))
    #expect(page.contains("<dt>Training reward</dt><dd><span class=\"absent\">not recorded</span>"))
    #expect(page.contains("0 of 60"))
    #expect(!page.contains("<figure"))
  }

  @Test("An unfinished run is compared at its last evaluation, and says so")
  func unfinished() throws {
    let page = try page { store in
      for prompt in 0..<4 {
        for phase in [SamplePhase.before, .eval] {
          var one = sample(
            phase, total: Double(prompt) * 0.1 + (phase == .eval ? 1.5 + 0.1 * Double(prompt) : 0))
          one.prompt = "prompt \(prompt)"
          try store.append(samples: [one], step: phase == .eval ? 20 : 0)
        }
      }
      try store.append(step: step(20))
    }
    #expect(page.contains(">running<"))
    #expect(page.contains("rose by <b>1.65</b> at step 20"))
    #expect(page.contains("entropy of the policy (entropy)"))
  }

  @Test("A failed run shows its reason on top")
  func failed() throws {
    let page = try page { store in
      try store.append(step: step(1))
      try store.finish(.failed, at: 1_780_000_100, message: "out of memory & <patience>")
    }
    #expect(page.contains("The run failed.</strong> out of memory &amp; &lt;patience&gt;"))
  }

  @Test("Two thousand steps make a page of bounded size that says how it was thinned")
  func long() throws {
    let page = try page { store in
      var noise = SyntheticRun.Noise(state: 1)
      for number in 1...2_000 { try store.append(step: step(number, reward: noise.normal())) }
    }
    #expect(page.contains("Each point is the mean of 10 neighbouring points"))
    #expect(page.utf8.count < 400_000)
  }
}
