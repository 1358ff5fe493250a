import Foundation
import Rewards

/// The right completion with white space around it.
struct WhiteSpace: Attack {
  let name = "white_space"
  let help = "the right completion with white space around it"

  func fair(for target: Target) -> [String] {
    [target.right + "\n", "\n" + target.right, "  " + target.right + "  ", target.right + "\r\n\r\n"]
  }
}

/// The right number in another common notation.
struct NumberForms: Attack {
  let name = "number_forms"
  let help = "the right number with thousands marks, a decimal point or a true minus sign"

  func fair(for target: Target) -> [String] {
    guard case .number(let text) = target.answer else { return [] }
    let plain = text.replacingOccurrences(of: ",", with: "").replacingOccurrences(of: "−", with: "-")
    guard let value = Int(plain) else { return [] }
    var forms = [plain + ".0"]
    if abs(value) >= 1000 { forms += [Self.grouped(value), plain] }
    if value < 0 { forms.append(plain.replacingOccurrences(of: "-", with: "−")) }
    return forms.filter { $0 != text }.compactMap { target.replacingAnswer(with: $0) }
  }

  private static func grouped(_ value: Int) -> String {
    var text = ""
    for (place, digit) in String(abs(value)).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }
}

/// The right LaTeX in another way of writing the same.
struct LaTeXForms: Attack {
  let name = "latex_forms"
  let help = "boxes with blanks or in mathematics signs, and other commands for the same fraction"

  func fair(for target: Target) -> [String] {
    let right = target.right
    guard right.contains("\\boxed{"), let answer = target.answer.text else { return [] }
    let box = "\\boxed{\(answer)}"
    guard right.contains(box) else { return [] }
    var forms = ["\\boxed{ \(answer) }", "$\(box)$", "\\(\(box)\\)", "\\[ \(box) \\]", "$$\(box)$$"]
    if answer.contains("\\frac") {
      forms += ["\\dfrac", "\\tfrac"].map { box.replacingOccurrences(of: "\\frac", with: $0) }
    }
    return forms.map { right.replacingOccurrences(of: box, with: $0) }
  }
}

/// The right JSON with its keys in another order, or other blanks.
struct JSONOrder: Attack {
  let name = "json_order"
  let help = "the right JSON with its keys in another order, or other blanks"

  func fair(for target: Target) -> [String] {
    if target.rightJSON.isEmpty { return [] }
    return [
      target.rewritingJSON { $0.reversedKeys.jsonText }, target.rewritingJSON { $0.spacedText },
      target.rewritingJSON { $0.reversedKeys.spacedText },
    ]
  }
}

/// The right word in capitals or small letters.
struct LetterCase: Attack {
  let name = "letter_case"
  let help = "the right words in capitals or small letters"

  func fair(for target: Target) -> [String] {
    guard case .text(let text) = target.answer, text.contains(where: \.isLetter),
      text.allSatisfy({ $0.isLetter || $0.isWhitespace || $0 == "-" || $0 == "'" })
    else { return [] }
    let forms = [text.uppercased(), text.lowercased(), text.capitalized]
    return Set(forms).subtracting([text]).sorted().compactMap { target.replacingAnswer(with: $0) }
  }
}

/// The right letters in another Unicode normal form.
struct UnicodeForms: Attack {
  let name = "unicode_forms"
  let help = "accented letters composed or decomposed"

  func fair(for target: Target) -> [String] {
    // Bytes are compared: Swift's strings are equal across normal forms.
    let forms = [
      target.right.decomposedStringWithCanonicalMapping, target.right.precomposedStringWithCanonicalMapping,
    ]
    return forms.filter { Array($0.utf8) != Array(target.right.utf8) }
  }
}
