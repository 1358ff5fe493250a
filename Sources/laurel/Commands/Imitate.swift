import ArgumentParser
import Foundation
import Learned
import Rewards
import Worlds

struct Imitate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn a policy from an expert's steps in a world, without a reward (ASAF, or cloning).",
    discussion: """
      The demonstrations are JSONL, a step a line in the order of time: {"observation": [...], "action": 2 or [...], \
      "done": false}. Prints a JSON line for each round, then the learned policy's mean return beside that before \
      learning. Where demonstrations are many, --method clone is simpler and often better.
      """ + RewardsCommand.settings("--imitation", ImitationLearner.Settings.parameters))
  @Argument(help: "The demonstrations (JSONL).") var demonstrations: String
  @OptionGroup var choice: WorldChoice
  @Option(help: "asaf or clone.") var method = "asaf"
  @Option(
    name: .customLong("imitation"), parsing: .upToNextOption,
    help: "Settings, each NAME=VALUE (listed above)."
  )
  var values: [String] = []
  @Option var seed: UInt64 = 1
  @Option(help: "Episodes that measure the policy before and after.") var evalEpisodes = 50
  @Option(help: "Where the policy goes, as safetensors.") var out: String?

  func validate() throws {
    guard ["asaf", "clone"].contains(method) else { throw ValidationError("--method is asaf or clone") }
    guard evalEpisodes >= 1 else { throw ValidationError("--eval-episodes is at least 1") }
  }

  func run() throws {
    let settings: ImitationLearner.Settings
    do { settings = try .init(JSONObject(settings: values)) } catch {
      throw ValidationError("--imitation \(error)")
    }
    if let out { _ = try OutputFile(out, sparing: [demonstrations]) }
    let world = try choice.world()
    guard world.agents == 1 else {
      throw ValidationFailure("imitation is of one agent; this world has \(world.agents)")
    }
    let expert: ExpertEpisodes
    do { expert = try ExpertEpisodes(jsonl: demonstrations, world: world) } catch let error
      as DemonstrationError
    {
      throw ValidationFailure("\(demonstrations), \(error)")
    } catch let error as JSONLError {
      throw ValidationFailure(error.message(file: demonstrations))
    }
    let learner = ImitationLearner(world, expert: expert, settings, seed: seed)
    let before = try learner.evaluate(in: world, episodes: evalEpisodes)
    if method == "clone" {
      learner.clone()
    } else {
      try learner.learn { round in
        print(
          JSONValue.object(
            JSONObject([
              ("round", .integer(round.number)), ("loss", .number(round.loss)),
              ("saturated", .number(round.saturated)), ("return", .number(round.meanReturn)),
              ("length", .number(round.meanLength)),
            ])
          ).jsonText)
        return true
      }
    }
    let after = try learner.evaluate(in: world, episodes: evalEpisodes)
    say(String(format: "return %.3f before, %.3f after, over %d episodes", before, after, evalEpisodes))
    if let out {
      try PolicyFile.write(learner.policy, to: out)
      say("policy: \(out)")
    }
  }
}
