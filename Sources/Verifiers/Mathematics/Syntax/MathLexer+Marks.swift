/// Single marks: brackets, relations, full stops, dollar signs.
extension MathLexer {
  mutating func mark(_ current: UInt8) {
    position += 1
    switch current {
    case 0x24:
      // A dollar sign in text opens a formula; elsewhere it is a delimiter or a currency sign, both silent.
      isSpaced = true
      if !braces.isEmpty, braces.contains(.text) {
        isText.toggle()
      } else if ASCII.isDigit(byte()), bytes.count(where: { $0 == 0x24 }) == 1 {
        emit(.command("dollar"))
      }
    case 0x7B:
      if isText {
        braces.append(.dropped)
      } else {
        braces.append(.group)
        emit(.mark(current))
      }
    case 0x7D:
      switch braces.popLast() {
      case .text:
        isText = false
        isSpaced = true
      case .dropped: break
      default: emit(.mark(current))
      }
    case 0x28, 0x5B: open(.mark(current))
    case 0x29, 0x5D: close(.mark(current))
    case 0x3C: comparison(.less, .lessOrEqual)
    case 0x3E: comparison(.greater, .greaterOrEqual)
    case 0x3D:
      if byte() == 0x3C {
        emitPair(.lessOrEqual)
      } else if byte() == 0x3E {
        emitPair(.greaterOrEqual)
      } else if byte() == 0x3D {
        emitPair(.equal)
      } else {
        emit(.relation(.equal))
      }
    case 0x21:
      if byte() == 0x3D, byte(1) != 0x3D { emitPair(.notEqual) } else { emit(.mark(current)) }
    case 0x2A:
      if byte() == 0x2A {
        position += 1
        // `**` is a power between operands, and bold type elsewhere.
        let isPower = !tokens.isEmpty && position < bytes.count && !ASCII.isSpace(byte()) && byte() != 0x2E
        if isPower { emit(.mark(0x5E)) } else { isSpaced = true }
      } else if !tokens.isEmpty, position < bytes.count {
        emit(.command("times"))
      }
    case 0x2D:
      if byte() == 0x3E { emitPair(.mapsTo) } else { emit(.mark(current)) }
    case 0x25: emit(.command("percent"))
    case 0x60, 0x22: isSpaced = true
    case 0x2E:
      if tokens.isEmpty, ["\\overline", "\\bar", "\\dot{"].contains(where: { starts($0, at: position) }) {
        emit(.number("0"))
        emit(.command("point"))
      } else if byte() == 0x2E, byte(1) == 0x2E {
        position += 2
        emit(.command("ldots"))
      } else if position < bytes.count, bytes[position] == 0x5C,
        tokens.last.map({ if case .number = $0.kind { true } else { false } }) == true
      {
        // `0.\overline{3}`
        emit(.command("point"))
      } else if position < bytes.count {
        // A full stop ends nothing here but a sentence.
        isSpaced = true
        if bytes[position...].contains(where: {
          !ASCII.isSpace($0) && $0 != 0x24 && $0 != 0x2A && $0 != 0x7D && $0 != 0x5C && $0 != 0x29
            && $0 != 0x5D
        }) {
          emit(.mark(0x2E))
        }
      }
    default: emit(.mark(current))
    }
  }

  private mutating func comparison(_ plain: MathRelation, _ orEqual: MathRelation) {
    if byte() == 0x3D { emitPair(orEqual) } else { emit(.relation(plain)) }
  }

  private mutating func emitPair(_ relation: MathRelation) {
    position += 1
    emit(.relation(relation))
  }
}
