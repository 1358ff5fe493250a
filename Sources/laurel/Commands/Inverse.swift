import ArgumentParser
import Foundation
import Learned
import Rewards
import Worlds

struct Inverse: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn from joint demonstrations what each agent wants (MAMQL).",
    discussion: """
      The demonstrations are JSONL, a transition a line: {"state": ..., "actions": [..., ...], "next_state": ..., \
      "done": false}; states and actions are numbers or texts. Prints a JSON line for each agent, state and action \
      that the demonstrations hold: the learned policy's probability and the recovered reward, which is right up to \
      shaping and scale.
      """ + RewardsCommand.settings("--set", MarginalInverseLearner.Settings.parameters))
  @Argument(help: "The demonstrations (JSONL).") var demonstrations: String
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: "Settings, each NAME=VALUE (listed above).")
  var values: [String] = []
  @Option var seed: UInt64 = 1

  func run() throws {
    let settings: MarginalInverseLearner.Settings
    do { settings = try .init(JSONObject(settings: values)) } catch {
      throw ValidationError("--set \(error)")
    }
    let rows: JointDemonstrations
    do { rows = try JointDemonstrations(jsonl: demonstrations) } catch let error as DemonstrationError {
      throw ValidationFailure("\(demonstrations), \(error)")
    } catch let error as JSONLError {
      throw ValidationFailure(error.message(file: demonstrations))
    }
    let learner = try MarginalInverseLearner(rows, settings, seed: seed)
    let rewards = learner.rewards(on: rows)
    for (agent, policy) in learner.policies.enumerated() {
      let names = rows.actionNames[agent]
      for (state, name) in rows.stateNames.enumerated() {
        for (action, choice) in names.enumerated() {
          let place = state * names.count + action
          guard let reward = rewards[agent][place] else { continue }
          print(
            JSONValue.object(
              JSONObject([
                ("agent", .integer(agent)), ("state", .string(name)), ("action", .string(choice)),
                ("probability", .number(policy[place])), ("reward", .number(reward)),
              ])
            ).jsonText)
        }
      }
    }
  }
}
