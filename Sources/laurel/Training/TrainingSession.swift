import Foundation
import Language
import Policies
import Rewards
import Studio
import Tasks
import Torch

/// One process's work on a run: from the first held-out evaluation, or from the last checkpoint, to the report.
final class TrainingSession {
  private let run: RunFile
  private let store: RunStore
  private let engine: any PolicyEngine
  private let trainer: LanguageTrainer
  private let tokenizer: any Tokenizer
  private let template: ChatTemplate
  private let contextLength: Int
  private var stepsTaken = 0
  private var savedStep = 0

  /// A session on a store; what keeps it from starting is written there.
  /// - Parameter resumes: takes the state of the store's last checkpoint and forgets what came after it.
  static func open(_ run: RunFile, store: RunStore, resumes: Bool) throws -> TrainingSession {
    do {
      return try TrainingSession(run, store: store, resumes: resumes)
    } catch {
      try? store.finish(.failed, at: Date().timeIntervalSince1970, message: "\(error)")
      throw error
    }
  }

  private init(_ run: RunFile, store: RunStore, resumes: Bool) throws {
    self.run = run
    self.store = store
    let files = try ModelFiles(run.model)
    tokenizer = try files.tokenizer()
    template = try files.chatTemplate()
    let device = try ModelFiles.device(run.device)
    let dtype = run.lora == nil ? .float32 : ModelFiles.dtype(run.dtype, on: device)
    (engine, contextLength) = try Self.engine(run, files, dtype, device, tokenizer)
    trainer = try LanguageTrainer(run.trainer, engine: engine, tokenizer: tokenizer, rewards: run.rewards)
    say(
      "run \(store.folder.path): \(run.model), \(run.method.rawValue), \(dtype) on \(device), \(Torch.threads) threads, seed \(run.trainer.seed)"
    )
    if resumes {
      if let checkpoint = Checkpoint.all(in: store.checkpoints).last {
        try checkpoint.restore(engine)
        stepsTaken = checkpoint.step
        savedStep = checkpoint.step
      }
      try store.truncate(afterStep: stepsTaken)
      say("resumed after step \(stepsTaken)")
    }
  }

  private static func engine(
    _ run: RunFile, _ files: ModelFiles, _ dtype: DType, _ device: Device, _ tokenizer: any Tokenizer
  ) throws -> (any PolicyEngine, contextLength: Int) {
    let model = try files.model(dtype: dtype, device: device)
    var reference: LlamaModel?
    if let lora = run.lora {
      model.lora = try LoRA(lora, for: model, seed: run.trainer.seed)
      if let adapter = run.adapter {
        let found = try LoRAConfiguration(folder: adapter)
        guard found == lora else {
          throw ValidationFailure(
            "the adapters in \(adapter) have r \(found.r), lora_alpha \(found.alpha), first_layer \(found.firstLayer) and targets \(found.targets.map(\.rawValue).joined(separator: ", ")): give lora the same settings"
          )
        }
        try model.lora?.read(folder: adapter)
      }
    } else {
      guard run.adapter == nil else {
        throw ValidationFailure(
          "adapter needs lora: with lora: false name the warm-started model's folder as model")
      }
      try model.trainAll()
      if run.trainer.objective.beta != 0 { reference = try files.model(dtype: dtype, device: device) }
    }
    let engine = try ModularEngine(model, reference: reference, baseModel: run.model, tokenizer: tokenizer) {
      try run.optimizer.make($0, learningRate: run.trainer.learningRate)
    }
    return (engine, model.configuration.contextLength)
  }

  // MARK: The run

  /// Runs to the end. Whatever stops it, what was done stays on disk, with a checkpoint of the last whole step.
  func start() async throws {
    do {
      try await runToEnd()
    } catch {
      stop(after: error)
      throw error
    }
  }

  private func runToEnd() async throws {
    let heldOut = try prompts(run.task.items(split: .heldOut, count: run.heldOut, seed: 0), "held-out")
    if try store.samples(phase: .before, limit: 1).isEmpty {
      let before = try await trainer.evaluate(heldOut, step: 0)
      warnOfSilentRewards(before.table)
      try store.append(samples: RunMetrics.records(before.samples, before.table, .before), step: 0)
      say("before: " + RunMetrics.line(before.table))
    }
    if Set(heldOut.map(\.ids)).count < heldOut.count {
      say("note: the task has fewer than \(run.heldOut) held-out prompts, so some are asked more than once")
    }
    switch run.method {
    case .grpo: try await trainOnRewards(heldOut)
    case .sft: try await trainOnDemonstrations(heldOut)
    }
    if savedStep < stepsTaken { try save() }
    let after = try await trainer.evaluate(heldOut, step: stepsTaken)
    try store.append(samples: RunMetrics.records(after.samples, after.table, .after), step: stepsTaken)
    try store.finish(.finished, at: Date().timeIntervalSince1970)
    say("after:  " + RunMetrics.line(after.table))
  }

  /// A reward that scores nothing teaches nothing: said at once, not in the report.
  private func warnOfSilentRewards(_ table: RewardTable) {
    for name in table.names {
      guard (table.column(name) ?? []).allSatisfy({ $0 == nil }) else { continue }
      let reason = table.messages.first { $0.reward == name }?.text ?? "it abstained"
      say("warning: reward \"\(name)\" scored none of the held-out samples: \(reason)")
    }
  }

  private func trainOnRewards(_ heldOut: [TrainingPrompt]) async throws {
    let count = run.trainer.promptsPerStep
    let train = try prompts(
      run.task.items(split: .train, count: count * run.trainer.maxSteps, seed: run.trainer.seed), "training")
    let pace = Pace(total: run.trainer.maxSteps, done: stepsTaken)
    var told: Set<String> = []
    while stepsTaken < run.trainer.maxSteps {
      try await evaluateIfDue(heldOut)
      let batch = Array(train[(stepsTaken * count)..<((stepsTaken + 1) * count)])
      let result = try await trainer.run(step: stepsTaken, prompts: batch)
      stepsTaken += 1
      for warning in result.credit?.warnings ?? [] where told.insert(warning).inserted {
        say("credit: in some responses, \(warning)")
      }
      try store.append(
        step: StepRecord(
          step: stepsTaken, time: Date().timeIntervalSince1970, metrics: RunMetrics.metrics(result),
          samples: RunMetrics.records(
            result.samples, result.table, .train, advantages: result.advantages.values)))
      say(
        pace.line(
          step: stepsTaken,
          RunMetrics.line(result.table) + String(format: "  drawing %.1f s", result.samplingSeconds)))
      try finishStep()
    }
  }

  private func trainOnDemonstrations(_ heldOut: [TrainingPrompt]) async throws {
    let count = run.trainer.promptsPerStep
    let items = run.task.items(split: .train, count: count * run.trainer.maxSteps, seed: run.trainer.seed)
    let demonstrations = try demonstrations(items)
    let supervised = SupervisedTrainer(
      engine: engine, learningRate: run.trainer.learningRate, schedule: run.trainer.schedule,
      maxSteps: run.trainer.maxSteps, maxGradNorm: run.trainer.maxGradNorm,
      tokenBudget: run.trainer.tokenBudget)
    let pace = Pace(total: run.trainer.maxSteps, done: stepsTaken)
    while stepsTaken < run.trainer.maxSteps {
      try await evaluateIfDue(heldOut)
      let batch = Array(demonstrations[(stepsTaken * count)..<((stepsTaken + 1) * count)])
      let clock = ContinuousClock()
      let began = clock.now
      let result = try supervised.run(step: stepsTaken, batch: batch)
      stepsTaken += 1
      let metrics = RunMetrics.metrics(result, seconds: (clock.now - began).seconds)
      try store.append(
        step: StepRecord(step: stepsTaken, time: Date().timeIntervalSince1970, metrics: metrics))
      say(pace.line(step: stepsTaken, String(format: "loss %.4f", result.loss)))
      try finishStep()
    }
  }

  /// The checkpoint that is due. One that cannot be written is no reason to stop: the previous one is there, and the
  /// next step tries again.
  private func finishStep() throws {
    if stepsTaken - savedStep >= run.saveSteps, stepsTaken < run.trainer.maxSteps {
      do { try save() } catch { say("no checkpoint of step \(stepsTaken): \(error)") }
    }
    try Task.checkCancellation()
  }

  /// The evaluation after `stepsTaken` steps, unless the store has it: a resumed run makes up for one that was cut.
  private func evaluateIfDue(_ heldOut: [TrainingPrompt]) async throws {
    guard run.evalSteps > 0, stepsTaken > 0, stepsTaken % run.evalSteps == 0,
      try store.samples(phase: .eval, step: stepsTaken, limit: 1).isEmpty
    else { return }
    let result = try await trainer.evaluate(heldOut, step: stepsTaken)
    let metrics = Metrics([("eval_reward", RunMetrics.mean(result.table.totals))])
    try store.append(
      step: StepRecord(
        step: stepsTaken, time: Date().timeIntervalSince1970, metrics: metrics,
        samples: RunMetrics.records(result.samples, result.table, .eval)))
    say("eval:   " + RunMetrics.line(result.table))
  }

  private func save() throws {
    _ = try Checkpoint.write(engine, step: stepsTaken, in: store.checkpoints)
    savedStep = stepsTaken
    Checkpoint.prune(in: store.checkpoints, keeping: run.saveTotalLimit)
  }

  /// Keeps the last whole step and says why the run ended.
  private func stop(after error: any Error) {
    let wasStopped = error is CancellationError
    if savedStep < stepsTaken, !trainer.isWithinUpdate {
      do { try save() } catch { say("no checkpoint of step \(stepsTaken): \(error)") }
    }
    do {
      try store.finish(
        wasStopped ? .stopped : .failed, at: Date().timeIntervalSince1970,
        message: wasStopped ? nil : "\(error)")
      if stepsTaken > 0 { _ = try Report.write(store) }
    } catch { say("\(error)") }
    let end = wasStopped ? "stopped" : "failed"
    guard stepsTaken > 0 else { return say("\(end) before the end of the first step") }
    let kept = savedStep > 0 ? "the checkpoint of step \(savedStep) is kept" : "there is no checkpoint yet"
    say("\(end) after step \(stepsTaken); \(kept): laurel train \(store.folder.path) --resume goes on")
  }

  // MARK: Prompts

  private func ids(_ item: TaskItem) -> [Int] {
    tokenizer.encode(template.render(messages: item.messages, addGenerationPrompt: true)).map(Int.init)
  }

  private func prompts(_ items: [TaskItem], _ kind: String) throws -> [TrainingPrompt] {
    guard !items.isEmpty else {
      throw ValidationFailure(
        "task \(run.task.name) has no \(kind) prompts: add prompts, or change the task's held_out share")
    }
    return try items.map { item in
      let ids = ids(item)
      // Said before the first step: a run that meets such a prompt later cannot go on.
      guard ids.count + run.trainer.maxCompletionLength <= contextLength else {
        throw ValidationFailure(
          "a \(kind) prompt of task \(run.task.name) has \(ids.count) tokens (\"\(item.prompt.prefix(60))...\"), and the model takes \(contextLength) together with max_completion_length \(run.trainer.maxCompletionLength): shorten or remove it, or lower max_completion_length"
        )
      }
      return TrainingPrompt(
        ids: ids,
        sample: Sample(
          prompt: item.prompt, messages: item.messages, completion: "", reference: item.reference,
          columns: item.columns))
    }
  }

  private func demonstrations(_ items: [TaskItem]) throws -> [Demonstration] {
    guard !items.isEmpty else { throw ValidationFailure("task \(run.task.name) has no training prompts") }
    var cut = 0
    let result = try items.map { item in
      guard let text = item.demonstration else {
        throw ValidationFailure(
          "method: sft needs demonstrations, and task \(run.task.name) has none for \"\(item.prompt.prefix(60))\": give the data a completion field"
        )
      }
      var completion = tokenizer.encode(text, allowSpecial: false).map(Int.init)
      if let end = tokenizer.eosToken { completion.append(Int(end)) }
      if completion.count > run.trainer.maxCompletionLength {
        completion = Array(completion.prefix(run.trainer.maxCompletionLength))
        cut += 1
      }
      return Demonstration(prompt: ids(item), completion: completion)
    }
    if cut > 0 {
      say("\(cut) demonstrations were cut to max_completion_length \(run.trainer.maxCompletionLength)")
    }
    return result
  }
}

/// The line after a step: number, what it did, seconds a step and time left.
private struct Pace {
  let total: Int
  let done: Int
  let began = Date()

  func line(step: Int, _ text: String) -> String {
    let each = -began.timeIntervalSinceNow / Double(max(1, step - done))
    return "step \(step)/\(total)  \(text)  "
      + String(format: "%.1f s a step, %.0f s left", each, each * Double(total - step))
  }
}
