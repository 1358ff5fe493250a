import Rewards

/// The half of a task that a prompt belongs to.
public enum TaskSplit: String, Sendable, CaseIterable {
  case train
  case heldOut = "held_out"
}

/// One prompt, and what is known about its answer.
public struct TaskItem: Sendable, Equatable {
  /// The chat that the policy continues.
  public var messages: [ChatMessage]
  /// The reference answer; `.null` when the task has none.
  public var reference: JSONValue
  /// Every other column that a reward may ask for.
  public var columns: JSONObject
  /// An answer worth imitating, for supervised training; nil when the task has none.
  public var demonstration: String?

  public init(
    messages: [ChatMessage], reference: JSONValue, columns: JSONObject = JSONObject(),
    demonstration: String? = nil
  ) {
    self.messages = messages
    self.reference = reference
    self.columns = columns
    self.demonstration = demonstration
  }

  /// The last message of the user, for rewards and logs that show one text.
  public var prompt: String { messages.last { $0.role == "user" }?.content ?? "" }

  public static func == (a: TaskItem, b: TaskItem) -> Bool {
    a.messages == b.messages && a.reference == b.reference
      && JSONValue.object(a.columns) == .object(b.columns) && a.demonstration == b.demonstration
  }
}

/// A source of prompts for a language policy.
///
/// The same split, count and seed give the same items. No item of one split is in the other, whatever the
/// seeds: the content of an item decides its split.
public protocol LanguageTask: Sendable {
  /// The name that a run file uses.
  var name: String { get }
  /// What the task asks, in one line.
  var help: String { get }

  /// `count` items. A task with fewer distinct items than that repeats them, each pass in a new order.
  func items(split: TaskSplit, count: Int, seed: UInt64) -> [TaskItem]
}

/// A task that makes its items up from a random generator.
protocol GeneratedTask: LanguageTask {
  /// One item, and the content that decides its split.
  func instance(_ random: inout SeededGenerator) -> (content: String, item: TaskItem)
}

extension GeneratedTask {
  /// One instance in five is held out. An instance already given in this call is drawn again a few times; a
  /// task whose options leave few instances then repeats itself.
  public func items(split: TaskSplit, count: Int, seed: UInt64) -> [TaskItem] {
    var random = SeededGenerator(seed: stableHash("\(name)/\(split.rawValue)", seed: seed))
    var seen: Set<String> = []
    var items: [TaskItem] = []
    items.reserveCapacity(max(0, count))
    var repeats = 0
    while items.count < count {
      let (content, item) = instance(&random)
      guard (stableHash(content) % 5 == 0) == (split == .heldOut) else { continue }
      if seen.insert(content).inserted || repeats >= 50 {
        items.append(item)
        repeats = 0
      } else {
        repeats += 1
      }
    }
    return items
  }
}
