import Rewards
import Testing

@testable import Tasks

@Suite("Generated tasks")
struct GeneratedTaskTests {
  static let tasks: [any LanguageTask] = [
    ArithmeticTask(), ArithmeticTask(level: 3), CountdownTask(), CountdownTask(numbers: 4, largest: 50),
    ToolCallTask(), ToolCallTask(toolsShown: 8, maxParameters: 2, showsExample: false), TaggedFormatTask(),
  ]

  @Test("The same seed gives the same items, another seed others", arguments: tasks.indices)
  func seeds(index: Int) {
    let task = Self.tasks[index]
    let first = task.items(split: .train, count: 20, seed: 7)
    #expect(first.count == 20)
    #expect(first == task.items(split: .train, count: 20, seed: 7))
    #expect(first != task.items(split: .train, count: 20, seed: 8))
  }

  @Test("No prompt is in both splits, whatever the seeds", arguments: tasks.indices)
  func disjoint(index: Int) {
    let task = Self.tasks[index]
    let train = Set((0..<3).flatMap { task.items(split: .train, count: 150, seed: $0) }.map(\.prompt))
    let heldOut = Set((0..<3).flatMap { task.items(split: .heldOut, count: 100, seed: $0) }.map(\.prompt))
    #expect(train.isDisjoint(with: heldOut))
    #expect(heldOut.count > 20)
  }

  @Test("More items than distinct instances are given by repeating")
  func repeats() {
    #expect(CountdownTask(numbers: 2, largest: 4).items(split: .train, count: 400, seed: 1).count == 400)
    #expect(TaggedFormatTask().items(split: .heldOut, count: 0, seed: 1).isEmpty)
  }

  @Test("Every countdown game's own solution earns the full score")
  func solvable() throws {
    for numbers in 2...6 {
      for item in CountdownTask(numbers: numbers).items(split: .train, count: 40, seed: 3) {
        let solution = try #require(item.columns["solution"])
        guard case .string(let text) = solution else {
          Issue.record("the solution is not a text")
          continue
        }
        let sample = Sample(completion: "<answer>\(text)</answer>", reference: item.reference)
        #expect(try CountdownReward().score(sample, state: RunState()).outcome == .scored(1))
      }
    }
  }

  @Test("Harder arithmetic has more sentences and a whole number as answer")
  func levels() {
    for level in 1...3 {
      for item in ArithmeticTask(level: level).items(split: .train, count: 50, seed: 2) {
        guard case .string(let answer) = item.reference else {
          Issue.record("the reference is not a text")
          continue
        }
        #expect((Int(answer) ?? -1) > 0)
        #expect(item.prompt.split(separator: " ").count > 5 + 3 * level)
      }
    }
  }
}
