import Foundation

/// Test results as JUnit's XML, which continuous integration systems read.
public enum JUnitReport {
  /// One suite, one `testcase` a result; times in seconds.
  public static func xml(suite: String, _ results: [RewardCaseResult]) -> String {
    let failed = results.count { !$0.failures.isEmpty }
    let seconds = number(results.reduce(0) { $0 + $1.seconds })
    let counts = "tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\" time=\"\(seconds)\""
    let cases = results.map { result in
      let head =
        "    <testcase classname=\"\(escape(suite))\" name=\"\(escape(result.name))\" line=\"\(result.line)\" "
        + "time=\"\(number(result.seconds))\""
      if result.failures.isEmpty { return head + "/>" }
      let text = result.failures.joined(separator: "\n")
      return """
        \(head)>
              <failure message="\(escape(result.failures[0]))">\(escape(text))</failure>
            </testcase>
        """
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="laurel test" \(counts)>
        <testsuite name="\(escape(suite))" \(counts) skipped="0">
      \(cases.joined(separator: "\n"))
        </testsuite>
      </testsuites>

      """
  }

  private static func number(_ seconds: Double) -> String { String(format: "%.6f", seconds) }

  /// Text for content and attributes; characters that XML 1.0 does not allow become U+FFFD.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3C: result += "&lt;"
      case 0x3E: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x09, 0x0A, 0x0D: result += "&#\(scalar.value);"
      case 0..<0x20, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
