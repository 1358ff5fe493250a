/// What a shaper may look at besides the column itself.
public struct ShapingContext: Sendable {
  public var groups: [Int]
  /// Completion lengths, in tokens or characters.
  public var lengths: [Int]
  public var state: RunState
  /// Per sample: the scores of its steps, where the reward gives them.
  public var steps: [Int: [Double]]
  /// Per sample: the reward's scores of the responses that ``Shaper/references`` asks for.
  public var references: [Int: [Double]]

  public init(
    groups: [Int], lengths: [Int], state: RunState = RunState(), steps: [Int: [Double]] = [:],
    references: [Int: [Double]] = [:]
  ) {
    self.groups = groups
    self.lengths = lengths
    self.state = state
    self.steps = steps
    self.references = references
  }
}

/// A map of one reward's column, applied before the rewards are combined.
public protocol Shaper: Sendable {
  /// The responses whose scores the shaper compares with; nil when it needs none. A sample without them, or on
  /// which one of them cannot be scored, fails.
  var references: ReferenceResponses? { get }
  /// True when the shaper reads the scores of steps; a sample whose reward gives none then fails. Such a shaper
  /// comes first, because it puts its own value in place of the column's.
  var readsSteps: Bool { get }
  /// True when a sample's value depends on the others of its group or batch.
  var readsGroups: Bool { get }

  /// One value per sample, in order. Absent values (nil) must stay absent.
  func shape(_ column: [Double?], context: ShapingContext) -> [Double?]
}

extension Shaper {
  public var references: ReferenceResponses? { nil }
  public var readsSteps: Bool { false }
  public var readsGroups: Bool { false }
}

/// Where a sample keeps the responses that it is compared with.
public struct ReferenceResponses: Sendable, Equatable {
  /// A column of the data that holds a text or a list of texts; `reference` is the sample's reference answer.
  public var column: String
  /// How many of them are used, from the first on; nil: all.
  public var count: Int?

  public init(column: String, count: Int? = nil) {
    self.column = column
    self.count = count
  }

  /// The responses of one sample; empty when the column is missing or holds something else.
  func texts(of sample: Sample) -> [String] {
    let value = column == "reference" ? sample.reference : sample.columns[column]
    switch value {
    case .string(let text)?: return [text]
    case .array(let items)?:
      let texts = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
      return texts.count == items.count ? Array(texts.prefix(count ?? texts.count)) : []
    default: return []
    }
  }
}
