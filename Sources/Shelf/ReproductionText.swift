import Foundation

/// A reproduction as text for a terminal.
public enum ReproductionText {
  private static let width = 100

  /// What is about to be run: the paper, the claim, the rule of the verdict and what was made smaller.
  public static func introduction(_ request: ReproductionRequest) -> String {
    let paper = request.paper
    let source = paper.arXiv.map { " (arXiv \($0))" } ?? ""
    var entries = [
      ("paper", paper.title + source), ("claim", request.recipe.claim), ("rule", request.recipe.rule),
      ("scaled down", request.recipe.scaledDown), ("arms", request.recipe.arms.joined(separator: ", ")),
      ("run", "scale \(request.scale.rawValue), seed \(request.seed)"),
    ]
    if let fault = request.fault { entries.append(("fault", "\(fault.name): \(fault.help)")) }
    return "\(paper.number) \(paper.name)\n" + definitions(entries)
  }

  /// What was found: arms by metrics, the conditions, the findings and the verdict.
  public static func outcome(_ reproduction: Reproduction) -> String {
    let result = reproduction.result
    var blocks = [measurements(result)]
    if !result.checks.isEmpty {
      blocks.append(
        TextTable(
          header: ["condition", "value", "must be", ""],
          rows: result.checks.map { check in
            [
              check.text, number(check.value), "\(check.relation.rawValue) \(number(check.threshold))",
              check.holds ? "met" : "NOT MET",
            ]
          }, rightAligned: [1]
        ).text)
    }
    if !result.findings.isEmpty {
      blocks.append(result.findings.map { wrapped($0, first: "- ", rest: "  ") }.joined(separator: "\n"))
    }
    blocks.append(reproduction.verdict)
    return blocks.joined(separator: "\n\n")
  }

  /// The 68 systems, a line each, and how many stand where.
  public static func list(_ shelf: Shelf) -> String {
    let table = TextTable(
      header: ["no", "slug", "name", "family", "state"],
      rows: shelf.rows.map { row in
        [
          "\(row.paper.number)", row.paper.slug, row.paper.name, row.paper.family.rawValue,
          row.standing.rawValue,
        ]
      }, rightAligned: [0])
    return table.text + "\n\n" + shelf.counts
  }

  private static func measurements(_ result: RecipeResult) -> String {
    var last: String?
    let rows = result.metrics.flatMap { metric in
      result.measurements.filter { $0.metric == metric }.map { one in
        defer { last = metric }
        return [
          metric == last ? "" : metric, one.arm, number(one.mean),
          one.standardError.map(number) ?? "-", "\(one.values.count)",
        ]
      }
    }
    return TextTable(
      header: ["metric", "arm", "mean", "std. error", "n"], rows: rows, rightAligned: [2, 3, 4]
    ).text
  }

  /// Four significant digits.
  static func number(_ value: Double) -> String { String(format: "%.4g", value) }

  private static func definitions(_ entries: [(name: String, text: String)]) -> String {
    let indent = (entries.map(\.name.count).max() ?? 0) + 2
    return entries.filter { !$0.text.isEmpty }.map { entry in
      wrapped(
        entry.text, first: entry.name.padding(toLength: indent, withPad: " ", startingAt: 0),
        rest: String(repeating: " ", count: indent))
    }.joined(separator: "\n")
  }

  /// Breaks `text` between words, so that no line is longer than the width unless one word is.
  static func wrapped(_ text: String, first: String, rest: String) -> String {
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = rest
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n")
  }
}

/// Columns of text, as wide as their widest cell.
struct TextTable {
  var header: [String]
  var rows: [[String]]
  /// The columns whose cells stand at the right.
  var rightAligned: Set<Int> = []

  var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? blanks + cell : cell + blanks
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
