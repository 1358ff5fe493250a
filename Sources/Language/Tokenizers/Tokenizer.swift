import Foundation

/// Text to token ids and back.
public protocol Tokenizer: Sendable {
  /// One more than the largest id.
  var vocabularySize: Int { get }
  /// The token that ends a text or a turn; nil when the tokenizer's files name none.
  var eosToken: Int32? { get }
  /// The token that begins a text; nil when the tokenizer's files name none. `encode` never adds it by itself.
  var beginToken: Int32? { get }

  /// The ids of `text`. With `allowSpecial`, control tokens that are spelt out in it (`<|im_end|>`) become their
  /// ids; without, their spelling is ordinary text, which is what untrusted text needs.
  func encode(_ text: String, allowSpecial: Bool) -> [Int32]
  /// The text of `ids`; ids outside the vocabulary are skipped, invalid UTF-8 becomes U+FFFD.
  func decode(_ ids: [Int32], skipSpecial: Bool) -> String
  /// The id of a token by its spelling in the vocabulary; nil when there is none.
  func id(of token: String) -> Int32?
  /// The bytes of text that a token stands for; nil outside the vocabulary.
  func tokenBytes(_ id: Int32) -> [UInt8]?
}

extension Tokenizer {
  /// `encode` with control tokens recognised.
  public func encode(_ text: String) -> [Int32] { encode(text, allowSpecial: true) }
  /// `decode` without control tokens.
  public func decode(_ ids: [Int32]) -> String { decode(ids, skipSpecial: true) }
}

/// Why a tokenizer could not be made from its files.
public struct TokenizerError: Error, Equatable, CustomStringConvertible, LocalizedError {
  public var file: String
  public var problem: String
  public var remedy: String

  public init(file: String, problem: String, remedy: String) {
    self.file = file
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(file): \(problem). \(remedy)" }
  public var errorDescription: String? { description }
}
