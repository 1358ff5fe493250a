import Foundation

/// Finds the answer in short texts that are one: a box, `####`, or a phrase in front of it.
enum AnswerText {
  /// A box in a text: its content, and where it stands.
  struct Box {
    var content: Substring
    var range: Range<Substring.Index>
  }

  /// Every `\boxed{...}` and `\fbox{...}` that is not inside another, braces nested; one whose braces do not close
  /// is nil.
  static func boxes(in text: Substring) -> [Box?] {
    var boxes: [Box?] = []
    let bytes = text.utf8
    var index = bytes.startIndex
    while index < bytes.endIndex {
      guard bytes[index] == 0x5C else {
        bytes.formIndex(after: &index)
        continue
      }
      let rest = bytes[index...]
      guard let name = ["\\boxed", "\\fbox"].first(where: { rest.starts(with: $0.utf8) }) else {
        bytes.formIndex(after: &index)
        continue
      }
      let start = index
      index = bytes.index(index, offsetBy: name.utf8.count)
      while index < bytes.endIndex, bytes[index] == 0x20 { bytes.formIndex(after: &index) }
      guard index < bytes.endIndex, bytes[index] == 0x7B else {
        // `\boxed 5`
        guard index < bytes.endIndex, name == "\\boxed" else { continue }
        let end =
          bytes[index...].firstIndex { ASCII.isSpace($0) || $0 == 0x24 || $0 == 0x2E } ?? bytes.endIndex
        boxes.append(end > index ? Box(content: text[index..<end], range: start..<end) : nil)
        index = end
        continue
      }
      bytes.formIndex(after: &index)
      let inside = index
      var depth = 1
      while index < bytes.endIndex {
        if bytes[index] == 0x5C {
          bytes.formIndex(after: &index)
        } else if bytes[index] == 0x7B {
          depth += 1
        } else if bytes[index] == 0x7D {
          depth -= 1
          if depth == 0 { break }
        }
        if index < bytes.endIndex { bytes.formIndex(after: &index) }
      }
      guard index < bytes.endIndex else {
        boxes.append(nil)
        break
      }
      boxes.append(Box(content: text[inside..<index], range: start..<bytes.index(after: index)))
      bytes.formIndex(after: &index)
    }
    return boxes
  }

  /// The answer of a short text: what its boxes hold, or what stands behind `####` or "answer is"; else all of it.
  static func bare(_ text: String) -> String {
    var rest = Substring(text)
    var marks = UInt8(0)
    for byte in text.utf8 where byte == 0x5C || byte == 0x23 { marks |= byte == 0x5C ? 1 : 2 }
    if marks & 1 != 0, text.utf8.contains(0x78), rest.contains("\\boxed") || rest.contains("\\fbox") {
      let boxes = boxes(in: rest).compactMap { $0 }
      if !boxes.isEmpty {
        return boxes.map { bare(String($0.content)) }.joined(separator: ", ")
      }
    }
    if marks & 2 != 0, let mark = rest.range(of: "####", options: .backwards) {
      rest = rest[mark.upperBound...]
    }
    return trimmed(rest)
  }

  /// Without white space, bold marks, quotes and a full stop at the ends, and without a leading "the answer is".
  static func trimmed(_ text: Substring) -> String {
    var rest = text
    func isShell(_ byte: UInt8) -> Bool {
      ASCII.isSpace(byte) || byte == 0x2A || byte == 0x60 || byte == 0x22
    }
    func strip() {
      while let first = rest.utf8.first, isShell(first) { rest = Substring(rest.utf8.dropFirst()) }
      while let last = rest.utf8.last, isShell(last) { rest = Substring(rest.utf8.dropLast()) }
    }
    strip()
    guard let first = rest.utf8.first, [0x61, 0x66, 0x74].contains(first | 0x20) else { return String(rest) }
    let lower = rest.prefix(60).lowercased()
    for phrase in ["the final answer is", "final answer", "the answer is", "answer is", "answer"]
    where lower.hasPrefix(phrase) {
      let tail = rest.dropFirst(phrase.count)
      guard let next = tail.first, !next.isLetter else { break }
      rest = tail.drop { $0.isWhitespace || $0 == ":" || $0 == "*" || $0 == "=" }
      break
    }
    strip()
    return String(rest)
  }
}
