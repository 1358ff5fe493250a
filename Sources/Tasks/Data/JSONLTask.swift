import Rewards

/// The user's own prompts, one JSON object a line, in TRL's formats.
public struct JSONLTask: LanguageTask {
  public let name = "jsonl"
  public let help = JSONLTask.kind.help
  private let train: [TaskItem]
  private let heldOut: [TaskItem]

  public static let kind = TaskKind(
    name: "jsonl", help: "your own prompts from a JSONL file (TRL's prompt-only formats)",
    parameters: [
      TaskParameter("path", .null, "the file"),
      TaskParameter(
        "prompt", .null, "field with the prompt, text or messages; default prompt, else messages"),
      TaskParameter("reference", .null, "field with the reference answer; default none"),
      TaskParameter(
        "completion", .null,
        "field with an answer to imitate (method: sft), text or messages; default completion, else the assistant's last message of the prompt"
      ),
      TaskParameter("system", .null, "system message put before prompts that have none"),
      TaskParameter("held_out", .number(0.1), "share of the prompts held out, 0 to 0.9"),
      TaskParameter("split_seed", .integer(0), "seed of the split; the runs' own seeds do not change it"),
    ]
  ) { options in
    guard let path = try options.text("path") else {
      throw TaskError(
        place: "task jsonl, option path", problem: "it is missing", remedy: "give the path of a JSONL file")
    }
    return try JSONLTask(
      path: path, promptField: options.text("prompt"), referenceField: options.text("reference"),
      completionField: options.text("completion"), system: options.text("system"),
      heldOutShare: options.number("held_out", in: 0...0.9),
      splitSeed: UInt64(options.integer("split_seed", in: 0...Int.max)))
  }

  /// Reads the whole file. Rows with the same prompt stay on the same side of the split; with at least two
  /// different prompts and a share above 0, both sides have one.
  public init(
    path: String, promptField: String? = nil, referenceField: String? = nil,
    completionField: String? = nil, system: String? = nil,
    heldOutShare: Double = 0.1, splitSeed: UInt64 = 0
  ) throws {
    let rows = JSONLRows(
      path: path, promptField: promptField, referenceField: referenceField, completionField: completionField,
      system: system)
    let items = try rows.read()
    var hashes: Set<UInt64> = []
    let keys = items.map { stableHash(Self.content($0), seed: splitSeed) }
    hashes.formUnion(keys)
    let wanted = heldOutShare > 0 ? max(1, Int((Double(hashes.count) * heldOutShare).rounded())) : 0
    let held = Set(hashes.sorted().prefix(min(wanted, hashes.count - 1)))
    let pairs = zip(items, keys)
    train = pairs.filter { !held.contains($1) }.map(\.0)
    heldOut = pairs.filter { held.contains($1) }.map(\.0)
  }

  /// How many rows a split has.
  public func count(of split: TaskSplit) -> Int { split == .train ? train.count : heldOut.count }

  /// Passes over the rows of the split, each in a new order. A split without rows gives no items.
  public func items(split: TaskSplit, count: Int, seed: UInt64) -> [TaskItem] {
    let rows = split == .train ? train : heldOut
    guard !rows.isEmpty, count > 0 else { return [] }
    var random = SeededGenerator(seed: stableHash(split.rawValue, seed: seed))
    var items: [TaskItem] = []
    while items.count < count { items += random.shuffled(rows).prefix(count - items.count) }
    return items
  }

  private static func content(_ item: TaskItem) -> String {
    item.messages.map { "\($0.role)\u{0}\($0.content)" }.joined(separator: "\u{1}")
  }
}
