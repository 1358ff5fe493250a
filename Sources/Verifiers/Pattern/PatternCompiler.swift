import Rewards

/// Reads a regular expression and writes its program. The grammar is that of ``LinearPattern``.
struct PatternCompiler {
  private indirect enum Node {
    case empty
    case set(ScalarSet)
    case anchor(PatternInstruction.Anchor)
    case sequence([Node])
    case choice([Node])
    case repetition(Node, Int, Int?)
  }

  private let scalars: [UInt32]
  private let ignoresCase: Bool
  private let dotMatchesAll: Bool
  private var position = 0
  private var depth = 0
  private var steps = 0
  private var program: [PatternInstruction] = []

  static func program(
    of source: String, ignoresCase: Bool, dotMatchesAll: Bool
  ) throws(ParameterError) -> [PatternInstruction] {
    var compiler = PatternCompiler(
      scalars: source.unicodeScalars.map(\.value), ignoresCase: ignoresCase, dotMatchesAll: dotMatchesAll)
    let node = try compiler.choice()
    guard compiler.position == compiler.scalars.count else { throw compiler.error("unmatched ')'") }
    try compiler.write(node)
    compiler.program.append(.accept)
    return compiler.program
  }

  private init(scalars: [UInt32], ignoresCase: Bool, dotMatchesAll: Bool) {
    self.scalars = scalars
    self.ignoresCase = ignoresCase
    self.dotMatchesAll = dotMatchesAll
  }

  private func error(_ message: String) -> ParameterError {
    ParameterError(parameter: "pattern", "at character \(position + 1): \(message)")
  }

  private func isAt(_ character: Unicode.Scalar, ahead: Int = 0) -> Bool {
    position + ahead < scalars.count && scalars[position + ahead] == character.value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isAt(character) else { return false }
    position += 1
    return true
  }

  // MARK: Reading

  private mutating func choice() throws(ParameterError) -> Node {
    var options = [try sequence()]
    while take("|") { options.append(try sequence()) }
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence() throws(ParameterError) -> Node {
    var items: [Node] = []
    while position < scalars.count, !isAt("|"), !isAt(")") {
      items.append(try repeated(try atom()))
    }
    return items.isEmpty ? .empty : .sequence(items)
  }

  private mutating func repeated(_ node: Node) throws(ParameterError) -> Node {
    let bounds: (Int, Int?)
    if take("*") {
      bounds = (0, nil)
    } else if take("+") {
      bounds = (1, nil)
    } else if take("?") {
      bounds = (0, 1)
    } else if isAt("{"), let counts = try counts() {
      bounds = counts
    } else {
      return node
    }
    _ = take("?")
    if isAt("*") || isAt("+") || isAt("?") { throw error("nothing to repeat (a repeat follows a repeat)") }
    return .repetition(node, bounds.0, bounds.1)
  }

  /// Reads `{m}`, `{m,}` or `{m,n}`; nil, without moving, when the brace is a literal.
  private mutating func counts() throws(ParameterError) -> (Int, Int?)? {
    let start = position
    position += 1
    guard let low = number() else {
      position = start
      return nil
    }
    var high: Int? = low
    if take(",") { high = number() }
    guard take("}") else {
      position = start
      return nil
    }
    if let high, high < low { throw error("the repeat's bounds are the wrong way round") }
    guard max(low, high ?? 0) <= LinearPattern.maxSize else { throw error("the repeat is too large") }
    return (low, high)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while position < scalars.count, scalars[position] >= 0x30, scalars[position] <= 0x39 {
      value = min((value ?? 0) * 10 + Int(scalars[position] - 0x30), 1_000_000)
      position += 1
    }
    return value
  }

  private mutating func atom() throws(ParameterError) -> Node {
    if take("(") {
      if isAt("?") {
        guard isAt(":", ahead: 1) else {
          throw error("look-around, named groups and flags are not supported")
        }
        position += 2
      }
      depth += 1
      guard depth <= 100 else { throw error("groups are nested too deeply") }
      let node = try choice()
      depth -= 1
      guard take(")") else { throw error("a group is not closed") }
      return node
    }
    if take("[") { return .set(try characterClass()) }
    if take(".") {
      return .set(dotMatchesAll ? ScalarSet().inverted : ScalarSet(ranges: [0x0A...0x0A]).inverted)
    }
    if take("^") { return .anchor(.start) }
    if take("$") { return .anchor(.end) }
    if isAt("*") || isAt("+") || isAt("?") { throw error("nothing to repeat") }
    if take("\\") {
      if take("b") { return .anchor(.word) }
      if take("B") { return .anchor(.noWord) }
      return .set(try escape())
    }
    let scalar = scalars[position]
    position += 1
    return .set(ScalarSet(ranges: [scalar...scalar]))
  }

  private mutating func escape() throws(ParameterError) -> ScalarSet {
    guard position < scalars.count, let character = Unicode.Scalar(scalars[position]) else {
      throw error("the pattern ends in a backslash")
    }
    position += 1
    func single(_ value: UInt32) -> ScalarSet { ScalarSet(ranges: [value...value]) }
    switch character {
    case "d": return .digit
    case "D": return ScalarSet.digit.inverted
    case "w": return .word
    case "W": return ScalarSet.word.inverted
    case "s": return .space
    case "S": return ScalarSet.space.inverted
    case "n": return single(0x0A)
    case "r": return single(0x0D)
    case "t": return single(0x09)
    case "f": return single(0x0C)
    case "u":
      var value: UInt32 = 0
      for _ in 0..<4 {
        guard position < scalars.count, let digit = hexadecimalDigit(scalars[position])
        else { throw error("\\u needs four hexadecimal digits") }
        value = value << 4 | digit
        position += 1
      }
      return single(value)
    case "0"..."9": throw error("back-references are not supported")
    case "a"..."z", "A"..."Z": throw error("unknown escape \\\(character)")
    default: return single(character.value)
    }
  }

  private func hexadecimalDigit(_ scalar: UInt32) -> UInt32? {
    switch scalar {
    case 0x30...0x39: scalar - 0x30
    case 0x41...0x46: scalar - 0x37
    case 0x61...0x66: scalar - 0x57
    default: nil
    }
  }

  private mutating func characterClass() throws(ParameterError) -> ScalarSet {
    let isInverted = take("^")
    var set = ScalarSet()
    var isFirst = true
    while isFirst || !isAt("]") {
      guard position < scalars.count else { throw error("a class is not closed") }
      isFirst = false
      let low = try classItem()
      if low.isInverted || low.ranges.count != 1 || low.ranges[0].count != 1 || !isAt("-")
        || isAt("]", ahead: 1)
      {
        set.ranges += low.plainRanges
        continue
      }
      position += 1
      guard position < scalars.count else { throw error("a class is not closed") }
      let high = try classItem()
      guard high.ranges.count == 1, high.ranges[0].count == 1, !high.isInverted,
        let from = low.ranges[0].first, let to = high.ranges[0].first, from <= to
      else { throw error("a range of a class is the wrong way round") }
      set.ranges.append(from...to)
    }
    position += 1
    if ignoresCase { set = set.folded }
    return isInverted ? set.inverted : set
  }

  private mutating func classItem() throws(ParameterError) -> ScalarSet {
    if take("\\") {
      if take("b") { return ScalarSet(ranges: [0x08...0x08]) }
      return try escape()
    }
    let scalar = scalars[position]
    position += 1
    return ScalarSet(ranges: [scalar...scalar])
  }

  // MARK: Writing

  private mutating func write(_ node: Node) throws(ParameterError) {
    steps += 1
    guard program.count < LinearPattern.maxSize, steps < 100 * LinearPattern.maxSize else {
      throw ParameterError(
        parameter: "pattern",
        "the pattern needs more than \(LinearPattern.maxSize) steps; shorten its repeats")
    }
    switch node {
    case .empty: break
    case .set(let set): program.append(.consume(ignoresCase && !set.isInverted ? set.folded : set))
    case .anchor(let anchor): program.append(.anchor(anchor))
    case .sequence(let items): for item in items { try write(item) }
    case .choice(let options):
      var ends: [Int] = []
      for (index, option) in options.enumerated() {
        if index == options.count - 1 {
          try write(option)
          break
        }
        let split = program.count
        program.append(.accept)
        try write(option)
        ends.append(program.count)
        program.append(.accept)
        program[split] = .split(split + 1, program.count)
      }
      for end in ends { program[end] = .jump(program.count) }
    case .repetition(let item, let low, let high):
      for _ in 0..<low { try write(item) }
      guard let high else {
        let split = program.count
        program.append(.accept)
        try write(item)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
        return
      }
      var splits: [Int] = []
      for _ in low..<high {
        splits.append(program.count)
        program.append(.accept)
        try write(item)
      }
      for split in splits { program[split] = .split(split + 1, program.count) }
    }
  }
}
