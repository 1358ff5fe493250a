/// The held-out samples before and after training, matched by prompt.
struct HeldOut {
  /// A prompt's samples of the same place before and after.
  struct Pair {
    var before: SampleRecord
    var after: SampleRecord

    var change: Double? {
      guard let old = before.total, let new = after.total else { return nil }
      return new - old
    }
  }

  /// The statistics of the total or of one component.
  struct Column {
    var name: String
    var before: Statistics.Estimate?
    var after: Statistics.Estimate?
    /// The change, over the prompts that have scores both times.
    var difference: Statistics.Estimate?
  }

  var before: [SampleRecord]
  var after: [SampleRecord]
  /// What the later samples are: `after`, or `step 40` while the run is not over.
  var afterName: String

  init(_ store: RunStore) throws(RunStoreError) {
    before = try store.samples(phase: .before)
    after = try store.samples(phase: .after)
    afterName = "after"
    if after.isEmpty, let step = try store.lastStep(of: .eval) {
      after = try store.samples(phase: .eval, step: step)
      afterName = "step \(step)"
    }
  }

  /// Samples share a key when they answer the same question.
  private struct Key: Hashable {
    var prompt: String
    var reference: String?
  }

  private static func byPrompt(_ samples: [SampleRecord]) -> [(key: Key, samples: [SampleRecord])] {
    var places: [Key: Int] = [:]
    var groups: [(key: Key, samples: [SampleRecord])] = []
    for sample in samples {
      let key = Key(prompt: sample.prompt, reference: sample.reference)
      if let place = places[key] {
        groups[place].samples.append(sample)
      } else {
        places[key] = groups.count
        groups.append((key, [sample]))
      }
    }
    return groups
  }

  /// The number of prompts seen both times.
  var sharedPrompts: Int {
    let later = Set(Self.byPrompt(after).map(\.key))
    return Self.byPrompt(before).count { later.contains($0.key) }
  }

  /// The total and every component. A prompt counts once, with the mean over its samples.
  func columns(_ rewards: [String]) -> [Column] {
    [column("total reward") { $0.total }]
      + rewards.map { reward in
        column(reward) { sample in sample.components.first { $0.name == reward }?.value }
      }
  }

  private func column(_ name: String, _ value: (SampleRecord) -> Double?) -> Column {
    func means(_ samples: [SampleRecord]) -> [(key: Key, mean: Double)] {
      Self.byPrompt(samples).compactMap { group in
        Statistics.mean(group.samples.compactMap(value)).map { (group.key, $0) }
      }
    }
    let old = means(before)
    let new = means(after)
    let found = Dictionary(new.map { ($0.key, $0.mean) }, uniquingKeysWith: { first, _ in first })
    return Column(
      name: name, before: Statistics.estimate(old.map(\.mean)), after: Statistics.estimate(new.map(\.mean)),
      difference: Statistics.estimate(old.compactMap { entry in found[entry.key].map { $0 - entry.mean } }))
  }

  /// The n-th sample of a prompt before, with the n-th after: no choice that could flatter either side.
  var pairs: [Pair] {
    let later = Dictionary(
      Self.byPrompt(after).map { ($0.key, $0.samples) }, uniquingKeysWith: { first, _ in first })
    return Self.byPrompt(before).flatMap { group in
      zip(group.samples, later[group.key] ?? []).map { Pair(before: $0, after: $1) }
    }
  }
}
