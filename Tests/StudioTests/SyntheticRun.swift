import Foundation

@testable import Studio

/// A made-up run with everything a report can show: noise, gaps, failures, hostile text.
enum SyntheticRun {
  /// A small generator with a seed (SplitMix64), so that the page is the same every time.
  struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    mutating func normal() -> Double {
      let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &self))).squareRoot()
      return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
  }

  static let hostile = "</pre><script>alert(1)</script>\u{202E}\u{0}\u{1B}[31m<img src=x onerror=alert(2)>"

  static func fill(_ store: RunStore, steps: Int = 60) throws {
    var noise = Noise(state: 7)
    try store.append(samples: heldOut(.before, skill: 0.25, &noise), step: 0)
    for step in 1...steps {
      try store.append(
        step: StepRecord(
          step: step, time: 1_780_000_000 + 42 * Double(step), metrics: metrics(step, steps, &noise)))
    }
    try store.append(samples: heldOut(.after, skill: 0.7, &noise), step: steps)
    try store.set("device", to: "2 CPU cores")
    try store.finish(.finished, at: 1_780_000_000 + 42 * Double(steps) + 20)
  }

  private static func metrics(_ step: Int, _ steps: Int, _ noise: inout Noise) -> Metrics {
    let done = Double(step) / Double(steps)
    let correct = 0.2 + 0.55 * (1 - exp(-3 * done)) + 0.04 * noise.normal()
    let format = 0.5 + 0.48 * (1 - exp(-8 * done)) + 0.02 * noise.normal()
    let length = -40 - 60 * done + 6 * noise.normal()
    var metrics: Metrics = [
      "reward": correct + 0.2 * format + 0.001 * length, "reward_std": 0.35 - 0.15 * done,
    ]
    metrics["rewards/correct/mean"] = correct
    metrics["rewards/correct/std"] = 0.4 - 0.1 * done
    metrics["rewards/format/mean"] = format
    metrics["rewards/format/std"] = 0.3 * (1 - done) + 0.02
    metrics["rewards/length_penalty/mean"] = length
    metrics["rewards/length_penalty/std"] = 20
    metrics["frac_reward_zero_std"] = 0.1 + 0.2 * done + 0.03 * abs(noise.normal())
    metrics["rewards/correct/zero_std_groups"] = 0.4 - 0.1 * done + 0.03 * noise.normal()
    metrics["rewards/format/zero_std_groups"] = 0.2 + 0.6 * done + 0.03 * noise.normal()
    metrics["rewards/length_penalty/zero_std_groups"] = 0.01
    metrics["rewards/correct/failed"] = step % 20 == 0 ? 1 : 0
    metrics["rewards/correct/timed_out"] = step == 33 ? 2 : 0
    metrics["rewards/correct/abstained"] = 0
    metrics["correlation/correct/format"] = 0.35 + 0.1 * noise.normal()
    metrics["correlation/correct/length_penalty"] = -0.4 + 0.1 * noise.normal()
    metrics["completions/mean_length"] = 90 + 50 * done + 5 * noise.normal()
    metrics["completions/min_length"] = 20
    metrics["completions/max_length"] = 190 + 10 * noise.normal()
    metrics["completions/clipped_ratio"] = 0.05 * done
    metrics["kl"] = step % 25 == 0 ? .nan : 0.02 * done + 0.002 * abs(noise.normal())
    metrics["entropy"] = 1.6 - 0.7 * done + 0.04 * noise.normal()
    metrics["clip_ratio/region_mean"] = 0.01 + 0.004 * abs(noise.normal())
    metrics["grad_norm"] = 0.8 + 0.2 * abs(noise.normal())
    metrics["learning_rate"] = 1e-6 * min(1, 10 * done) * (1.05 - done)
    metrics["loss"] = 0.02 * noise.normal()
    metrics["tokens_per_second/sampling"] = 12_300 + 300 * noise.normal()
    metrics["tokens_per_second/training"] = 3_400 + 90 * noise.normal()
    metrics["time/sampling"] = 14 + noise.normal()
    metrics["time/rewards"] = 1.2 + 0.1 * noise.normal()
    metrics["time/training"] = 25 + noise.normal()
    metrics["num_tokens"] = Double(step) * 32_768
    return metrics
  }

  private static func heldOut(_ phase: SamplePhase, skill: Double, _ noise: inout Noise) -> [SampleRecord] {
    (0..<24).flatMap { group in
      (0..<4).map { index in
        let (a, b) = (group * 7 + 12, group * 3 + 5)
        let isRight = Double.random(in: 0..<1, using: &noise) < skill - 0.01 * Double(group)
        let isBoxed = Double.random(in: 0..<1, using: &noise) < skill + 0.25
        let tokens = Int(80 + 100 * skill + 20 * noise.normal())
        let answer = isRight ? a * b : a * b + 10
        var completion = """
          First I multiply \(a) by \(b). \(a) × \(b) = \(a * (b - 1)) + \(a).
          So the answer is \(isBoxed ? "\\boxed{\(answer)}" : "\(answer)").
          """
        if group == 2 { completion = hostile + completion }
        if group == 3, index == 0 { completion += String(repeating: "and so on ", count: 100_000) }
        let failed = group == 5 && index == 1
        let correct = failed ? nil : isRight ? 1.0 : 0
        return SampleRecord(
          phase: phase, group: group, index: group * 4 + index,
          prompt: "What is \(a) times \(b)? Box the answer.",
          completion: completion, reference: "\(a * b)", tokens: tokens, isTruncated: group == 3,
          total: correct.map { $0 + (isBoxed ? 0.2 : 0) - 0.001 * Double(tokens) },
          components: [
            ComponentRecord(
              name: "correct", value: correct, outcome: failed ? "failed" : "scored",
              message: failed ? "unbalanced brace in <b>\\boxed{</b>" : nil),
            ComponentRecord(name: "format", value: isBoxed ? 1 : 0),
            ComponentRecord(name: "length_penalty", value: -Double(tokens)),
          ])
      }
    }
  }

  static let yaml = """
    model: SmolLM2-135M-Instruct
    seed: 1
    train:
      num_generations: 8
      learning_rate: 1.0e-6
    rewards:
      - correct: {weight: 1.0}
      - format: {weight: 0.2}
      - length_penalty: {weight: 0.001}
    """
}
