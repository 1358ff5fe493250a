import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct VerifyScreens: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "screens",
    abstract: "Judge the steps of a GUI agent by MagicGUI's evaluator: one JSON line a row, in order.",
    discussion: """
      Rows have completion (the agent's action) and reference: an action as text, or {"touch": [x, y], "lift": \
      [x, y], "duration": ms} in shares of the screen, from 0 to 1. They may have elements, a list of [y, x, height, \
      width] in such shares, and episode, whose steps stand in their order.
      Actions, with coordinates from 0 to 1000: tap(x,y), long_press(x,y), scroll(x,y,up|down|left|right), \
      drag(x1,y1,x2,y2), text(x,y,what is typed), navigate_back(), navigate_home(), enter(), wait(), finish(), \
      take_over(message), screen_shot(), long_screen_shot(), call_api(app,open|kill), no_answer, action_completed.
      Out come format, type, exact, kind and distance. The figures over all rows (Type, Grd, SR, episodes) go to
      the standard error, and as JSON to --summary.
      The rule is more lenient than the reward gui_action: it is for metrics, not for training.
      Exit code 1 when lines were reported and left out.
      """)
  @Option(help: "JSONL with completion, reference and perhaps elements and episode.") var steps: String
  @Option(help: "The elements that a click may hit: those holding the logged point, or the five nearest.")
  var candidates = GUIStepMatch.Candidates.holding
  @Flag(help: "A plan may stand before the action, from plan: on.") var plan = false
  @Option(help: "Write the figures to this JSON file.") var summary: String?

  func run() throws {
    let file = try summary.map { try OutputFile($0) }
    var rejected = 0
    let stream = GUICheckStream(candidates: candidates, allowsPlan: plan)
    let metrics = try stream.run(path: steps) { line in
      try FileHandle.standardOutput.write(contentsOf: line)
    } rejected: { error in
      rejected += 1
      say("\(steps):\(error); the line is left out")
    }
    if metrics.total.steps == 0, rejected == 0 {
      throw ValidationFailure(
        "\(steps) has no steps: write a JSON object a line, with completion and reference")
    }
    try file?.write(Data((metrics.json.jsonText + "\n").utf8))
    func percent(_ value: Double?) -> String { value.map { String(format: "%.1f %%", 100 * $0) } ?? "-" }
    say(
      "\(metrics.total.steps) steps: format \(percent(metrics.formatRate)), type \(percent(metrics.typeAccuracy)), "
        + "grounding \(percent(metrics.grounding)), step success \(percent(metrics.stepSuccess)); "
        + "episode success \(percent(metrics.episodeSuccess)), goal progress \(percent(metrics.goalProgress)); "
        + "\(rejected) left out" + (rejected > 0 ? " of the figures, of episodes too" : ""))
    if rejected > 0 { throw ExitCode.failure }
  }
}

extension GUIStepMatch.Candidates: ExpressibleByArgument {}
