extension MathComparison {
  /// Equations up to a factor, inequalities up to a positive one, chains side by side; nil when the two are better
  /// compared as sets of numbers.
  mutating func statements(_ a: MathNode, _ b: MathNode) -> Truth? {
    guard case .relation(let x, let first) = a, case .relation(let y, let second) = b else { return nil }
    if first == [.member], second == [.member] { return areEqual(x[0], y[0]) && areEqual(x[1], y[1]) }
    if first.count == 1, second.count == 1 {
      switch (first[0], second[0]) {
      case (.equal, .equal): return equations(x, y)
      case (.notEqual, .notEqual): return equations(x, y)
      case (let left, let right) where left.isOrder && right.isOrder:
        let truth = inequalities(x, left, y, right)
        return truth == .unknown ? nil : truth
      case (.other(let left), .other(let right)):
        return left == right ? inOrder(x, y) : .no
      default: return nil
      }
    }
    guard first.count == second.count else { return nil }
    let reversed = second.reversed().map { $0.reversed ?? $0 }
    var truth = first == second ? inOrder(x, y) : .no
    if truth != .yes, first == Array(reversed) { truth = truth || inOrder(x, y.reversed()) }
    // 1 < x < 3 and 0 < x - 1 < 2 may still be the same set.
    return truth == .no && a.symbols.count == 1 && b.symbols.count == 1 ? nil : truth
  }

  private mutating func equations(_ x: [MathNode], _ y: [MathNode]) -> Truth {
    if x[0].isName, x[0] == y[0] { return areEqual(x[1], y[1]) }
    if x == y, (x + y).allSatisfy(\.isCertainlyDefined) { return .yes }
    guard (x + y).allSatisfy(\.isScalar) else {
      return inOrder(x, y) || inOrder(x, y.reversed())
    }
    let left = MathNode.difference(x[0].withoutUnit, x[1].withoutUnit).numerator
    let right = MathNode.difference(y[0].withoutUnit, y[1].withoutUnit).numerator
    if left.freeNames.isEmpty || right.freeNames.isEmpty { return inOrder(x, y) || inOrder(x, y.reversed()) }
    switch ask(.proportional, left, right).verdict {
    case .yes: return .yes
    case .no: return .no
    default: return inOrder(x, y) == .yes ? .yes : .unknown
    }
  }

  private mutating func inequalities(
    _ x: [MathNode], _ first: MathRelation, _ y: [MathNode], _ second: MathRelation
  ) -> Truth {
    guard (x + y).allSatisfy(\.isScalar), !(x + y).contains(where: \.containsInfinity) else {
      return .unknown
    }
    let left = MathNode.difference(x[0].withoutUnit, x[1].withoutUnit)
    let right = MathNode.difference(y[0].withoutUnit, y[1].withoutUnit)
    if left.freeNames.isEmpty || right.freeNames.isEmpty { return .unknown }
    if Set(left.freeNames) != Set(right.freeNames) { return .no }
    let answer = ask(.proportional, left, right)
    switch answer.verdict {
    case .yes:
      guard answer.sign != 0 else { return .unknown }
      return Truth(answer.sign > 0 ? first == second : first == second.reversed)
    // As sets of numbers they may still be equal.
    case .no: return left.freeNames.count == 1 ? .unknown : .no
    default: return .unknown
    }
  }
}

extension MathNode {
  /// The variables and unknown functions in it.
  var freeNames: [String] {
    var names: [String] = []
    func visit(_ node: MathNode) {
      switch node {
      case .symbol(let name): names.append(name)
      case .application(let name, let arguments): names.append("\(name)(\(arguments))")
      default: node.children.forEach(visit)
      }
    }
    visit(self)
    return names
  }

  /// The numerator over a common denominator of the divisions outside of functions and roots.
  var numerator: MathNode { parts.numerator }

  private var parts: (numerator: MathNode, denominator: MathNode?) {
    func times(_ a: MathNode, _ b: MathNode?) -> MathNode { b.map { .product(a, $0) } ?? a }
    func both(_ a: MathNode?, _ b: MathNode?) -> MathNode? { a.map { times($0, b) } ?? b }
    switch self {
    case .negative(let a):
      let x = a.parts
      return (.negative(x.numerator), x.denominator)
    case .sum(let a, let b), .difference(let a, let b):
      let (x, y) = (a.parts, b.parts)
      guard x.denominator != nil || y.denominator != nil else { return (self, nil) }
      let left = times(x.numerator, y.denominator)
      let right = times(y.numerator, x.denominator)
      if case .sum = self { return (.sum(left, right), both(x.denominator, y.denominator)) }
      return (.difference(left, right), both(x.denominator, y.denominator))
    case .product(let a, let b):
      let (x, y) = (a.parts, b.parts)
      return (.product(x.numerator, y.numerator), both(x.denominator, y.denominator))
    case .quotient(let a, let b):
      let (x, y) = (a.parts, b.parts)
      return (times(x.numerator, y.denominator), times(y.numerator, x.denominator))
    default: return (self, nil)
    }
  }
}
