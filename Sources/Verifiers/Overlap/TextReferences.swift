import Rewards

/// The reference texts of a sample.
enum TextReferences {
  /// Text or number: one reference. A list of those: several. An object with `text`, as SQuAD's `answers` column:
  /// that text or list.
  /// - Returns: at least one text, or what is wrong with the reference.
  static func read(_ reference: JSONValue?) -> Result<[String], ReferenceError> {
    switch reference {
    case nil, .null?: return .failure(ReferenceError("the sample has no reference"))
    case .array(let items)?:
      let texts = items.compactMap(text)
      guard texts.count == items.count else {
        return .failure(ReferenceError("the list of references holds something other than text"))
      }
      return texts.isEmpty ? .failure(ReferenceError("the list of references is empty")) : .success(texts)
    case .object(let object)?:
      guard let inner = object["text"], !isObject(inner) else {
        return .failure(ReferenceError("the reference is a mapping without text"))
      }
      return read(inner)
    case let value?:
      guard let text = text(value) else {
        return .failure(ReferenceError("the reference is neither text nor a list of texts"))
      }
      return .success([text])
    }
  }

  /// The score of a completion's part against the references: a failure where these cannot be used, 0 without the part.
  static func score(
    _ sample: Sample, _ part: AnswerPart, _ compare: (_ text: String, _ references: [String]) -> Score
  ) -> Score {
    switch read(sample.reference) {
    case .failure(let error): return .failed(error.description)
    case .success(let references):
      guard let text = part.text(in: sample.completion) else { return Score(0) }
      return compare(text, references)
    }
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): "\(number)"
    default: nil
    }
  }

  private static func isObject(_ value: JSONValue) -> Bool {
    if case .object = value { true } else { false }
  }
}

/// Why a sample's reference cannot be used.
struct ReferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
