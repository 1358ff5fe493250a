import Rewards

/// One step on a phone's screen, in the action space of MagicGUI (arXiv 2508.03700).
public struct GUIAction: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case tap, scroll, text, finish, wait, enter, drag
    case navigateBack = "navigate_back"
    case navigateHome = "navigate_home"
    case longPress = "long_press"
    case takeOver = "take_over"
    case screenShot = "screen_shot"
    case longScreenShot = "long_screen_shot"
    case callAPI = "call_api"
    /// Written without brackets: the instruction is not possible on this page.
    case noAnswer = "no_answer"
    /// Written without brackets: the instruction has been carried out.
    case actionCompleted = "action_completed"

    var isBare: Bool { self == .noAnswer || self == .actionCompleted }

    /// How many points the arguments begin with.
    var points: Int {
      switch self {
      case .tap, .longPress, .scroll, .text: 1
      case .drag: 2
      default: 0
      }
    }
  }

  /// A place in thousandths of the screen's width and height.
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }

    func squaredDistance(to other: Point) -> Double {
      (x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)
    }
  }

  public var kind: Kind
  public var points: [Point]
  /// The direction of a scroll (the finger's), the text typed, the message, or the name of the app.
  public var argument: String
  /// `open` or `kill`, for `call_api`.
  public var operation: String

  public init(_ kind: Kind, points: [Point] = [], argument: String = "", operation: String = "") {
    self.kind = kind
    self.points = points
    self.argument = argument
    self.operation = operation
  }

  /// Reads exactly one call: lower case, compact, coordinates integers from 0 to 1000 (pixel coordinates are no
  /// call). White space around the call is ignored; text typed and messages may hold commas, brackets and quotes, but
  /// not a second call. Linear time.
  /// - Parameter allowsSpaces: white space may stand around the arguments.
  public init?(_ text: String, allowsSpaces: Bool = false) {
    var text = text
    let action = text.withUTF8 { bytes in
      GUIAction(reading: ASCII.trimmed(bytes), allowsSpaces: allowsSpaces)
    }
    guard let action else { return nil }
    self = action
  }

  private init?(reading bytes: UTF8Bytes, allowsSpaces: Bool) {
    guard let open = bytes.firstIndex(of: 0x28) else {
      guard let kind = Kind(rawValue: String(decoding: bytes, as: UTF8.self)), kind.isBare else { return nil }
      self.init(kind)
      return
    }
    let name = String(decoding: bytes[..<open], as: UTF8.self)
    guard let kind = Kind(rawValue: name), !kind.isBare, bytes.count > open + 1, bytes.last == 0x29 else {
      return nil
    }
    var rest = UTF8Bytes(rebasing: bytes[(open + 1)..<(bytes.count - 1)])
    var points: [Point] = []
    let hasTail = kind == .scroll || kind == .text
    for index in 0..<kind.points {
      let isLast = index == kind.points - 1 && !hasTail
      guard let x = Self.coordinate(&rest, endsAtComma: true, allowsSpaces),
        let y = Self.coordinate(&rest, endsAtComma: !isLast, allowsSpaces)
      else { return nil }
      points.append(Point(x: x, y: y))
    }
    let tail = allowsSpaces && kind != .text ? ASCII.trimmed(rest) : rest
    self.init(kind, points: points, argument: String(decoding: tail, as: UTF8.self))
    switch kind {
    case .scroll: guard ["up", "down", "left", "right"].contains(argument) else { return nil }
    case .text, .takeOver: if Self.holdsCall(rest) { return nil }
    case .callAPI:
      guard let comma = rest.lastIndex(of: 0x2C), comma > 0 else { return nil }
      let parts = [rest[..<comma], rest[(comma + 1)...]].map { part in
        let part = UTF8Bytes(rebasing: part)
        return String(decoding: allowsSpaces ? ASCII.trimmed(part) : part, as: UTF8.self)
      }
      (argument, operation) = (parts[0], parts[1])
      guard operation == "open" || operation == "kill", !Self.holdsCall(rest) else { return nil }
    default: guard tail.isEmpty else { return nil }
    }
  }

  /// Takes an integer from 0 to 1000 off the front of `rest`, with the comma behind it.
  private static func coordinate(_ rest: inout UTF8Bytes, endsAtComma: Bool, _ allowsSpaces: Bool) -> Double?
  {
    let comma = rest.firstIndex(of: 0x2C)
    guard (comma != nil) == endsAtComma else { return nil }
    let end = comma ?? rest.count
    var digits = UTF8Bytes(rebasing: rest[..<end])
    if allowsSpaces { digits = ASCII.trimmed(digits) }
    guard 1...4 ~= digits.count, digits.allSatisfy(ASCII.isDigit) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard value <= 1000 else { return nil }
    rest = UTF8Bytes(rebasing: rest[min(end + 1, rest.count)...])
    return Double(value)
  }

  /// Whether a closed call is followed by another one: `a) tap(1,2`.
  private static func holdsCall(_ text: UTF8Bytes) -> Bool {
    var index = 0
    while index < text.count {
      defer { index += 1 }
      guard text[index] == 0x29 else { continue }
      var start = index + 1
      while start < text.count, ASCII.isSpace(text[start]) || text[start] == 0x3B || text[start] == 0x2C {
        start += 1
      }
      var end = start
      while end < text.count, end - start < 20, ASCII.isLetter(text[end]) || text[end] == 0x5F { end += 1 }
      let name = String(decoding: text[start..<end], as: UTF8.self)
      if end < text.count, text[end] == 0x28, Kind(rawValue: name) != nil { return true }
      index = max(index, start - 1)
    }
    return false
  }
}
