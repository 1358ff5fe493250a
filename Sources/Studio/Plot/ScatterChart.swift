/// Points in the plane, a group a colour and a shape.
public struct ScatterChart: Sendable {
  public struct Group: Sendable {
    public var name: String
    /// Points that are not finite are counted in the note, not drawn.
    public var points: [(x: Double, y: Double)]

    public init(_ name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  public var title: String
  public var x: Axis
  public var y: Axis
  public var groups: [Group]
  /// Above this many points the marks are small and no longer tell their numbers.
  public static let maximumTold = 300
  /// Above this many points the table holds every second, third, ... of them.
  public static let maximumRows = 200

  public init(title: String, x: Axis, y: Axis, groups: [Group]) {
    self.title = title
    self.x = x
    self.y = y
    self.groups = groups
  }

  /// The chart as an HTML figure. Points that fall on the same place of the drawing are drawn once.
  public var html: String {
    let finite = groups.map { $0.points.filter { $0.x.isFinite && $0.y.isFinite } }
    let all = finite.flatMap { $0 }
    let left = groups.reduce(0) { $0 + $1.points.count } - all.count
    let every = max(1, (all.count + Self.maximumRows - 1) / Self.maximumRows)
    var notes: [String] = []
    if left > 0 {
      notes.append(
        "\(left) point\(left == 1 ? " is" : "s are") not finite and \(left == 1 ? "was" : "were") left out.")
    }
    if every > 1 { notes.append("The table holds every \(Self.ordinal(every)) of \(all.count) points.") }
    return Figure(
      title: title, summary: summary(finite),
      legend: groups.count > 1 ? groups.map { ($0.name, .point) } : [], height: PlaneFrame.height,
      drawing: draw(finite, all), note: notes.isEmpty ? nil : notes.joined(separator: " "),
      header: groups.count > 1 ? ["group", x.text, y.text] : [x.text, y.text], rows: table(finite, every)
    ).html
  }

  private func draw(_ finite: [[(x: Double, y: Double)]], _ all: [(x: Double, y: Double)]) -> String {
    let frame = PlaneFrame(x: x, y: y, xs: all.map(\.x), ys: all.map(\.y), air: 0.05)
    let isTold = all.count <= Self.maximumTold
    var parts = frame.parts
    for (index, points) in finite.enumerated() where !points.isEmpty {
      guard isTold else {
        var seen: Set<SIMD2<Int>> = []
        let places = points.map { (x: frame.across($0.x), y: frame.up($0.y)) }
          .filter { seen.insert(SIMD2(Int($0.x.rounded()), Int($0.y.rounded()))).inserted }
        parts.append(Figure.points(places, index, isSmall: true))
        continue
      }
      for point in points {
        let place = (x: frame.across(point.x), y: frame.up(point.y))
        let told = [groups[index].name, text(point)].filter { !$0.isEmpty }.joined(separator: ": ")
        parts.append(
          "<g><title>\(Markup.escape(told))</title>\(Figure.points([place], index, isSmall: false))</g>")
      }
    }
    return parts.joined(separator: "\n")
  }

  private func text(_ point: (x: Double, y: Double)) -> String {
    "\(x.label) \(NumberText.short(point.x, digits: 4)), \(y.label) \(NumberText.short(point.y, digits: 4))"
  }

  private func summary(_ finite: [[(x: Double, y: Double)]]) -> String {
    zip(groups, finite).prefix(8).map { group, points in
      guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
        let low = points.map(\.y).min(), let high = points.map(\.y).max()
      else { return "\(group.name): no points." }
      return "\(group.name): \(points.count) points, \(x.label) \(NumberText.short(left)) to "
        + "\(NumberText.short(right)), \(y.label) \(NumberText.short(low)) to \(NumberText.short(high))."
    }.joined(separator: " ")
  }

  private func table(_ finite: [[(x: Double, y: Double)]], _ every: Int) -> [[String]] {
    let rows = zip(groups, finite).flatMap { group, points in
      points.map { point in
        (groups.count > 1 ? [group.name] : []) + [point.x, point.y].map { NumberText.short($0, digits: 5) }
      }
    }
    return stride(from: 0, to: rows.count, by: every).map { rows[$0] }
  }

  /// `2nd`, `3rd`, `11th`.
  static func ordinal(_ number: Int) -> String {
    let ending =
      switch (number % 10, number % 100) {
      case (_, 11...13): "th"
      case (1, _): "st"
      case (2, _): "nd"
      case (3, _): "rd"
      default: "th"
      }
    return "\(number)\(ending)"
  }
}
