/// Lines over steps or time, each with an optional band.
public struct LineChart: Sendable {
  /// One point of a line; `low` and `high` are the edges of the band there. A non-finite `y` is a gap.
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    public var low: Double?
    public var high: Double?

    public init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// One line, its points in the order of x.
  public struct Series: Sendable, Equatable {
    public var name: String
    public var points: [Point]

    public init(_ name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  public var title: String
  public var x: Axis
  public var y: Axis
  public var series: [Series]
  /// What the bands are, for example "mean ± 1 standard deviation".
  public var band: String?
  /// The y axis starts at zero (counts, shares, lengths).
  public var startsAtZero: Bool
  /// Above this many points a line is drawn as means of runs of neighbours.
  public static let maximumPoints = 200

  public init(
    title: String, x: Axis, y: Axis, series: [Series], band: String? = nil, startsAtZero: Bool = false
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.band = band
    self.startsAtZero = startsAtZero
  }

  /// The chart as an HTML figure.
  public var html: String {
    let longest = series.map(\.points.count).max() ?? 0
    let run = max(1, (longest + Self.maximumPoints - 1) / Self.maximumPoints)
    let drawn = series.map { Series($0.name, points: Self.thin($0.points, run: run)) }
    var notes: [String] = []
    if let band, drawn.contains(where: { $0.points.contains { $0.low != nil } }) {
      notes.append("Band: \(band).")
    }
    if run > 1 { notes.append("Each point is the mean of \(run) neighbouring points.") }
    return Figure(
      title: title, summary: summary, legend: series.count > 1 ? series.map { ($0.name, .line) } : [],
      height: PlaneFrame.height, drawing: draw(drawn),
      note: notes.isEmpty ? nil : notes.joined(separator: " "),
      header: [x.text]
        + drawn.flatMap { series in
          let name = series.name.isEmpty ? y.text : series.name
          return hasBand(series) ? [name, name + ", low", name + ", high"] : [name]
        }, rows: table(drawn)
    ).html
  }

  private func hasBand(_ series: Series) -> Bool {
    series.points.contains { $0.low != nil && $0.high != nil }
  }

  private var summary: String {
    series.prefix(8).map { line in
      let finite = line.points.filter(\.y.isFinite)
      guard let first = finite.first, let last = finite.last else { return "\(line.name): no points." }
      return "\(line.name): from \(NumberText.short(first.y)) to \(NumberText.short(last.y))."
    }.joined(separator: " ")
  }

  /// Means of `run` neighbours; gaps are left out of a mean, and a run of gaps stays a gap.
  static func thin(_ points: [Point], run: Int) -> [Point] {
    guard run > 1 else { return points }
    return stride(from: 0, to: points.count, by: run).map { start in
      let slice = points[start..<min(start + run, points.count)]
      return Point(
        x: Statistics.mean(slice.map(\.x)) ?? slice[start].x,
        y: Statistics.mean(slice.map(\.y).filter(\.isFinite)) ?? .nan,
        low: Statistics.mean(slice.compactMap(\.low)), high: Statistics.mean(slice.compactMap(\.high)))
    }
  }

  private func table(_ drawn: [Series]) -> [[String]] {
    let xs = Set(drawn.flatMap { $0.points.map(\.x) }).sorted()
    let found = drawn.map { Dictionary($0.points.map { ($0.x, $0) }, uniquingKeysWith: { $1 }) }
    return xs.map { x in
      [NumberText.short(x, digits: 7)]
        + zip(drawn, found).flatMap { series, points -> [String] in
          let point = points[x]
          let columns = hasBand(series) ? [point?.y, point?.low, point?.high] : [point?.y]
          return columns.map { $0.map { NumberText.short($0, digits: 5) } ?? "" }
        }
    }
  }

  private func draw(_ drawn: [Series]) -> String {
    let points = drawn.flatMap(\.points)
    let values = points.flatMap { [$0.y, $0.low ?? .nan, $0.high ?? .nan] }
    let frame = PlaneFrame(x: x, y: y, xs: points.map(\.x), ys: values, startsAtZero: startsAtZero)
    let (across, up) = (frame.across, frame.up)
    var parts = frame.parts
    for (index, line) in drawn.enumerated() { parts += bands(line, index, across, up) }
    for (index, line) in drawn.enumerated() { parts += lines(line, index, across, up) }
    parts += strips(drawn, across)
    return parts.joined(separator: "\n")
  }

  private func bands(_ line: Series, _ index: Int, _ across: Scale, _ up: Scale) -> [String] {
    line.points.split { $0.low?.isFinite != true || $0.high?.isFinite != true }.map { run in
      let upper = run.map { Self.pair(across($0.x), up($0.high ?? 0)) }
      let lower = run.reversed().map { Self.pair(across($0.x), up($0.low ?? 0)) }
      return
        "<path class=\"band \(Figure.colour(index))\" d=\"M\((upper + lower).joined(separator: "L"))Z\"/>"
    }
  }

  private func lines(_ line: Series, _ index: Int, _ across: Scale, _ up: Scale) -> [String] {
    line.points.split { !$0.y.isFinite }.map { run in
      if run.count == 1, let only = run.first {
        return Figure.dot(across(only.x), up(only.y), index, hollow: false)
      }
      let path = run.map { Self.pair(across($0.x), up($0.y)) }.joined(separator: "L")
      return "<path class=\"line \(Figure.colour(index))\" d=\"M\(path)\"/>"
    }
  }

  /// One invisible column per x, which lights up under the pointer and tells the numbers there.
  private func strips(_ drawn: [Series], _ across: Scale) -> [String] {
    let xs = Set(drawn.flatMap { $0.points.map(\.x) }).sorted()
    let found = drawn.map { Dictionary($0.points.map { ($0.x, $0.y) }, uniquingKeysWith: { $1 }) }
    return xs.enumerated().map { place, x in
      let from = place == 0 ? across.range.from : (across(xs[place - 1]) + across(x)) / 2
      let to = place == xs.count - 1 ? across.range.to : (across(x) + across(xs[place + 1])) / 2
      let told = zip(drawn, found).compactMap { series, values in
        values[x].map { "\(series.name.isEmpty ? y.label : series.name): \(NumberText.short($0, digits: 4))" }
      }
      let title = (["\(self.x.label) \(NumberText.short(x, digits: 7))"] + told).joined(separator: "\n")
      return """
        <rect class="strip" x="\(Figure.coordinate(from))" y="26" \
        width="\(Figure.coordinate(max(1, to - from)))" height="172"><title>\(Markup.escape(title))</title></rect>
        """
    }
  }

  private static func pair(_ x: Double, _ y: Double) -> String {
    Figure.coordinate(x) + " " + Figure.coordinate(y)
  }
}
