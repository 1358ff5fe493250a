import Control
import Foundation
import Learned
import Numeric
import Rewards
import Studio
import Worlds

/// Control runs of learners that keep tables: policy.json in place of policy.safetensors, reward.json of barfi.
extension ControlSession {
  func openTable(_ world: some World, _ summary: String?) throws {
    if let bandit = world as? BlockBandit, run.method == .greedyMeta {
      return try openMeta(bandit, summary)
    }
    let books = try openBooks()
    let (metrics, progress, began) = (books.metrics, books.progress, books.began)
    var (record, keeper) = (books.record, books.keeper)
    func note(
      _ episode: TabularEpisode, _ save: (inout StateArchive) throws(StateArchiveError) -> Void
    ) throws -> Bool {
      record.lastReturns = Array((record.lastReturns + [episode.worldReturn]).suffix(100))
      let mean = record.lastReturns.reduce(0, +) / Double(record.lastReturns.count)
      progress.reach(Double(episode.steps), note: String(format: "return %.2f", mean))
      (record.steps, record.episodes) = (episode.steps, record.episodes + 1)
      // The page shows the mean of the last hundred, at most some thousand points.
      if record.episodes % max(1, run.totalTimesteps / max(1, episode.length) / 2000) == 0 {
        record.returns.append(episode.steps, mean)
      }
      try metrics.append([
        ("steps", Double(episode.steps)), ("return", episode.worldReturn), ("length", Double(episode.length)),
        ("seconds", -began.timeIntervalSinceNow),
      ])
      if keeper.isDue || Task.isCancelled { try keeper.keep(record, save) }
      return !Task.isCancelled && !(record.lastReturns.count >= 100 && hasArrived(mean))
    }

    let table: StateActionTable
    let before: Evaluation
    let after: Evaluation
    if let configuration = run.tabular {
      let trainer = try TabularTrainer(world, configuration, shapers: run.shapers)
      before = try begin(&record, books.archive, trainer.restore) { try evaluate(world) { trainer.act($0) } }
      try keeper.keep(record, trainer.save)
      try trainer.learn(totalSteps: run.totalTimesteps) { try note($0, trainer.save) }
      progress.finish()
      (table, after) = (trainer.table, try evaluate(world) { trainer.act($0) })
    } else {
      let trainer = try AlignmentTrainer(
        world, hint: run.hints, settings: run.alignment,
        batchEpisodes: run.settings.optionalInt("batch_episodes") ?? 20,
        bins: run.settings.optionalInt("bins"), seed: run.seed)
      before = try begin(&record, books.archive, trainer.restore) { try evaluate(world) { trainer.act($0) } }
      try keeper.keep(record, trainer.save)
      var told = false
      try trainer.learn(totalSteps: run.totalTimesteps, onEpisode: { try note($0, trainer.save) }) { report in
        if report.isDead, !told {
          told = true
          say(
            "barfi: the world's own reward was not met in 20 iterations; nothing can be learned about the hint"
          )
        }
      }
      progress.finish()
      (table, after) = (trainer.table, try evaluate(world) { trainer.act($0) })
      try write(trainer.reward.json, "reward.json")
    }
    try write(
      TableFile.json(
        table, holds: run.tabular?.method.hasProbabilities == false ? "action values" : "probabilities"),
      TableFile.name)
    record.seconds = -began.timeIntervalSinceNow
    try finish(record, before, after, summary)
  }

  /// The greedy learner whose exploring emerges: its reward a pull, beside that of hand-written players.
  private func openMeta(_ world: BlockBandit, _ summary: String?) throws {
    let (streams, pulls) = (4000, 200)
    /// Twenty parts, so that the spread is seen.
    func evaluation(_ reward: (_ streams: Int, _ seed: UInt64) -> Double) -> Evaluation {
      Evaluation(returns: (0..<20).map { reward(streams / 20, run.seed &+ 100 &+ $0) })
    }
    let players: [(String, BlockPolicy)] = [
      (
        "optimal without noise",
        .reservation(threshold: ReservationIndex.threshold(blockLength: world.blockLength))
      ),
      ("greedy once positive", .reservation(threshold: 0)), ("Thompson sampling", .thompson),
      ("Bayes-greedy", .bayesGreedy), ("epsilon-greedy 0.1", .epsilonGreedy(0.1)),
    ]
    let own = run.metaLearner
    let books = try openBooks()
    var (record, keeper) = (books.record, books.keeper)
    var learner = GreedyMetaLearner(untrained: world, own, seed: run.seed)
    if let archive = books.archive {
      do { try learner.restore(from: archive) } catch { throw ValidationFailure("\(folder.path): \(error)") }
    }
    try keeper.keep(record, learner.save)
    while !Task.isCancelled, let reward = learner.advance() {
      record.steps = learner.steps * own.streams
      books.progress.reach(Double(record.steps), note: String(format: "reward %.2f", reward))
      if learner.steps % max(1, own.steps / 500) == 0 {
        record.returns.append(record.steps, reward)
        try books.metrics.append([
          ("steps", Double(record.steps)), ("return", reward),
          ("seconds", -books.began.timeIntervalSinceNow),
        ])
      }
      if keeper.isDue { try keeper.keep(record, learner.save) }
    }
    if Task.isCancelled { try keeper.keep(record, learner.save) }
    books.progress.finish()
    let result = learner.evaluate(streams: streams, pulls: pulls, seed: run.seed &+ 1)
    var lines: [(String, JSONValue)] = [
      ("reward", .number(result.reward)), ("exploration_index", .number(result.explorationIndex)),
    ]
    say(
      String(
        format:
          "learned: reward %.4f a pull, exploration index %.3f (share of untried arms picked where the best "
          + "seen is between 0.2 and 0.8)", result.reward, result.explorationIndex))
    for (name, player) in players {
      let reward = player.averageReward(in: world, streams: streams, pulls: pulls, seed: run.seed &+ 2)
      say(String(format: "%@: reward %.4f a pull", name, reward))
      lines.append((name, .number(reward)))
    }
    lines.append(("within_block", .array(result.withinBlock.map { $0.isFinite ? .number($0) : .null })))
    try write(.object(JSONObject(lines)), "policy.json")
    (record.episodes, record.seconds) = (record.steps, -books.began.timeIntervalSinceNow)
    let before = evaluation {
      BlockPolicy.epsilonGreedy(1).averageReward(in: world, streams: $0, pulls: pulls, seed: $1)
    }
    try finish(
      record, before, evaluation { learner.evaluate(streams: $0, pulls: pulls, seed: $1).reward }, summary)
  }

  private func write(_ value: JSONValue, _ name: String) throws {
    try OutputFile(folder.appending(path: name).path).write(Data((value.jsonText + "\n").utf8))
  }
}
