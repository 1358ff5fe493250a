import Foundation
import Rewards
import Tasks
import Verifiers

/// What the reference is, as text.
private func text(_ reference: JSONValue?) -> String {
  if case .string(let text)? = reference { text } else { reference?.jsonText ?? "" }
}

/// A reward from a closure over the completion and the reference.
struct FlawedReward: PointwiseReward {
  typealias Subject = Sample

  var name: String
  var body: @Sendable (_ completion: String, _ reference: JSONValue?) -> Bool

  func score(_ sample: Sample, state: RunState) -> Score {
    Score(body(sample.completion, sample.reference) ? 1 : 0)
  }
}

/// The standard kinds, countdown, and bad ones that people have written.
func fixtureRegistry() -> Registry {
  var registry = Registry.standard
  registry.register([
    RewardKind(name: "countdown", help: "Countdown.", make: { name, _ in CountdownReward(name: name) }),
    RewardKind(
      name: "contains_reference", help: "The reference stands somewhere.",
      make: { name, _ in FlawedReward(name: name) { $0.contains(text($1)) } }),
    RewardKind(
      name: "exact_text", help: "The completion ends in the reference and nothing else.",
      parameters: [Parameter("after", .string, default: .string(""), help: "a mark in front of it")],
      make: { name, parameters in
        let mark = parameters.string("after")
        return FlawedReward(name: name) { completion, reference in
          if mark.isEmpty { return completion == text(reference) }
          let end = completion.trimmingCharacters(in: .whitespacesAndNewlines)
          return end.hasSuffix(mark + text(reference))
        }
      }),
    RewardKind(
      name: "json_text", help: "The call as compact JSON, byte for byte.",
      make: { name, _ in
        FlawedReward(name: name) { completion, reference in
          guard case .array(let calls)? = reference, let call = calls.first else { return false }
          return completion == call.jsonText
        }
      }),
  ])
  return registry
}
