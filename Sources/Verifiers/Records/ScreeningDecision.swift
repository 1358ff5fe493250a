import Rewards

/// What a completion decides about a job application: selected or not, and a score.
struct ScreeningDecision: Sendable, Equatable {
  enum Status: Sendable, Equatable { case selected, rejected, unknown }

  var status: Status
  var score: Double

  /// What counts when nothing can be read.
  static let fallback = ScreeningDecision(status: .rejected, score: 0)

  /// Reads the JSON from the first `{` to the last `}`: `status` (REJECTED when absent), `score` (0 when absent; an
  /// integer, a number, which loses its fraction, or an integer as text). Two objects are no JSON.
  /// - Returns: nil when anything of this fails.
  init?(_ completion: String) {
    var completion = completion
    let parsed: JSONObject? = completion.withUTF8 { bytes in
      guard let start = bytes.firstIndex(of: 0x7B), let end = bytes.lastIndex(of: 0x7D), start < end else {
        return nil
      }
      return try? JSONParser().parseObject(UTF8Bytes(rebasing: bytes[start...end]))
    }
    guard let parsed else { return nil }
    switch parsed["score"] {
    case nil: score = 0
    case .integer(let value)?: score = Double(value)
    case .number(let value)? where value.isFinite: score = value.rounded(.towardZero)
    case .string(let text)?:
      let trimmed = text.drop(while: \.isWhitespace)
      guard let value = Int(trimmed.prefix { !$0.isWhitespace }),
        trimmed.drop(while: { !$0.isWhitespace }).allSatisfy(\.isWhitespace)
      else { return nil }
      score = Double(value)
    default: return nil
    }
    switch parsed["status"] {
    case nil: status = .rejected
    case .string(let text)?: status = Self.status(text)
    default: return nil
    }
  }

  init(status: Status, score: Double) {
    self.status = status
    self.score = score
  }

  private static func status(_ text: String) -> Status {
    switch text.uppercased() {
    case "APPROVE", "CONSIDER", "STRONGLY_CONSIDER", "SELECTED": .selected
    case "REJECTED": .rejected
    default: .unknown
    }
  }
}

/// What is known about the application: the reference.
struct ScreeningRecord: Sendable, Equatable {
  var isGood: Bool
  /// nil when the record has none.
  var score: Double?
  var jobSkills: Set<String>
  var presentSkills: Set<String>
  var explanation: String

  /// Reads an object with `decision`, and if there are any `score`, `job_skills`, `present_skills`, `explanation`; nil for
  /// anything else.
  init?(_ reference: JSONValue?) {
    guard case .object(let object)? = reference, case .string(let decision)? = object["decision"] else {
      return nil
    }
    isGood = ["APPROVE", "CONSIDER", "STRONGLY_CONSIDER"].contains(decision.uppercased())
    switch object["score"] {
    case nil, .null?: score = nil
    case .integer(let value)?: score = Double(value)
    case .number(let value)? where value.isFinite: score = value
    default: return nil
    }
    guard let job = Self.skills(object["job_skills"]), let present = Self.skills(object["present_skills"])
    else {
      return nil
    }
    (jobSkills, presentSkills) = (job, present)
    switch object["explanation"] {
    case nil, .null?: explanation = ""
    case .string(let text)?: explanation = text
    default: return nil
    }
  }

  private static func skills(_ value: JSONValue?) -> Set<String>? {
    switch value {
    case nil, .null?: return []
    case .array(let items)?:
      var skills: Set<String> = []
      for item in items {
        guard case .string(let skill) = item else { return nil }
        skills.insert(skill.lowercased())
      }
      return skills
    default: return nil
    }
  }

  /// Years of experience as the published reward guesses them: the first of these that occurs anywhere in the explanation
  /// ("no" also in "not", "5" also in "15").
  var guessedYears: Int {
    let text = explanation.lowercased()
    let marks = [
      ("10", 10), ("senior", 10), ("5", 5), ("mid", 5), ("3", 3), ("1", 1), ("junior", 1), ("no", 0),
      ("entry", 0),
    ]
    return marks.first { text.contains($0.0) }?.1 ?? 0
  }
}
