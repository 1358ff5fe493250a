import Rewards

/// A regular expression that always answers in time proportional to text times pattern: no input, however
/// hostile, can make it hang.
///
/// Read are: literals, `.`, classes `[a-z]` `[^...]`, `\d \w \s \D \W \S \n \t \r`, `\uXXXX`, groups `(...)`
/// and `(?:...)`, `|`, `* + ? {m} {m,} {m,n}` (also lazy: it changes nothing here), anchors `^ $ \b \B`.
/// Matching is on Unicode scalars; `\w`, `\d`, `\s` and ``ignoresCase`` are ASCII. Look-around,
/// back-references and named groups need backtracking and are refused when the pattern is built.
public struct LinearPattern: Sendable {
  /// Instructions a pattern may have after its counted repeats are written out.
  public static let maxSize = 2_000

  public let source: String
  public let ignoresCase: Bool
  /// `.` matches line ends too, and `^`, `$` match only at the ends of the text (else at line ends too).
  public let isWholeText: Bool
  private let program: [PatternInstruction]

  /// - Throws: `ParameterError` that says what is wrong with the pattern, and where.
  public init(_ source: String, ignoresCase: Bool = false, isWholeText: Bool = true) throws(ParameterError) {
    self.source = source
    self.ignoresCase = ignoresCase
    self.isWholeText = isWholeText
    program = try PatternCompiler.program(of: source, ignoresCase: ignoresCase, dotMatchesAll: isWholeText)
  }

  /// Whether the pattern matches somewhere in the text, or, with `whole`, all of it.
  public func matches(_ text: UTF8Bytes, whole: Bool = false) -> Bool {
    var current = PatternThreads(count: program.count)
    var next = PatternThreads(count: program.count)
    var stack: [Int] = []
    var position = 0
    var before: UInt32?
    while true {
      let (scalar, length) = Self.scalar(text, at: position)
      if position == 0 || !whole { add(0, to: &current, &stack, before, scalar) }
      if current.accepts && (!whole || scalar == nil) { return true }
      guard let scalar, whole ? !current.list.isEmpty : true else { return false }
      let (following, _) = Self.scalar(text, at: position + length)
      next.clear()
      for index in current.list {
        if case .consume(let set) = program[index], set.contains(scalar) {
          add(index + 1, to: &next, &stack, scalar, following)
        }
      }
      swap(&current, &next)
      before = scalar
      position += length
    }
  }

  /// Whether the pattern matches in `text`.
  public func matches(_ text: String, whole: Bool = false) -> Bool {
    var text = text
    return text.withUTF8 { matches($0, whole: whole) }
  }

  /// Adds a thread and all it reaches without reading.
  private func add(
    _ start: Int, to threads: inout PatternThreads, _ stack: inout [Int], _ before: UInt32?, _ after: UInt32?
  ) {
    stack.append(start)
    while let index = stack.popLast() {
      guard threads.insert(index) else { continue }
      switch program[index] {
      case .consume: threads.list.append(index)
      case .accept: threads.accepts = true
      case .jump(let target): stack.append(target)
      case .split(let first, let second):
        stack.append(second)
        stack.append(first)
      case .anchor(let anchor):
        if holds(anchor, before, after) { stack.append(index + 1) }
      }
    }
  }

  private func holds(_ anchor: PatternInstruction.Anchor, _ before: UInt32?, _ after: UInt32?) -> Bool {
    func isWord(_ scalar: UInt32?) -> Bool { scalar.map { $0 < 0x80 && ASCII.isWord(UInt8($0)) } ?? false }
    switch anchor {
    case .start: return before == nil || (!isWholeText && before == 0x0A)
    case .end: return after == nil || (!isWholeText && after == 0x0A)
    case .word: return isWord(before) != isWord(after)
    case .noWord: return isWord(before) == isWord(after)
    }
  }

  private static func scalar(_ text: UTF8Bytes, at index: Int) -> (UInt32?, Int) {
    guard index < text.count else { return (nil, 0) }
    let first = UInt32(text[index])
    let length = first < 0x80 ? 1 : max(1, UTF8Check.sequenceLength(text, at: index))
    if length == 1 { return (first, 1) }
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length { value = value << 6 | UInt32(text[index + offset] & 0x3F) }
    return (value, length)
  }
}

/// One step of a compiled pattern.
enum PatternInstruction: Sendable {
  enum Anchor: Sendable { case start, end, word, noWord }
  case consume(ScalarSet)
  case jump(Int)
  case split(Int, Int)
  case anchor(Anchor)
  case accept
}

/// The places of a pattern that are alive at one position of the text; each at most once.
private struct PatternThreads {
  var list: [Int] = []
  var accepts = false
  private var stamps: [Int]
  private var stamp = 1

  init(count: Int) { stamps = [Int](repeating: 0, count: count) }

  mutating func clear() {
    list.removeAll(keepingCapacity: true)
    accepts = false
    stamp += 1
  }

  mutating func insert(_ index: Int) -> Bool {
    if stamps[index] == stamp { return false }
    stamps[index] = stamp
    return true
  }
}

/// A set of Unicode scalars as ranges, or what is outside of them.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  var isInverted = false

  static let digit = ScalarSet(ranges: [0x30...0x39])
  static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])

  func contains(_ scalar: UInt32) -> Bool {
    for range in ranges where range.contains(scalar) { return !isInverted }
    return isInverted
  }

  var inverted: ScalarSet { ScalarSet(ranges: ranges, isInverted: !isInverted) }

  /// The ranges covered, with inversion written out.
  var plainRanges: [ClosedRange<UInt32>] {
    guard isInverted else { return ranges }
    var result: [ClosedRange<UInt32>] = []
    var start: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > start { result.append(start...range.lowerBound - 1) }
      start = max(start, range.upperBound + 1)
    }
    return result + [start...0x10FFFF]
  }

  /// With the other case of every ASCII letter in it.
  var folded: ScalarSet {
    var result = self
    for range in ranges {
      for letter in UInt32(0x41)...0x5A {
        if range.contains(letter) { result.ranges.append(letter + 32...letter + 32) }
        if range.contains(letter + 32) { result.ranges.append(letter...letter) }
      }
    }
    return result
  }
}
