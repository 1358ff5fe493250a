import Rewards

/// The part of a completion that a reward looks at: all of it, or what stands between the last `<tag>` and the
/// `</tag>` after it.
public struct AnswerPart: Sendable, Equatable {
  /// The tag's name; nil for the whole completion.
  public let tag: String?
  private let open: [UInt8]
  private let close: [UInt8]

  /// - Throws: `ParameterError` when the tag is not a word of letters, digits, `_` and `-`.
  public init(tag: String? = nil) throws(ParameterError) {
    if let tag, tag.isEmpty || !tag.utf8.allSatisfy({ ASCII.isWord($0) || $0 == 0x2D }) {
      throw ParameterError(parameter: "tag", expected: "a tag's name, without brackets", found: "\"\(tag)\"")
    }
    self.tag = tag
    open = Array("<\(tag ?? "")>".utf8)
    close = Array("</\(tag ?? "")>".utf8)
  }

  /// The whole completion.
  public static let whole = AnswerPart()

  private init() {
    tag = nil
    open = []
    close = []
  }

  /// The part of `completion`; nil when the tag is not there or not closed. Linear time.
  public func text(in completion: String) -> String? {
    guard tag != nil else { return completion }
    var completion = completion
    return completion.withUTF8 { bytes in
      var start: Int?
      var position = 0
      while let found = ASCII.find(open, in: bytes, from: position) {
        start = found + open.count
        position = found + open.count
      }
      guard let start, let end = ASCII.find(close, in: bytes, from: start) else { return nil }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  /// The declaration of the parameter that names the tag.
  static let parameter = Parameter(
    "tag", .string, default: .null,
    help: "look only inside the last <tag>...</tag>; a completion without it scores 0")
}

extension Parameters {
  /// The part that the parameter `tag` names.
  func answerPart() throws(ParameterError) -> AnswerPart { try AnswerPart(tag: optionalString("tag")) }
}
