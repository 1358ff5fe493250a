/// The frame of a drawing in the plane: two axes with ticks and names, and the scales onto the drawing's units.
struct PlaneFrame {
  static let height = 240.0
  /// The lowest and the highest place of a mark.
  static let rows = (bottom: 198.0, top: 26.0)

  var across: Scale
  var up: Scale
  /// The axes as SVG.
  var parts: [String]

  /// - Parameters:
  ///   - xs, ys: everything that must find room; what is not finite does not count.
  ///   - air: the room left free at both ends of the x axis, as a share.
  init(x: Axis, y: Axis, xs: [Double], ys: [Double], air: Double = 0, startsAtZero: Bool = false) {
    across = Scale(domain: Scale.domain(xs, air: air), range: (0, 0))
    up = Scale(domain: Scale.domain(ys, zero: startsAtZero), range: (Self.rows.bottom, Self.rows.top))
    let lines = up.ticks(5)
    let labels = Scale.labels(lines)
    let left = 14 + 6.8 * Double(labels.map(\.count).max() ?? 1)
    across.range = (left, Figure.width - 14)
    let (bottom, right) = (Self.rows.bottom, across.range.to)

    parts = [Figure.text(0, 12, y.text, style: "axis")]
    for (tick, label) in zip(lines, labels) {
      parts.append(Figure.rule(left, up(tick), right, up(tick), style: tick == 0 ? "zero" : "grid"))
      parts.append(Figure.text(left - 6, up(tick) + 4, label, anchor: "end"))
    }
    let columns = across.ticks(5, whole: xs.allSatisfy { $0 == $0.rounded() })
    for (tick, label) in zip(columns, Scale.labels(columns)) {
      parts.append(Figure.text(across(tick), bottom + 17, label, anchor: "middle"))
      parts.append(Figure.rule(across(tick), bottom, across(tick), bottom + 4, style: "zero"))
    }
    parts.append(Figure.text((left + right) / 2, bottom + 37, x.text, anchor: "middle", style: "axis"))
  }
}
