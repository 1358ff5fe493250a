/// A set of real numbers built from intervals and points, as a condition on one number.
indirect enum RealRegion: Sendable {
  /// Ends that are nil are infinite.
  case interval(MathNode?, MathNode?, isLowClosed: Bool, isHighClosed: Bool)
  case point(MathNode)
  case union([RealRegion])
  case intersection([RealRegion])
  case complement(RealRegion)

  static let reals = RealRegion.interval(nil, nil, isLowClosed: false, isHighClosed: false)

  /// The finite ends, in order of appearance.
  var ends: [MathNode] {
    switch self {
    case .interval(let low, let high, _, _): [low, high].compactMap { $0 }
    case .point(let value): [value]
    case .union(let parts), .intersection(let parts): parts.flatMap(\.ends)
    case .complement(let part): part.ends
    }
  }

  /// Whether a number lies in it. Numbers are given by their places among the sorted ends: end number k has the
  /// place 2k + 1, and the gap before it the place 2k.
  func contains(place: Int, placeOf: (MathNode) -> Int) -> Bool {
    switch self {
    case .interval(let low, let high, let isLowClosed, let isHighClosed):
      if let low {
        let end = placeOf(low)
        if place < end || (place == end && !isLowClosed) { return false }
      }
      if let high {
        let end = placeOf(high)
        if place > end || (place == end && !isHighClosed) { return false }
      }
      return true
    case .point(let value): return place == placeOf(value)
    case .union(let parts): return parts.contains { $0.contains(place: place, placeOf: placeOf) }
    case .intersection(let parts): return parts.allSatisfy { $0.contains(place: place, placeOf: placeOf) }
    case .complement(let part): return !part.contains(place: place, placeOf: placeOf)
    }
  }
}

extension RealRegion {
  /// The region that a node describes, and the variable that it is a condition on (nil for intervals and sets);
  /// nil when it is none, or its ends are no constants.
  static func read(_ node: MathNode) -> (region: RealRegion, variable: String?)? {
    switch node {
    case .bracketed(let items, let open, let close):
      guard items.count == 2, open != .angle, close != .angle, let low = end(items[0], isLow: true),
        let high = end(items[1], isLow: false)
      else { return nil }
      return (
        .interval(low.value, high.value, isLowClosed: open == .square, isHighClosed: close == .square), nil
      )
    case .set(let items):
      let points = items.filter { $0.isScalar && $0.freeNames.isEmpty && !$0.containsInfinity }
      return points.count == items.count ? (.union(points.map { .point($0.withoutUnit) }), nil) : nil
    case .constant(.reals): return (.reals, nil)
    case .constant(.emptySet): return (.union([]), nil)
    case .union(let a, let b): return combine([a, b]) { .union($0) }
    case .intersection(let a, let b): return combine([a, b]) { .intersection($0) }
    case .without(let a, let b): return combine([a, b]) { .intersection([$0[0], .complement($0[1])]) }
    case .setBuilder(let head, let condition):
      guard let name = builderVariable(head), let inside = read(condition), inside.variable ?? name == name
      else { return nil }
      return (inside.region, nil)
    case .list(let items, let joiner):
      return combine(items) { parts in joiner == .or ? .union(parts) : .intersection(parts) }
    case .relation(let sides, let relations): return read(sides, relations)
    default: return nil
    }
  }

  private static func builderVariable(_ head: MathNode) -> String? {
    switch head {
    case .symbol(let name): name
    case .relation(let sides, [.member]): if case .symbol(let name) = sides[0] { name } else { nil }
    default: nil
    }
  }

  private static func combine(
    _ nodes: [MathNode], _ make: ([RealRegion]) -> RealRegion
  ) -> (region: RealRegion, variable: String?)? {
    let parts = nodes.compactMap { read($0.normalized) }
    guard parts.count == nodes.count else { return nil }
    let names = Set(parts.compactMap(\.variable))
    return names.count > 1 ? nil : (make(parts.map(\.region)), names.first)
  }

  private static func read(
    _ sides: [MathNode], _ relations: [MathRelation]
  ) -> (region: RealRegion, variable: String?)? {
    guard let index = sides.firstIndex(where: { !$0.freeNames.isEmpty }) else { return nil }
    var parts: [RealRegion] = []
    var name: String?
    for (place, relation) in relations.enumerated() {
      // The variable is on one side; a chain has it in the middle.
      let isLeft = place == index
      guard isLeft || place + 1 == index else { return nil }
      let other = sides[isLeft ? place + 1 : place]
      if relation == .member {
        guard isLeft, case .symbol(let symbol) = sides[index], let set = read(other.normalized) else {
          return nil
        }
        name = symbol
        parts.append(set.region)
        continue
      }
      guard let relation = isLeft ? relation : relation.reversed,
        let part = part(sides[index], relation, other)
      else { return nil }
      name = part.variable
      parts.append(part.region)
    }
    return (.intersection(parts), name)
  }

  /// `a x + b < c`, `|a x + b| < c` and the like.
  private static func part(
    _ side: MathNode, _ relation: MathRelation, _ bound: MathNode
  ) -> (region: RealRegion, variable: String)? {
    if case .function(.abs, let inside) = side {
      let opposite = MathNode.negative(bound)
      switch relation {
      case .less, .lessOrEqual:
        guard let upper = part(inside, relation, bound), let reversed = relation.reversed,
          let lower = part(inside, reversed, opposite)
        else { return nil }
        return (.intersection([upper.region, lower.region]), upper.variable)
      case .greater, .greaterOrEqual, .equal:
        guard let upper = part(inside, relation, bound), let reversed = relation.reversed,
          let lower = part(inside, reversed, opposite), let limit = SmallFraction(bound), limit.numerator >= 0
        else { return nil }
        return (.union([upper.region, lower.region]), upper.variable)
      default: return nil
      }
    }
    guard let line = LinearForm(side) else { return nil }
    let isUpper = (relation == .less || relation == .lessOrEqual) == (line.slope.numerator > 0)
    guard let limit = end(bound, isLow: !isUpper) else { return nil }
    let value = limit.value.map(line.solution)
    switch (relation, isUpper) {
    case (.less, true), (.greater, true):
      return (.interval(nil, value, isLowClosed: false, isHighClosed: false), line.variable)
    case (.less, false), (.greater, false):
      return (.interval(value, nil, isLowClosed: false, isHighClosed: false), line.variable)
    case (.lessOrEqual, true), (.greaterOrEqual, true):
      return (.interval(nil, value, isLowClosed: false, isHighClosed: true), line.variable)
    case (.lessOrEqual, false), (.greaterOrEqual, false):
      return (.interval(value, nil, isLowClosed: true, isHighClosed: false), line.variable)
    case (.equal, _): return value.map { (.point($0), line.variable) }
    case (.notEqual, _): return value.map { (.complement(.point($0)), line.variable) }
    default: return nil
    }
  }

  /// An end of an interval: nil inside for an infinite one; nil when it is no constant, or infinite the wrong way.
  private static func end(_ node: MathNode, isLow: Bool) -> (value: MathNode?, Void)? {
    let node = node.withoutUnit
    if node == .constant(.infinity) { return isLow ? nil : (nil, ()) }
    if node == .negative(.constant(.infinity)) { return isLow ? (nil, ()) : nil }
    return node.isScalar && node.freeNames.isEmpty && !node.containsInfinity ? (node, ()) : nil
  }
}

extension MathComparison {
  /// Equality as sets of real numbers; nil when one side describes none.
  mutating func regions(_ a: MathNode, _ b: MathNode) -> Truth? {
    guard let x = RealRegion.read(a), let y = RealRegion.read(b) else { return structural(a, b) }
    if let first = x.variable, let second = y.variable, first != second { return .no }
    let truth = areEqual(x.region, y.region)
    if truth == .yes { return .yes }
    // "x < 1 and x > 3" and "(-∞, 1), (3, ∞)" mean either.
    let left = Self.asUnion(a)
    let right = Self.asUnion(b)
    guard left != nil || right != nil, truth == .no else { return truth }
    for (one, original, wide) in [(true, x.region, left), (false, y.region, right)] {
      guard let wide, areEqual(original, .union([])) == .yes else { continue }
      let other = one ? y.region : x.region
      if areEqual(wide, other) == .yes { return .yes }
    }
    return .no
  }

  private static func asUnion(_ node: MathNode) -> RealRegion? {
    guard case .list(let items, let joiner) = node, joiner != .or else { return nil }
    return RealRegion.read(.list(items, .or))?.region
  }

  /// Intervals whose ends hold variables: part by part.
  private mutating func structural(_ a: MathNode, _ b: MathNode) -> Truth? {
    switch (a, b) {
    case (.union(let a, let b), .union(let c, let d)):
      return (areEqual(a, c) && areEqual(b, d)) || (areEqual(a, d) && areEqual(b, c))
    case (.setBuilder(let x, let first), .setBuilder(let y, let second)):
      return areEqual(x, y) && areEqual(first, second)
    case (.constant(let x), .constant(let y)): return Truth(x == y)
    default: return nil
    }
  }

  /// Membership is the same at every end and in every gap between ends.
  private mutating func areEqual(_ a: RealRegion, _ b: RealRegion) -> Truth {
    let ends = a.ends + b.ends
    guard ends.count <= 100 else { return .unknown }
    // Ends of the same value share a class; `sorted` lists the classes by value.
    var classes: [Int] = []
    var sorted: [Int] = []
    for (index, end) in ends.enumerated() {
      var low = 0
      var high = sorted.count
      var found: Int?
      while low < high, found == nil {
        let middle = (low + high) / 2
        guard let order = order(end, ends[sorted[middle]]) else { return .unknown }
        if order == 0 { found = sorted[middle] } else if order < 0 { high = middle } else { low = middle + 1 }
      }
      // A single end must have a value too.
      if sorted.isEmpty, SmallFraction(end) == nil, order(end, end) == nil { return .unknown }
      if found == nil { sorted.insert(index, at: low) }
      classes.append(found ?? index)
    }
    func place(_ end: MathNode) -> Int {
      let index = ends.firstIndex(of: end) ?? 0
      return 2 * (sorted.firstIndex(of: classes[index]) ?? 0) + 1
    }
    for place in 0...(2 * sorted.count) {
      let inFirst = a.contains(place: place, placeOf: place(_:))
      if inFirst != b.contains(place: place, placeOf: place(_:)) { return .no }
    }
    return .yes
  }
}
