extension MathComparison {
  /// Lists, sets and tuples; nil when the two sides are not both such.
  mutating func collections(_ a: MathNode, _ b: MathNode) -> Truth? {
    switch (a, b) {
    case (.bracketed(let x, let open, let close), .bracketed(let y, let otherOpen, let otherClose)):
      if open == otherOpen, close == otherClose { return inOrder(x, y) }
      // Points with three parts and more are written in either bracket; two parts may be an interval.
      if open == close, otherOpen == otherClose, x.count > 2, y.count > 2 { return inOrder(x, y) }
      return .no
    case (.set(let x), .set(let y)): return asSets(x, y)
    case (.set(let x), .list(let y, _)), (.list(let y, _), .set(let x)): return asSets(x, values(of: y))
    case (.list(let x, _), .list(let y, _)):
      if x.count != y.count, !x.contains(where: \.isRegionLike) || !y.contains(where: \.isRegionLike) {
        return asSets(values(of: x), values(of: y)) && Truth(values(of: x).count == values(of: y).count)
      }
      let (left, right) = names(of: x) == nil || names(of: y) == nil ? (values(of: x), values(of: y)) : (x, y)
      return asSets(left, right)
    case (.list(let x, _), .bracketed(let y, let open, let close)) where open == close && !b.hasInfiniteEnd:
      return listAndPoint(x, y)
    case (.bracketed(let x, let open, let close), .list(let y, _)) where open == close && !a.hasInfiniteEnd:
      return listAndPoint(y, x)
    case (.set(let x), let other) where x.count == 1 && other.isElement: return areEqual(x[0], other)
    case (let other, .set(let y)) where y.count == 1 && other.isElement: return areEqual(other, y[0])
    case (.list, _) where b.isScalar, (_, .list) where a.isScalar: return .no
    default: return nil
    }
  }

  /// `1, 2` beside `(1, 2)`: in order; `x = 1, y = 2` too. A list whose items are points or relations of its own
  /// is no point.
  private mutating func listAndPoint(_ list: [MathNode], _ point: [MathNode]) -> Truth? {
    if list.contains(where: \.isRegionLike) { return nil }
    return inOrder(list.map(\.assignedValue), point)
  }

  /// Each has an equal in the other.
  mutating func asSets(_ a: [MathNode], _ b: [MathNode]) -> Truth {
    guard a.count <= 200, b.count <= 200 else { return .unknown }
    var unmatched = Set(b.indices)
    var truth = Truth.yes
    for x in a {
      var found = Truth.no
      for (index, y) in b.enumerated() where found != .yes {
        found = found || areEqual(x, y)
        if found == .yes { unmatched.remove(index) }
      }
      truth = truth && found
      if truth == .no { return .no }
    }
    for index in unmatched {
      var found = Truth.no
      for x in a where found != .yes { found = found || areEqual(x, b[index]) }
      truth = truth && found
      if truth == .no { return .no }
    }
    return truth
  }

  /// The names that a list of assignments assigns to; nil when an item is no assignment.
  private func names(of items: [MathNode]) -> [MathNode]? {
    let names = items.compactMap(\.assignedName)
    return names.count == items.count ? names : nil
  }

  /// `x = 1, x = 3` and `x = 1, 3` as the values 1 and 3; other lists as they are.
  private func values(of items: [MathNode]) -> [MathNode] {
    let names = items.compactMap(\.assignedName)
    guard let first = names.first, names.allSatisfy({ $0 == first }) else {
      return names.count == items.count ? items.map(\.assignedValue) : items
    }
    let others = items.filter { $0.assignedName == nil }
    return others.allSatisfy(\.isScalar) ? items.map(\.assignedValue).flatMap { $0.signReadings } : items
  }

  /// An answer without the name it is given (`x = 5` as 5, `x \in S` as S), where the other has none; nil when a
  /// chain of equations contradicts itself (`x = 6 = 5`).
  mutating func withoutName(_ node: MathNode, beside other: MathNode) -> MathNode? {
    guard case .relation(let sides, let relations) = node else { return node }
    if relations == [.mapsTo] || (relations == [.equal, .mapsTo]) {
      return sides[sides.count - 1].normalized
    }
    if case .relation(_, let others) = other {
      // Chains such as y = (x + 1)/2 = x/2 + 1/2 beside one equation.
      guard relations.count > 1, others.count == 1, others[0] == .equal,
        relations.allSatisfy({ $0 == .equal })
      else {
        return node
      }
      guard isConsistent(sides) else { return nil }
      return .relation([sides[0], sides[sides.count - 1]], [.equal])
    }
    if relations == [.member] { return sides[1].normalized }
    guard relations.allSatisfy({ $0 == .equal }) else { return node }
    if case .list(let items, _) = other, items.contains(where: { $0.assignedName != nil }) { return node }
    let last = sides[sides.count - 1]
    if sides.count == 2 {
      return sides[0].isName
        ? last.normalized
        : (sides[1].isName && !sides[0].isName ? sides[0].normalized : node.sidesAsValue(self) ?? node)
    }
    return isConsistent(sides) ? last.normalized : nil
  }

  /// Whether the sides of a chain, but for a name in front, are all equal.
  private mutating func isConsistent(_ sides: [MathNode]) -> Bool {
    let values = sides[0].isName ? Array(sides.dropFirst()) : sides
    for (a, b) in zip(values, values.dropFirst()) where areEqual(a, b) != .yes { return false }
    return true
  }
}

extension MathNode {
  /// What an answer is called: a variable, a function of variables, an angle, a length, or a combination of them
  /// without numbers (`a + b`, `\frac{dy}{dx}`, `f^{-1}(x)`).
  var isName: Bool {
    switch self {
    case .symbol, .application, .words, .constant(.i), .constant(.e): true
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b), .quotient(let a, let b):
      a.isName && b.isName
    case .power(.symbol, .negative(.number(let one))): one == .one
    case .function(.abs, let inside): inside.isName
    default: false
    }
  }

  /// It can be the one element of a set: a value or a point.
  fileprivate var isElement: Bool {
    switch self {
    case .bracketed(_, let open, let close): open == close
    case .matrix: true
    default: isScalar
    }
  }

  var assignedName: MathNode? {
    if case .relation(let sides, let relations) = self, relations == [.equal], sides[0].isName {
      sides[0]
    } else {
      nil
    }
  }

  /// The right side of an assignment; the node itself when it is none.
  var assignedValue: MathNode {
    if case .relation(let sides, _) = self, assignedName != nil { sides[1] } else { self }
  }

  /// An interval, a union or an inequality.
  var isRegionLike: Bool {
    switch self {
    case .union, .intersection, .without, .setBuilder, .bracketed: true
    case .relation(_, let relations): relations.contains { $0.isOrder || $0 == .member || $0 == .notEqual }
    default: false
    }
  }

  var hasInfiniteEnd: Bool {
    if case .bracketed(let items, _, _) = self { items.contains { $0.containsInfinity } } else { false }
  }

  /// `\frac{1}{2} + \frac{1}{3} = \frac{5}{6}` is its value where both sides agree; nil for equations in variables.
  fileprivate func sidesAsValue(_ comparison: MathComparison) -> MathNode? {
    guard case .relation(let sides, _) = self, sides.allSatisfy({ $0.isScalar && $0.symbols.isEmpty }),
      let last = sides.last
    else {
      return nil
    }
    var comparison = comparison
    return comparison.finiteValues(sides[0].withoutUnit, last.withoutUnit) == .yes ? last : nil
  }
}
