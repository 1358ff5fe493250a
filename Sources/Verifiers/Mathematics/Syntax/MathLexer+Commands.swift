/// LaTeX commands.
extension MathLexer {
  mutating func command() throws(MathSyntaxError) {
    position += 1
    let start = position
    guard ASCII.isLetter(byte()) else {
      let current = byte()
      position += 1
      switch current {
      case 0x5C: emit(.rowBreak)
      case 0x7B: open(.command("{"))
      case 0x7D: close(.command("}"))
      case 0x24: emit(.command("dollar"))
      case 0x25: emit(.command("percent"))
      case 0x7C: emit(.mark(0x7C))
      case 0x26: emit(.word("and"))
      case 0x23, 0x5F: isSpaced = true
      // `\(`, `\[`, `\,`, `\ ` and the like.
      default: isSpaced = true
      }
      return
    }
    while ASCII.isLetter(byte()) { position += 1 }
    let name = text(start..<position)
    if byte() == 0x2A { position += 1 }
    if name == "begin" || name == "end" { return try environment(isBegin: name == "begin") }
    if MathVocabulary.text.contains(name) { return openText() }
    if name == "mathrm" || name == "operatorname" || name == "mathop" { return upright() }
    if name == "mathbb" || name == "mathbf" || name == "Bbb", let set = numberSet() {
      return emit(.command(set))
    }
    if name == "hspace" || name == "vspace" || name == "phantom" || name == "hphantom" || name == "color"
      || name == "tag" || name == "label"
    {
      return skipGroup()
    }
    if MathVocabulary.ignored.contains(name) {
      isSpaced = true
      // `\left.` and `\right.` show nothing.
      if name == "left" || name == "right", byte() == 0x2E { position += 1 }
      if (name == "left" || name == "right"), byte() == 0x3C || byte() == 0x3E {
        emit(.command(byte() == 0x3C ? "langle" : "rangle"))
        position += 1
      }
      return
    }
    if MathVocabulary.transparent.contains(name) { return }
    emitCommand(name)
  }

  mutating func emitCommand(_ name: String) {
    let name = MathVocabulary.aliases[name] ?? name
    if let relation = MathVocabulary.relations[name] { return emit(.relation(relation)) }
    switch name {
    case "lbrace": open(.command("{"))
    case "rbrace": close(.command("}"))
    case "lbrack": open(.mark(0x5B))
    case "rbrack": close(.mark(0x5D))
    case "langle": open(.command("langle"))
    case "rangle": close(.command("rangle"))
    case "vert", "Vert": emit(.mark(0x7C))
    case "land", "union": emit(name == "land" ? .word("and") : .command("cup"))
    case "lor": emit(.word("or"))
    case "colon": emit(.mark(0x3A))
    case "textdegree": emit(.command("degree"))
    case "slash": emit(.mark(0x2F))
    default:
      if MathVocabulary.greek.contains(name) { emit(.letter(name)) } else { emit(.command(name)) }
    }
  }

  mutating func open(_ kind: MathToken.Kind) {
    emit(kind)
    brackets.append(hasSpacedComma())
  }

  mutating func close(_ kind: MathToken.Kind) {
    emit(kind)
    _ = brackets.popLast()
  }

  /// Whether a comma followed by a space stands before the bracket that has just been opened is closed.
  private func hasSpacedComma() -> Bool {
    var depth = 0
    var index = position
    while index < bytes.count {
      switch bytes[index] {
      case 0x28, 0x5B, 0x7B: depth += 1
      case 0x29, 0x5D, 0x7D:
        depth -= 1
        if depth < 0 { return false }
      case 0x2C, 0x3B:
        if depth == 0, index + 1 < bytes.count, bytes[index + 1] == 0x20 || bytes[index + 1] == 0x5C {
          return true
        }
      default: break
      }
      index += 1
    }
    return false
  }

  private mutating func openText() {
    while byte() == 0x20 { position += 1 }
    guard byte() == 0x7B else { return }
    position += 1
    braces.append(isText ? .dropped : .text)
    isText = true
    isSpaced = true
  }

  /// `\mathrm{...}`: a function's name, a unit, or a letter set upright.
  private mutating func upright() {
    while byte() == 0x20 { position += 1 }
    guard byte() == 0x7B else { return }
    var end = position + 1
    while end < bytes.count, ASCII.isLetter(bytes[end]) || bytes[end] == 0x20 || bytes[end] == 0x7E {
      end += 1
    }
    guard end < bytes.count, bytes[end] == 0x7D else {
      // A group with more in it is read as text unless it is an upright formula.
      position += 1
      braces.append(.group)
      emit(.mark(0x7B))
      return
    }
    let name = text(position + 1..<end).filter { $0 != " " && $0 != "~" }
    let isBehindNumber = {
      if case .number = tokens.last?.kind { true } else { tokens.last?.isMark("}") ?? false }
    }()
    let hasBlank = end - position - 1 > name.utf8.count
    position = end + 1
    if hasBlank { isSpaced = true }
    if name.isEmpty { return }
    if name.utf8.count == 1 {
      let isUnit =
        (isBehindNumber || hasBlank)
        && ["m", "g", "s", "h", "L", "N", "J", "W", "V", "K", "A", "C", "F"].contains(name)
      emit(isUnit ? .word(name) : .letter(name))
    } else if let command = Self.plainCommand(name) {
      emitCommand(command)
    } else {
      emit(.word(name))
    }
  }

  private mutating func numberSet() -> String? {
    let sets = ["R": "reals", "Z": "integers", "N": "naturals", "Q": "rationals"]
    for (letter, set) in sets {
      for form in ["{\(letter)}", " \(letter)"] where starts(form, at: position) {
        position += form.utf8.count
        return set
      }
    }
    return nil
  }

  private mutating func skipGroup() {
    while byte() == 0x20 || byte() == 0x2A { position += 1 }
    guard byte() == 0x7B else { return }
    var depth = 0
    repeat {
      if byte() == 0x7B { depth += 1 }
      if byte() == 0x7D { depth -= 1 }
      position += 1
    } while depth > 0 && position < bytes.count
  }

  private mutating func environment(isBegin: Bool) throws(MathSyntaxError) {
    while byte() == 0x20 { position += 1 }
    guard byte() == 0x7B, let end = bytes[position...].firstIndex(of: 0x7D) else {
      throw MathSyntaxError("an environment without a name")
    }
    let name = text(position + 1..<end)
    position = end + 1
    if isBegin, name == "array" || name == "tabular" { skipGroup() }
    emit(isBegin ? .begin(name) : .end(name))
    if isBegin { brackets.append(true) } else { _ = brackets.popLast() }
  }
}
