import Rewards

/// Word problems whose answer is one whole number.
public struct ArithmeticTask: GeneratedTask {
  public let name = "arithmetic"
  public let help = ArithmeticTask.kind.help
  /// 1: one step, numbers to 20. 2: two steps, numbers to 50. 3: three steps, numbers to 100.
  public var level: Int

  public init(level: Int = 1) {
    precondition((1...3).contains(level), "arithmetic has levels 1 to 3")
    self.level = level
  }

  public static let kind = TaskKind(
    name: "arithmetic", help: "word problems with a whole number as answer",
    parameters: [TaskParameter("level", .integer(1), "difficulty, 1 to 3: the number of steps")]
  ) { options in ArithmeticTask(level: try options.integer("level", in: 1...3)) }

  private static let people = ["Ada", "Ben", "Chen", "Dina", "Emil", "Fatou", "Goran", "Hana", "Ivo", "June"]
  private static let things = ["apples", "stamps", "marbles", "books", "coins", "shells", "cards", "pens"]

  func instance(_ random: inout SeededGenerator) -> (content: String, item: TaskItem) {
    let limit = [20, 50, 100][level - 1]
    let person = random.pick(Self.people)
    let thing = random.pick(Self.things)
    var total = random.integer(in: 2...limit)
    var sentences = ["\(person) has \(total) \(thing)."]
    for _ in 0..<level {
      sentences.append(Self.step(&random, person: person, thing: thing, limit: limit, total: &total))
    }
    let question = random.pick([
      "How many \(thing) does \(person) have now?", "How many \(thing) are there now?",
      "What is the number of \(thing) that \(person) has in the end?",
    ])
    let text = (sentences + [question]).joined(separator: " ")
    let system = "Solve the problem. End with the answer as \\boxed{number}."
    let item = TaskItem(
      messages: [ChatMessage(role: "system", content: system), ChatMessage(role: "user", content: text)],
      reference: .string(String(total)), columns: JSONObject([("level", .integer(level))]),
      demonstration: "\\boxed{\(total)}")
    return (text, item)
  }

  private static func step(
    _ random: inout SeededGenerator, person: String, thing: String, limit: Int, total: inout Int
  ) -> String {
    switch random.integer(in: 0...3) {
    case 0:
      let n = random.integer(in: 1...limit)
      total += n
      return random.pick(["\(person) finds \(n) more.", "A friend gives \(person) \(n) \(thing)."])
    case 1 where total > 1:
      let n = random.integer(in: 1...total - 1)
      total -= n
      return random.pick(["\(person) gives away \(n).", "\(n) of the \(thing) get lost."])
    case 2 where total <= limit:
      let n = random.integer(in: 2...4)
      total *= n
      return random.pick([
        "Then the number of \(thing) grows to \(n) times as many.",
        "\(person) trades them for \(n) times as many \(thing).",
      ])
    default:
      let bags = random.integer(in: 2...5)
      let each = random.integer(in: 2...9)
      total += bags * each
      return random.pick([
        "\(person) buys \(bags) bags with \(each) \(thing) each.",
        "\(bags) friends bring \(each) \(thing) each.",
      ])
    }
  }
}
