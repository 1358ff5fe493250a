import Rewards

/// The JSON objects and lists that stand in a text.
struct JSONSpans {
  /// Text before, between and behind the values: one more than values.
  private var texts: [String]
  var values: [JSONValue]

  /// Finds the outermost values, from left to right; brackets that do not hold JSON are text. Cost is linear for
  /// text with balanced brackets, and bounded by 64 attempts at others.
  init(_ text: String) {
    let bytes = Array(text.utf8)
    var texts: [String] = []
    var values: [JSONValue] = []
    var textStart = 0
    var position = 0
    var attempts = 0
    while position < bytes.count, attempts < 64 {
      guard bytes[position] == 0x7B || bytes[position] == 0x5B else {
        position += 1
        continue
      }
      attempts += 1
      guard let end = Self.end(of: position, in: bytes),
        let value = try? JSONParser().parse(bytes[position..<end])
      else {
        position += 1
        continue
      }
      texts.append(String(decoding: bytes[textStart..<position], as: UTF8.self))
      values.append(value)
      position = end
      textStart = end
    }
    texts.append(String(decoding: bytes[textStart...], as: UTF8.self))
    self.texts = texts
    self.values = values
  }

  /// Behind the bracket that closes the one at `start`, strings passed over.
  private static func end(of start: Int, in bytes: [UInt8]) -> Int? {
    var depth = 0
    var isInString = false
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if isInString {
        if byte == 0x5C { position += 1 } else if byte == 0x22 { isInString = false }
      } else if byte == 0x22 {
        isInString = true
      } else if byte == 0x7B || byte == 0x5B {
        depth += 1
      } else if byte == 0x7D || byte == 0x5D {
        depth -= 1
        if depth == 0 { return position + 1 }
      }
      position += 1
    }
    return nil
  }

  /// The text with its values written anew.
  func text(_ write: (JSONValue) -> String) -> String {
    zip(texts, values).map { $0 + write($1) }.joined() + (texts.last ?? "")
  }

  /// True when the text is one value and nothing else but white space.
  var isWhole: Bool { values.count == 1 && texts.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
}

extension JSONValue {
  /// The value with the keys of every object in reverse order.
  var reversedKeys: JSONValue {
    switch self {
    case .array(let items): .array(items.map(\.reversedKeys))
    case .object(let object):
      .object(JSONObject(zip(object.keys, object.values).reversed().map { ($0, $1.reversedKeys) }))
    default: self
    }
  }

  /// JSON with blanks behind colons and commas, as Python's `json.dumps` writes it.
  var spacedText: String {
    switch self {
    case .array(let items): "[" + items.map(\.spacedText).joined(separator: ", ") + "]"
    case .object(let object):
      "{"
        + zip(object.keys, object.values).map { "\(JSONValue.string($0).jsonText): \($1.spacedText)" }
        .joined(separator: ", ") + "}"
    default: jsonText
    }
  }

  /// A value next to this one that is not equal to it.
  var neighbour: JSONValue {
    switch self {
    case .null: .bool(true)
    case .bool(let value): .bool(!value)
    case .integer(let value): .integer(value < .max ? value + 1 : 0)
    case .number(let value): .number(value + 1 == value ? 0 : value + 1)
    case .string(let text): .string(text + "x")
    case .array(let items): .array(items.isEmpty ? [.null] : Array(items.dropLast()))
    case .object(let object): .object(object.isEmpty ? JSONObject([("x", .null)]) : JSONObject())
    }
  }

  /// A value of another type.
  var otherType: JSONValue {
    switch self {
    case .string: .integer(0)
    case .null, .bool, .integer, .number: .string("0")
    case .array: .object(JSONObject())
    case .object: .array([])
    }
  }
}
