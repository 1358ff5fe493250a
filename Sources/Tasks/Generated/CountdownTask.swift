import Rewards

/// The numbers game: combine the given numbers with + - * / to reach a target.
public struct CountdownTask: GeneratedTask {
  public let name = "countdown"
  public let help = CountdownTask.kind.help
  /// How many numbers a game gives.
  public var numbers: Int
  /// The largest number given; targets are at most ten times as large.
  public var largest: Int

  public init(numbers: Int = 3, largest: Int = 20) {
    precondition((2...6).contains(numbers) && largest >= 4, "countdown needs 2 to 6 numbers, up to 4 or more")
    self.numbers = numbers
    self.largest = largest
  }

  public static let kind = TaskKind(
    name: "countdown", help: "reach a target with + - * / from given numbers, each used exactly once",
    parameters: [
      TaskParameter("numbers", .integer(3), "how many numbers a game gives, 2 to 6"),
      TaskParameter("largest", .integer(20), "the largest number given, 4 to 100"),
    ]
  ) { options in
    CountdownTask(
      numbers: try options.integer("numbers", in: 2...6), largest: try options.integer("largest", in: 4...100)
    )
  }

  /// Numbers are combined at random until one value is left, so every game has a solution.
  func instance(_ random: inout SeededGenerator) -> (content: String, item: TaskItem) {
    while true {
      let given = (0..<numbers).map { _ in random.integer(in: 1...largest) }
      let (target, solution) = Self.combine(given, &random)
      guard (1...largest * 10).contains(target), !given.contains(target) else { continue }
      let list = given.map(String.init).joined(separator: ", ")
      let system =
        "Answer with one expression in <answer></answer> tags, for example <answer>(5 + 3) * 2</answer>"
      let text = "Use the numbers \(list), each exactly once, with + - * / to make \(target)."
      let numbers = JSONValue.array(given.map { .integer($0) })
      let item = TaskItem(
        messages: [ChatMessage(role: "system", content: system), ChatMessage(role: "user", content: text)],
        reference: .object(JSONObject([("numbers", numbers), ("target", .integer(target))])),
        columns: JSONObject([("solution", .string(solution))]),
        demonstration: "<answer>\(solution)</answer>")
      let sorted = given.sorted().map(String.init).joined(separator: " ")
      return ("\(sorted) -> \(target)", item)
    }
  }

  private static func combine(_ given: [Int], _ random: inout SeededGenerator) -> (Int, String) {
    var terms = given.map { (value: $0, text: String($0)) }
    while terms.count > 1 {
      terms = random.shuffled(terms)
      let b = terms.removeLast()
      let a = terms.removeLast()
      var choices: [(value: Int, text: String)] = [
        (a.value + b.value, "(\(a.text) + \(b.text))"), (a.value * b.value, "(\(a.text) * \(b.text))"),
      ]
      if a.value > b.value { choices.append((a.value - b.value, "(\(a.text) - \(b.text))")) }
      if b.value != 0 && a.value.isMultiple(of: b.value) {
        choices.append((a.value / b.value, "(\(a.text) / \(b.text))"))
      }
      terms.append(random.pick(choices))
    }
    return terms[0]
  }
}
