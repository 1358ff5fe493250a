import Rewards

/// The 68 systems, each with its recipe where there is one.
public struct Shelf: Sendable {
  public struct Row: Sendable {
    public var paper: Paper
    public var recipe: (any Recipe)?
    public var standing: Standing { recipe?.standing ?? .notYet }
  }

  /// In the catalogue's order.
  public let rows: [Row]

  /// - Precondition: Every recipe's slug is in the catalogue, once.
  public init(_ recipes: [any Recipe], catalogue: [Paper] = Paper.catalogue) {
    let slugs = Set(catalogue.map(\.slug))
    for recipe in recipes {
      precondition(slugs.contains(recipe.slug), "no paper has the slug \(recipe.slug)")
    }
    precondition(Set(recipes.map(\.slug)).count == recipes.count, "two recipes have the same slug")
    rows = catalogue.map { paper in Row(paper: paper, recipe: recipes.first { $0.slug == paper.slug }) }
  }

  /// The row of a slug, a number ("55", "08") or an arXiv number.
  public func row(_ name: String) -> Row? {
    let name = name.lowercased()
    return rows.first { $0.paper.slug == name || $0.paper.arXiv == name }
      ?? Int(name).flatMap { number in rows.first { $0.paper.number == number } }
  }

  /// The nearest slug to a name that is none.
  public func nearest(to name: String) -> String? { nearestName(to: name, in: rows.map(\.paper.slug)) }

  /// The list as `laurel reproduce --list --json` prints it.
  public var json: JSONValue {
    .array(
      rows.map { row in
        .object(
          JSONObject([
            ("number", .integer(row.paper.number)), ("slug", .string(row.paper.slug)),
            ("name", .string(row.paper.name)), ("family", .string(row.paper.family.rawValue)),
            ("title", .string(row.paper.title)), ("arxiv", row.paper.arXiv.map(JSONValue.string) ?? .null),
            ("state", .string(row.standing.rawValue)),
            ("scales", .array((row.recipe?.scales ?? []).map { .string($0.rawValue) })),
          ]))
      })
  }
}
