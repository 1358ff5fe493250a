import Rewards

/// What a deck of slides is asked to be (SlideForge, 2026).
public struct SlideBrief: Sendable, Equatable {
  public var topic: String
  public var audience = "general"
  /// Slides, 1 to ``maxSlides``.
  public var slideCount = 10
  /// Words wanted on a slide; 0 wants none.
  public var wordCount = 50
  /// Sections wanted on a slide.
  public var sectionCount = 3
  /// Sections wanted on single slides, by index from 0.
  public var sectionCounts: [Int: Int] = [:]
  /// How well known the topic is, 0 to 1; from 0.8 on no research is expected.
  public var confidence = 0.5
  /// What was found out about the topic; nil when nothing was looked up.
  public var research: String?
  /// Entries of the outline; nil when there is none.
  public var outlineCount: Int?

  public static let maxSlides = 200

  public init(topic: String) { self.topic = topic }

  /// Reads the columns `topic` (required), `audience`, `num_slides`, `word_count_per_slide`, `sections_per_slide`,
  /// `slide_sections`, `confidence`, `research` and `outline`, or the same keys of an object in the column `brief` or
  /// in the reference.
  /// - Throws: ``ReferenceError`` naming the key that has no fitting value.
  init(_ sample: Sample) throws(ReferenceError) {
    var keys = sample.columns
    if case .object(let brief)? = sample.columns["brief"] {
      keys = brief
    } else if sample.columns["topic"] == nil, case .object(let brief)? = sample.reference {
      keys = brief
    }
    guard case .string(let topic)? = keys["topic"] else {
      throw ReferenceError("the brief has no text in topic")
    }
    self.init(topic: topic)
    if let value = keys["audience"] {
      guard case .string(let text) = value else { throw ReferenceError("audience is no text") }
      audience = text
    }
    if let value = keys["num_slides"] { slideCount = try Self.count(value, "num_slides", 1...Self.maxSlides) }
    if let value = keys["word_count_per_slide"] {
      wordCount = try Self.count(value, "word_count_per_slide", 0...10_000)
    }
    if let value = keys["sections_per_slide"] {
      sectionCount = try Self.count(value, "sections_per_slide", 0...100)
    }
    if let value = keys["confidence"] {
      guard let number = value.double, 0...1 ~= number else {
        throw ReferenceError("confidence is no number from 0 to 1")
      }
      confidence = number
    }
    if case .object(let counts)? = keys["slide_sections"] {
      for (key, value) in zip(counts.keys, counts.values) {
        guard let index = Int(key), index >= 0 else {
          throw ReferenceError("slide_sections has the key \(key)")
        }
        sectionCounts[index] = try Self.count(value, "slide_sections", 0...100)
      }
    }
    research = try Self.research(keys["research"] ?? .null)
    switch keys["outline"] ?? .null {
    case .null: break
    case .array(let entries): outlineCount = entries.count
    default: throw ReferenceError("outline is no list")
    }
  }

  private static func count(_ value: JSONValue, _ key: String, _ range: ClosedRange<Int>)
    throws(ReferenceError)
    -> Int
  {
    guard let number = value.double, let count = Int(exactly: number), range.contains(count) else {
      throw ReferenceError("\(key) is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return count
  }

  /// A text, a list of texts, or a list of objects with a text under `results`.
  private static func research(_ value: JSONValue) throws(ReferenceError) -> String? {
    switch value {
    case .null: return nil
    case .string(let text): return text
    case .array(let items):
      var texts: [String] = []
      for item in items {
        switch item {
        case .string(let text): texts.append(text)
        case .object(let object):
          if case .string(let text)? = object["results"] { texts.append(text) }
        default: throw ReferenceError("research holds something other than texts")
        }
      }
      return items.isEmpty ? nil : texts.joined(separator: " ")
    default: throw ReferenceError("research is neither text nor a list of texts")
    }
  }
}
