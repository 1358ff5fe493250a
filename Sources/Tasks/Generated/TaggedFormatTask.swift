import Rewards

/// Simple questions whose answer must stand within think and answer tags.
public struct TaggedFormatTask: GeneratedTask {
  public let name = "format"
  public let help = TaggedFormatTask.kind.help

  public init() {}

  public static let kind = TaskKind(
    name: "format", help: "simple questions, to be answered within <think> and <answer> tags", parameters: []
  ) { _ in TaggedFormatTask() }

  private static let words = [
    "river", "candle", "window", "garden", "bottle", "planet", "button", "silver", "orange", "market",
    "winter", "pencil", "castle", "rabbit", "thunder", "kitchen", "mountain", "harbour", "lantern", "journey",
  ]

  func instance(_ random: inout SeededGenerator) -> (content: String, item: TaskItem) {
    let (question, answer) = Self.question(&random)
    let system = "Think first, then answer. Write: <think>your thoughts</think><answer>the answer</answer>"
    let item = TaskItem(
      messages: [ChatMessage(role: "system", content: system), ChatMessage(role: "user", content: question)],
      reference: .string(answer),
      demonstration: "<think>\(question) It is \(answer).</think><answer>\(answer)</answer>")
    return (question, item)
  }

  private static func question(_ random: inout SeededGenerator) -> (String, String) {
    let a = random.integer(in: 2...60)
    let b = random.integer(in: 2...60)
    let word = random.pick(words)
    switch random.integer(in: 0...4) {
    case 0: return ("What is \(a) plus \(b)?", String(a + b))
    case 1: return ("Which is larger, \(a) or \(a + b)?", String(a + b))
    case 2: return ("How many letters are in the word \(word)?", String(word.count))
    case 3: return ("What is the first letter of the word \(word)?", String(word.prefix(1)))
    default: return ("Is \(a) an even number? Answer yes or no.", a.isMultiple(of: 2) ? "yes" : "no")
    }
  }
}
