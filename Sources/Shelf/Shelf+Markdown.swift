extension Shelf {
  /// How many systems stand where: "68 systems: 3 work, 1 fails, 64 not yet".
  public var counts: String {
    let parts = Standing.allCases.map { standing in
      let count = rows.count { $0.standing == standing }
      let word =
        switch standing {
        case .works: count == 1 ? "works" : "work"
        case .fails: count == 1 ? "fails" : "fail"
        case .notYet: standing.rawValue
        }
      return "\(count) \(word)"
    }
    return "\(rows.count) systems: \(parts.joined(separator: ", "))"
  }

  /// docs/papers.md, which is made from this and never edited by hand.
  public var markdown: String {
    """
    # The papers

    <!-- Written by `make papers` from Sources/Recipes; changes by hand are lost. -->

    \(counts).

    A system works when its parts can be used for real and its claim held against its baseline on fresh seeds; it \
    fails when there is a recipe and the claim does not hold. `laurel reproduce SLUG` runs the recipe (exit code 0: \
    the claim holds, 1: it does not, 2: it could not run) and writes a page with every number.

    | no | system | paper | family | state | claim and how to run it |
    |---:|---|---|---|---|---|
    \(rows.map(\.markdown).joined(separator: "\n"))
    \(scaledDown)
    """
  }

  /// What every recipe made smaller than its paper.
  private var scaledDown: String {
    let lines = rows.compactMap { row in
      row.recipe.map { "- \(Markdown.escape(row.paper.name)): \(Markdown.escape($0.scaledDown))" }
    }
    guard !lines.isEmpty else { return "" }
    return """

      ## What was scaled down
      \(lines.joined(separator: "\n"))

      """
  }
}

extension Shelf.Row {
  /// The row of docs/papers.md.
  fileprivate var markdown: String {
    let title = Markdown.escape(paper.title)
    let source = paper.arXiv.map { "[\(title)](https://arxiv.org/abs/\($0))" } ?? title
    let run = recipe.map { recipe in
      let commands = recipe.scales.map { "`laurel reproduce \(paper.slug) --scale \($0.rawValue)`" }
      return "\(Markdown.escape(recipe.claim)) \(commands.joined(separator: ", "))"
    }
    let system = "**\(Markdown.escape(paper.name))** (`\(paper.slug)`): \(Markdown.escape(paper.summary))"
    let cells = [
      "\(paper.number)", system, source, paper.family.rawValue, standing.rawValue, run ?? "",
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }
}

/// Text that means itself in a cell of a Markdown table.
enum Markdown {
  static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\n", "\r\n", "\r", "\t": result += " "
      case "\\", "|", "*", "_", "`", "[", "]", "<", ">", "#", "~", "$", "&": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }
}
