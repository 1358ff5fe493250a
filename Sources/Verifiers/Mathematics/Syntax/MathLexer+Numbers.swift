/// Numbers, with their groups of digits and exponents.
extension MathLexer {
  mutating func number() {
    var digits: [UInt8] = []
    func isDigit(_ index: Int) -> Bool { index < bytes.count && ASCII.isDigit(bytes[index]) }
    let isInChain =
      tokens.count >= 2 && !isSpaced && tokens[tokens.count - 1].isMark(",")
      && !tokens[tokens.count - 1].isSpaced
      && { if case .number = tokens[tokens.count - 2].kind { true } else { false } }()
    while ASCII.isDigit(byte()) {
      digits.append(byte())
      position += 1
    }
    if (1...3).contains(digits.count), digits.first != 0x30 {
      let (groups, end) = groups(from: position, allowsComma: !isInChain)
      digits += groups
      position = end
    }
    if byte() == 0x2E, isDigit(position + 1) {
      digits.append(0x2E)
      position += 1
      while ASCII.isDigit(byte()) {
        digits.append(byte())
        position += 1
      }
    }
    if byte() | 0x20 == 0x65 { exponent(&digits) }
    emit(.number(String(decoding: digits, as: UTF8.self)))
  }

  /// The digits of the groups of three from `start` on, and where they end.
  private func groups(from start: Int, allowsComma: Bool) -> ([UInt8], Int) {
    var digits: [UInt8] = []
    var end = start
    var hasComma = false
    while true {
      var index = end
      var isComma = false
      if starts("{,}", at: index) {
        index += 3
      } else if index < bytes.count, bytes[index] == 0x2C {
        index += 1
        isComma = true
      }
      while starts("\\!", at: index) || starts("\\,", at: index) {
        index += 2
        isComma = false
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
      }
      if index == end, brackets.isEmpty, index < bytes.count, bytes[index] == 0x20 { index += 1 }
      guard index > end, index + 3 <= bytes.count, bytes[index..<index + 3].allSatisfy(ASCII.isDigit),
        index + 3 == bytes.count || !ASCII.isDigit(bytes[index + 3])
      else { break }
      hasComma = hasComma || isComma
      digits += bytes[index..<index + 3]
      end = index + 3
    }
    if hasComma {
      let continues = end + 1 < bytes.count && bytes[end] == 0x2C && ASCII.isDigit(bytes[end + 1])
      let isList = brackets.last == false && digits.first != 0x30
      if !allowsComma || continues || isList { return ([], start) }
    }
    return (digits, end)
  }

  /// `1.5e-3`: an exponent, unless it may be Euler's number (`2e-3`).
  private mutating func exponent(_ digits: inout [UInt8]) {
    var index = position + 1
    var sign: [UInt8] = []
    if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D {
      sign = [bytes[index]]
      index += 1
    }
    let start = index
    while index < bytes.count, ASCII.isDigit(bytes[index]) { index += 1 }
    guard index > start, index == bytes.count || !ASCII.isLetter(bytes[index]) else { return }
    let isCertain =
      sign.isEmpty || digits.contains(0x2E) || digits == [0x31] || index - start > 1 || byte() == 0x45
    guard isCertain else { return }
    digits += [0x65] + sign + bytes[start..<index]
    position = index
  }
}
