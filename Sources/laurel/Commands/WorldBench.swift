import ArgumentParser
import Foundation
import Rewards
import Worlds

struct WorldBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a world's steps under random actions, one environment and many together.",
    discussion: """
      An episode that ends begins anew; the actions are drawn beforehand. A step of the batch counts once for each \
      environment. bench/worlds.py runs it beside Gymnasium's.
      """)
  @OptionGroup var choice: WorldChoice
  @Option(help: "Environments of the batch.") var count = 1024
  @Option(help: "Threads of the batch.") var threads = 1
  @Option(help: "Seconds for each of the two.") var seconds = 2.0
  @Flag(help: "One JSON object.") var json = false

  func validate() throws {
    if !(1...1_000_000).contains(count) {
      throw ValidationError("--count: \(count) is not between 1 and 1000000")
    }
    if !(1...1024).contains(threads) {
      throw ValidationError("--threads: \(threads) is not between 1 and 1024")
    }
    if !(0.01...3600).contains(seconds) {
      throw ValidationError("--seconds: \(seconds) is not between 0.01 and 3600")
    }
  }

  func run() throws {
    let world = try choice.world()
    let single = try single(world)
    let batch = batch(world)
    if json {
      let object = JSONObject([
        ("world", .string(choice.name)), ("single_steps_per_second", .number(single.rounded())),
        ("batch_steps_per_second", .number(batch.rounded())), ("count", .integer(count)),
        ("threads", .integer(threads)),
      ])
      return print(JSONValue.object(object).jsonText)
    }
    print("one environment         \(Int(single)) steps/s")
    print("\(count) environments, \(threads) threads  \(Int(batch)) steps/s")
  }

  private func actions(_ world: any World, _ random: inout PCG64) -> [Float] {
    var actions: [Float] = []
    for agent in 0..<world.agents { actions += world.actionSpace(of: agent).sample(&random) }
    return actions
  }

  private func single(_ world: any World) throws -> Double {
    let environment = world.anyEnvironment()
    var random = PCG64(seed: 1)
    let choices = (0..<1000).map { _ in actions(world, &random) }
    _ = environment.reset(seed: 1)
    return try rate { steps in
      for step in 0..<steps {
        if try environment.step(choices[step % choices.count]).isLast { _ = environment.reset(seed: nil) }
      }
    }
  }

  private func batch(_ world: any World) -> Double {
    let environment = world.anyVector(count: count, threads: threads)
    var random = PCG64(seed: 1)
    let choices = (0..<16).map { _ in (0..<count).flatMap { _ in actions(world, &random) } }
    return Double(count)
      * rate { steps in
        for step in 0..<steps { environment.step(choices[step % choices.count]) }
      }
  }

  /// How often a second `body` does what it is told to do, over about `seconds`.
  private func rate(_ body: (Int) throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    try body(10)
    var (done, chunk) = (0, 16)
    let began = clock.now
    while true {
      try body(chunk)
      done += chunk
      let (whole, part) = (clock.now - began).components
      let elapsed = Double(whole) + Double(part) * 1e-18
      if elapsed >= seconds { return Double(done) / elapsed }
      if elapsed < seconds / 20 { chunk *= 2 }
    }
  }
}
