import Foundation
import Rewards

/// Finds what boxes are boxes of, in a text that is read from its start to its end.
struct BoxLabels {
  static let keys = ["label", "class", "category", "name"]
  private static let marks: [(open: [UInt8], close: [UInt8])] = [
    (Array("<ref>".utf8), Array("</ref>".utf8)),
    (Array("<|object_ref_start|>".utf8), Array("<|object_ref_end|>".utf8)),
  ]
  /// Braces further away than this are not around a box.
  private static let reach = 500

  /// What is read of the text, and the last mark in it.
  private var index = 0
  private var marked: String?

  /// The label of the box at `range`; boxes are asked about in order.
  mutating func label(of range: Range<Int>, in bytes: UTF8Bytes) -> String? {
    readMarks(upTo: range.lowerBound, in: bytes)
    return object(around: range, in: bytes) ?? marked
  }

  private mutating func readMarks(upTo end: Int, in bytes: UTF8Bytes) {
    while index < end {
      guard bytes[index] == 0x3C,
        let mark = Self.marks.first(where: { bytes[index...].starts(with: $0.open) })
      else {
        index += 1
        continue
      }
      let start = index + mark.open.count
      var close = start
      while close < end, !bytes[close...].starts(with: mark.close) { close += 1 }
      if close < end { marked = String(decoding: bytes[start..<close], as: UTF8.self) }
      index = close
    }
  }

  /// The label in the braces around a box.
  private func object(around range: Range<Int>, in bytes: UTF8Bytes) -> String? {
    var start = range.lowerBound
    let first = max(0, start - Self.reach)
    repeat {
      guard start > first else { return nil }
      start -= 1
      if bytes[start] == 0x7D { return nil }
    } while bytes[start] != 0x7B
    var end = range.upperBound
    let last = min(bytes.count, end + Self.reach)
    while end < last, bytes[end] != 0x7D {
      if bytes[end] == 0x7B { return nil }
      end += 1
    }
    guard end < last else { return nil }
    let text = String(decoding: bytes[start...end], as: UTF8.self)
    guard case .object(let object)? = try? JSONParser().parse(Array(text.utf8)),
      case .string(let label)? = Self.keys.lazy.compactMap({ object[$0] }).first
    else { return nil }
    return label
  }

  /// Whether two labels name the same, capitals and white space around them aside; one that is missing names nothing.
  static func areEqual(_ first: String?, _ second: String?) -> Bool {
    guard let first, let second else { return false }
    func plain(_ label: String) -> String {
      UnicodeText.lowercased(label).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return plain(first) == plain(second)
  }
}
