import ArgumentParser
import Foundation
import Language
import Policies
import Rewards
import Studio
import Tasks
import Torch

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a language model from a run file; the run is a folder with a report.")

  @Argument(help: "The run file (YAML).") var file: String
  @Option(help: "Overrides the file's seed.") var seed: UInt64?
  @Option(help: "The run's folder; default runs/NAME-seedS, with a number when taken.") var output: String?
  @Option(help: "Writes a JSON summary here.") var summary: String?

  func run() async throws {
    let began = Date()
    var run = try RunFile(path: file)
    if let seed { run.trainer.seed = seed }
    let gguf = try ModelFiles.open(run.model)
    let tokenizer = try BytePairTokenizer(gguf: gguf)
    let template = try ModelFiles.chatTemplate(gguf)
    let dtype = ModelFiles.dtype(run.dtype)
    let model = try LlamaModel(gguf, dtype: dtype)
    model.lora = try LoRA(run.lora, for: model, seed: run.trainer.seed)
    let trainer = try LanguageTrainer(
      run.trainer, model: model, tokenizer: tokenizer, rewards: run.rewards)
    let folder = URL(fileURLWithPath: output ?? freeFolder(run))
    let store = try RunStore.create(
      folder: folder, yaml: run.text,
      info: RunInfo(
        name: run.name, model: run.model, seed: run.trainer.seed, maxSteps: run.trainer.maxSteps,
        started: began.timeIntervalSince1970))
    say("run \(folder.path): \(run.model), \(dtype), \(Torch.threads) threads, seed \(run.trainer.seed)")

    let heldOut = try prompts(
      run.task.items(split: .heldOut, count: run.heldOut, seed: 0), tokenizer, template)
    let before = try await trainer.evaluate(heldOut, step: 0)
    try store.append(samples: records(before.samples, before.table, .before, nil), step: 0)
    say("before: " + line(before.table))
    let count = run.trainer.promptsPerStep
    let train = try prompts(
      run.task.items(split: .train, count: count * run.trainer.maxSteps, seed: run.trainer.seed),
      tokenizer, template)
    let loopStart = Date()
    for step in 0..<run.trainer.maxSteps {
      let result = try await trainer.run(
        step: step, prompts: Array(train[(step * count)..<((step + 1) * count)]))
      try store.append(
        step: StepRecord(
          step: step + 1, time: Date().timeIntervalSince1970, metrics: metrics(result),
          samples: records(result.samples, result.table, .train, result.advantages.values)))
      let done = Double(step + 1)
      let left = -loopStart.timeIntervalSinceNow / done * (Double(run.trainer.maxSteps) - done)
      say(
        "step \(step + 1)/\(run.trainer.maxSteps)  \(line(result.table))  "
          + String(
            format: "%.1f s (%.1f drawing), %.0f s left",
            result.samplingSeconds + result.trainingSeconds + result.rewardSeconds, result.samplingSeconds,
            left))
    }
    let after = try await trainer.evaluate(heldOut, step: run.trainer.maxSteps)
    try store.append(samples: records(after.samples, after.table, .after, nil), step: run.trainer.maxSteps)
    try store.finish(.finished, at: Date().timeIntervalSince1970)
    say("after:  " + line(after.table))
    let report = try Report.write(store)
    print("report: \(report.path)")
    if let summary {
      let text = summaryText(run, before.table, after.table, seconds: -began.timeIntervalSinceNow)
      try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: summary))
    }
  }

  private func freeFolder(_ run: RunFile) -> String {
    let base = "runs/\(run.name)-seed\(run.trainer.seed)"
    var path = base
    var number = 2
    while FileManager.default.fileExists(atPath: path) {
      path = "\(base)-\(number)"
      number += 1
    }
    return path
  }

  private func prompts(_ items: [TaskItem], _ tokenizer: any Tokenizer, _ template: ChatTemplate) throws
    -> [TrainingPrompt]
  {
    items.map { item in
      TrainingPrompt(
        ids: tokenizer.encode(template.render(messages: item.messages, addGenerationPrompt: true)).map(
          Int.init),
        sample: Sample(
          prompt: item.prompt, messages: item.messages, completion: "", reference: item.reference,
          columns: item.columns))
    }
  }

  private func mean(_ values: [Double?]) -> Double {
    let known = values.compactMap { $0 }
    return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
  }

  /// Mean total and mean of every reward.
  private func line(_ table: RewardTable) -> String {
    let parts = table.names.map { "\($0) \(String(format: "%.3f", mean(table.column($0) ?? [])))" }
    return "reward \(String(format: "%.3f", mean(table.totals)))  (\(parts.joined(separator: ", ")))"
  }

  private func metrics(_ step: TrainingStep) -> Metrics {
    let lengths = step.samples.compactMap(\.completionTokens).map(Double.init)
    var pairs: [(String, Double)] = [
      ("reward", mean(step.table.totals)), ("reward_std", deviation(step.table.totals)),
      ("frac_reward_zero_std", step.advantages.statistics.deadGroupShare),
    ]
    for name in step.table.names {
      let column = step.table.column(name) ?? []
      pairs.append(("rewards/\(name)/mean", mean(column)))
      pairs.append(("rewards/\(name)/std", deviation(column)))
      if let share = step.advantages.statistics.zeroVarianceShare[name] {
        pairs.append(("rewards/\(name)/zero_std_groups", share))
      }
      if let counts = step.table.counts(of: name) {
        pairs.append(("rewards/\(name)/failed", Double(counts.failed)))
        pairs.append(("rewards/\(name)/abstained", Double(counts.abstained)))
        pairs.append(("rewards/\(name)/timed_out", Double(counts.timedOut)))
      }
    }
    for pair in step.advantages.statistics.correlations {
      pairs.append(("correlation/\(pair.first)/\(pair.second)", pair.value))
    }
    let tokens = lengths.reduce(0, +)
    pairs += [
      ("completions/mean_length", mean(lengths)), ("completions/min_length", lengths.min() ?? .nan),
      ("completions/max_length", lengths.max() ?? .nan),
      (
        "completions/clipped_ratio",
        Double(step.samples.count(where: \.isTruncated)) / Double(max(step.samples.count, 1))
      ),
      ("loss", step.statistics.loss), ("kl", step.statistics.kl), ("entropy", step.statistics.entropy),
      ("clip_ratio/region_mean", step.statistics.clipRatio), ("grad_norm", step.gradientNorm),
      ("learning_rate", step.learningRate), ("time/sampling", step.samplingSeconds),
      ("time/rewards", step.rewardSeconds), ("time/training", step.trainingSeconds),
      ("tokens_per_second/sampling", tokens / step.samplingSeconds),
      ("tokens_per_second/training", tokens / step.trainingSeconds),
    ]
    return Metrics(pairs)
  }

  private func deviation(_ values: [Double?]) -> Double {
    let known = values.compactMap { $0 }
    guard known.count > 1 else { return 0 }
    let center = known.reduce(0, +) / Double(known.count)
    return (known.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(known.count - 1)).squareRoot()
  }

  private func records(
    _ samples: [Sample], _ table: RewardTable, _ phase: SamplePhase, _ advantages: [Double]?
  ) -> [SampleRecord] {
    samples.enumerated().map { row, sample in
      let components = table.names.enumerated().map { column, name in
        let outcome = table.outcomes[row * table.names.count + column]
        return ComponentRecord(
          name: name, value: table.column(name)?[row],
          outcome: outcome == .timedOut ? "timed_out" : "\(outcome)",
          message: table.messages.first { $0.sample == row && $0.reward == name }?.text)
      }
      return SampleRecord(
        phase: phase, group: sample.group, index: row, prompt: sample.prompt, completion: sample.completion,
        reference: sample.reference?.jsonText, tokens: sample.completionTokens ?? 0,
        isTruncated: sample.isTruncated, advantage: advantages?[row], total: table.totals[row],
        components: components)
    }
  }

  private func summaryText(_ run: RunFile, _ before: RewardTable, _ after: RewardTable, seconds: Double)
    -> String
  {
    func part(_ table: RewardTable) -> JSONValue {
      let components = table.names.map { ($0, JSONValue.number(mean(table.column($0) ?? []))) }
      return .object(
        JSONObject([("total", .number(mean(table.totals))), ("components", .object(JSONObject(components)))]))
    }
    var usage = rusage()
    #if canImport(Glibc)
      let unit = 1024
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      let unit = 1
      getrusage(RUSAGE_SELF, &usage)
    #endif
    return JSONValue.object(
      JSONObject([
        ("seed", .integer(Int(run.trainer.seed))), ("before", part(before)), ("after", part(after)),
        ("steps", .integer(run.trainer.maxSteps)), ("seconds", .number(seconds)),
        ("peak_memory_bytes", .integer(usage.ru_maxrss * unit)),
      ])
    ).jsonText
  }
}
