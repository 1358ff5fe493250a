import Foundation
import Rewards

/// The boxes that a text states, in the forms that vision models write.
///
/// - four numbers in brackets: `[x1, y1, x2, y2]`, `(x1, y1, x2, y2)`, also inside JSON
///   (`{"bbox_2d": [...], "label": "cat"}`) and inside `<box>[[...]]</box>`;
/// - two pairs, a comma or nothing between: `<box>(x1,y1),(x2,y2)</box>`, `<|box_start|>(..),(..)<|box_end|>`.
///
/// Brackets that hold something else than four numbers (or two, for a pair) are no box. Time is linear.
public enum BoxText {
  /// A box's four numbers, and what it is a box of where the text says so.
  public struct Entry: Sendable, Equatable {
    public var numbers: [Double]
    public var label: String?

    public init(_ numbers: [Double], label: String? = nil) {
      self.numbers = numbers
      self.label = label
    }
  }

  /// The numbers of each box, in order of appearance; nil when there are more than `limit`.
  public static func quadruples(in text: String, limit: Int = 512) -> [[Double]]? {
    entries(in: text, limit: limit)?.map(\.numbers)
  }

  /// The boxes with their labels, in order of appearance; nil when there are more than `limit`.
  ///
  /// A label is the value of `label`, `class`, `category` or `name` in the braces around the box, or what the last
  /// `<ref>...</ref>` or `<|object_ref_start|>...<|object_ref_end|>` before it holds.
  public static func entries(in text: String, limit: Int = 512) -> [Entry]? {
    var text = text
    return text.withUTF8 { bytes in
      guard let places = places(bytes, limit: limit) else { return nil }
      var labels = BoxLabels()
      return places.map { Entry($0.numbers, label: labels.label(of: $0.range, in: bytes)) }
    }
  }

  private static func places(_ bytes: UTF8Bytes, limit: Int) -> [(numbers: [Double], range: Range<Int>)]? {
    var boxes: [(numbers: [Double], range: Range<Int>)] = []
    // A pair waits for its second corner.
    var corner: (values: [Double], start: Int, end: Int)?
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x5B || bytes[index] == 0x28, let group = numbers(bytes, from: index) else {
        index += 1
        continue
      }
      if group.values.count == 4 {
        boxes.append((group.values, index..<group.end))
        corner = nil
      } else if group.values.count == 2, let first = corner, isComma(bytes, first.end, index) {
        boxes.append((first.values + group.values, first.start..<group.end))
        corner = nil
      } else {
        corner = group.values.count == 2 ? (group.values, index, group.end) : nil
      }
      if boxes.count > limit { return nil }
      index = group.end
    }
    return boxes
  }

  /// Whether only white space and at most one comma stand between two offsets.
  private static func isComma(_ bytes: UTF8Bytes, _ start: Int, _ end: Int) -> Bool {
    var commas = 0
    for byte in bytes[start..<end] {
      if byte == 0x2C { commas += 1 } else if !ASCII.isSpace(byte) { return false }
    }
    return commas <= 1
  }

  /// The numbers between the bracket at `start` and its closing one, commas between them; nil when anything else
  /// stands there, or more than four.
  private static func numbers(_ bytes: UTF8Bytes, from start: Int) -> (values: [Double], end: Int)? {
    let close: UInt8 = bytes[start] == 0x5B ? 0x5D : 0x29
    var values: [Double] = []
    var index = start + 1
    while true {
      while index < bytes.count, ASCII.isSpace(bytes[index]) { index += 1 }
      guard values.count < 4, let value = number(bytes, &index) else { return nil }
      values.append(value)
      while index < bytes.count, ASCII.isSpace(bytes[index]) { index += 1 }
      guard index < bytes.count else { return nil }
      if bytes[index] == close { return (values, index + 1) }
      guard bytes[index] == 0x2C else { return nil }
      index += 1
    }
  }

  /// A decimal number of at most 32 characters.
  private static func number(_ bytes: UTF8Bytes, _ index: inout Int) -> Double? {
    let start = index
    while index < bytes.count, index - start <= 32, isNumeral(bytes[index]) { index += 1 }
    guard index > start, index - start <= 32 else { return nil }
    return Double(String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private static func isNumeral(_ byte: UInt8) -> Bool {
    ASCII.isDigit(byte) || byte == 0x2E || byte == 0x2D || byte == 0x2B || byte | 0x20 == 0x65
  }

  /// The boxes of a reference: one list of four numbers, a list of those, objects that hold one under `bbox_2d`,
  /// `bbox` or `box`, or a text that ``entries(in:limit:)`` reads; nil for anything else. An object's label stands
  /// under `label`, `class`, `category` or `name`.
  static func entries(of reference: JSONValue?) -> [Entry]? {
    switch reference {
    case .string(let text)?: return entries(in: text)
    case .object(let object)?:
      guard let box = ["bbox_2d", "bbox", "box"].lazy.compactMap({ object[$0] }).first,
        var entries = entries(of: box)
      else { return nil }
      if case .string(let label)? = BoxLabels.keys.lazy.compactMap({ object[$0] }).first {
        for index in entries.indices { entries[index].label = label }
      }
      return entries
    case .array(let items)?:
      let numbers = items.compactMap(\.double)
      if numbers.count == items.count, !items.isEmpty { return numbers.count == 4 ? [Entry(numbers)] : nil }
      var boxes: [Entry] = []
      for item in items {
        if case .string = item { return nil }
        guard let inner = entries(of: item), inner.count == 1 else { return nil }
        boxes += inner
      }
      return boxes
    default: return nil
    }
  }

  /// The numbers alone.
  static func quadruples(of reference: JSONValue?) -> [[Double]]? { entries(of: reference)?.map(\.numbers) }
}
