/// A strict JSON parser (RFC 8259) over bytes.
///
/// - Duplicate keys: the last value wins and keeps the first place.
/// - `NaN`, `Infinity`, comments, trailing commas, lone surrogates and invalid UTF-8 are refused.
/// - An integer past 64 bits becomes `.number`; a number past the range of a double is refused.
/// - Depth and keys per object are limited, so a hostile text costs bounded stack and time.
public struct JSONParser: Sendable {
  /// Nesting allowed before the text is refused.
  public var maxDepth: Int
  /// Keys allowed in one object. Objects look their keys up linearly: the limit bounds the quadratic cost.
  public var maxKeys: Int

  public init(maxDepth: Int = 512, maxKeys: Int = 16_384) {
    precondition(maxDepth > 0 && maxKeys > 0, "limits of a JSON parser are positive")
    self.maxDepth = maxDepth
    self.maxKeys = maxKeys
  }

  /// Parses the whole text as one value.
  public func parse(_ text: String) throws(JSONError) -> JSONValue {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(JSONError) in try parse(bytes) }
    }
    return try result.get()
  }

  /// Parses all of the bytes as one value.
  public func parse(_ bytes: UTF8Bytes) throws(JSONError) -> JSONValue {
    var cursor = JSONCursor(bytes, maxDepth: maxDepth)
    let value = try value(&cursor, depth: 0)
    try cursor.expectEnd()
    return value
  }

  /// Parses all of the bytes as one object.
  public func parseObject(_ bytes: UTF8Bytes) throws(JSONError) -> JSONObject {
    var cursor = JSONCursor(bytes, maxDepth: maxDepth)
    try cursor.expectObject()
    let object = try object(&cursor, depth: 0)
    try cursor.expectEnd()
    return object
  }

  /// Parses all of the bytes as one value.
  public func parse(_ bytes: some Collection<UInt8>) throws(JSONError) -> JSONValue {
    let copy = ContiguousArray(bytes)
    let result = copy.withUnsafeBufferPointer { bytes in
      Result { () throws(JSONError) in try parse(bytes) }
    }
    return try result.get()
  }

  private func value(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) -> JSONValue {
    cursor.skipWhitespace()
    switch cursor.byte {
    case 0x22: return .string(Self.string(try cursor.scanString(), in: cursor.bytes))
    case 0x7B: return .object(try object(&cursor, depth: depth))
    case 0x5B: return .array(try array(&cursor, depth: depth))
    case 0x74:
      try cursor.scanLiteral("true")
      return .bool(true)
    case 0x66:
      try cursor.scanLiteral("false")
      return .bool(false)
    case 0x6E:
      try cursor.scanLiteral("null")
      return .null
    case 0x2D, 0x30...0x39: return try Self.number(try cursor.scanNumber(), in: cursor)
    default: throw cursor.failure("a value")
    }
  }

  private func object(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) -> JSONObject {
    guard depth < maxDepth else { throw cursor.failure("at most \(maxDepth) levels", kind: .limit) }
    cursor.position += 1
    var object = JSONObject()
    cursor.skipWhitespace()
    if cursor.byte == 0x7D {
      cursor.position += 1
      return object
    }
    repeat {
      guard object.count < maxKeys else {
        throw cursor.failure("at most \(maxKeys) keys in an object", kind: .limit)
      }
      try cursor.expectKey()
      let key = Self.string(try cursor.scanString(), in: cursor.bytes)
      try cursor.expectColon()
      object[key] = try value(&cursor, depth: depth + 1)
    } while try cursor.continues(closing: 0x7D)
    return object
  }

  private func array(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) -> [JSONValue] {
    guard depth < maxDepth else { throw cursor.failure("at most \(maxDepth) levels", kind: .limit) }
    cursor.position += 1
    var elements: [JSONValue] = []
    cursor.skipWhitespace()
    if cursor.byte == 0x5D {
      cursor.position += 1
      return elements
    }
    repeat {
      elements.append(try value(&cursor, depth: depth + 1))
    } while try cursor.continues(closing: 0x5D)
    return elements
  }

  /// The text of a string token that the cursor has checked.
  static func string(_ token: JSONCursor.StringToken, in bytes: UTF8Bytes) -> String {
    let raw = UTF8Bytes(rebasing: bytes[token.start..<token.end])
    guard token.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: raw.count) { target in
      JSONUnescaper.unescape(raw, into: target)
    }
  }

  static func number(_ token: JSONCursor.NumberToken, in cursor: JSONCursor) throws(JSONError) -> JSONValue {
    let raw = cursor.bytes[token.start..<token.end]
    if token.isInteger, let integer = integer(raw) { return .integer(integer) }
    guard let number = Double(String(decoding: raw, as: UTF8.self)), number.isFinite else {
      throw cursor.failure("a number within the range of a double", kind: .limit, at: token.start)
    }
    return .number(number)
  }

  private static func integer(_ digits: Slice<UTF8Bytes>) -> Int? {
    let isNegative = digits.first == 0x2D
    var value = 0
    for byte in isNegative ? digits.dropFirst() : digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int(byte - 0x30)
      let (sum, carry) = product.addingReportingOverflow(isNegative ? -digit : digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }
}

extension JSONValue {
  /// Parses a JSON text with the default limits of ``JSONParser``.
  public init(json text: String) throws(JSONError) {
    self = try JSONParser().parse(text)
  }
}
