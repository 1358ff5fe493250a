extension MathNode {
  /// What a node is, as far as answers of different shapes are never equal.
  enum Shape { case value, collection, statement, words, array }

  var shape: Shape {
    switch self {
    case .words: .words
    case .relation: .statement
    case .matrix: .array
    case .bracketed, .set, .setBuilder, .union, .intersection, .without, .list: .collection
    case .constant(.emptySet), .constant(.reals), .constant(.integers), .constant(.naturals),
      .constant(.rationals):
      .collection
    default: .value
    }
  }

  var withoutUnit: MathNode { if case .quantity(let inside, _) = self { inside } else { self } }

  var containsInfinity: Bool { contains { $0 == .constant(.infinity) } }

  /// Words that name a value or a set replaced by it, units taken outward, lists of lists made flat, both signs of
  /// ± written out.
  var normalized: MathNode {
    switch self {
    case .words(let text): return MathText.meaning(of: text) ?? self
    case .negative(.quantity(let inside, let unit)): return .quantity(.negative(inside), unit: unit)
    case .negative(.negative(let inside)): return inside.normalized
    case .quotient(.quantity(let inside, let unit), let below):
      return .quantity(.quotient(inside, below), unit: unit)
    case .product(.quantity(let inside, let unit), let other):
      return .quantity(.product(inside, other), unit: unit)
    case .product(let other, .quantity(let inside, let unit)):
      return .quantity(.product(other, inside), unit: unit)
    case .relation(let sides, [.equal]):
      // (x, y) = (1, 2)
      if case .bracketed(let names, _, _) = sides[0], case .bracketed(let values, _, _) = sides[1],
        names.count == values.count,
        names.allSatisfy(\.isName)
      {
        return .list(zip(names, values).map { .relation([$0, $1], [.equal]) }, .and)
      }
    case .quantity(.relation(let sides, let relations), let unit):
      guard let last = sides.last else { return self }
      return .relation(sides.dropLast() + [.quantity(last, unit: unit)], relations)
    default: break
    }
    let readings: [MathNode]
    switch self {
    case .list(let items, let joiner):
      let flat = items.flatMap { item -> [MathNode] in
        if case .list(let inner, _) = item.normalized { return inner }
        return [item]
      }
      return flat == items ? self : .list(flat, joiner)
    case .set(let items):
      let flat = items.flatMap { item -> [MathNode] in
        if case .list(let inner, _) = item.normalized { return inner }
        return [item]
      }
      return .set(flat)
    case .bracketed, .matrix, .union, .intersection, .without, .setBuilder: return self
    default: readings = signReadings
    }
    return readings.count == 1 ? self : .list(readings, .or)
  }

  /// Nothing in it can fail to have a value: no logarithm, tangent or power that may be undefined, and only
  /// divisions by numbers other than 0.
  var isCertainlyDefined: Bool {
    switch self {
    case .number, .repeating, .based, .symbol, .constant(.pi), .constant(.e), .constant(.i): true
    case .quotient(let a, let b):
      if let below = SmallFraction(b) { below.numerator != 0 && a.isCertainlyDefined } else { false }
    case .power(let a, let b):
      a.isCertainlyDefined && b.isCertainlyDefined
        && { if let base = SmallFraction(a) { base.numerator > 0 } else { b.isPositiveIntegerLiteral } }()
    case .sum, .difference, .product, .negative, .root, .degrees, .percent, .quantity,
      .function(.sin, _), .function(.cos, _), .function(.exp, _), .function(.abs, _), .application:
      children.allSatisfy(\.isCertainlyDefined)
    case .function(.factorial, .number(let decimal)): decimal.exponent >= 0
    default: false
    }
  }

  private var isPositiveIntegerLiteral: Bool {
    if case .number(let decimal) = self { decimal.exponent >= 0 && !decimal.isZero } else { false }
  }

  /// A matrix or a vector, with sums and multiples of them worked out part by part.
  struct Components {
    var rows: [[MathNode]]
    /// It stood in round, square or angle brackets.
    var isPoint: Bool
    var isAngle = false
    /// It cannot be an interval or a list: a matrix, an angle bracket, or the result of arithmetic.
    var isArray: Bool
  }

  var components: Components? {
    switch self {
    case .quantity(let inside, _): return inside.components
    case .matrix(let rows): return Components(rows: rows, isPoint: false, isArray: true)
    case .bracketed(let items, let open, let close):
      guard open == close else { return nil }
      let rows = items.map { item -> [MathNode]? in
        if case .bracketed(let row, let a, let b) = item, a == b { return row }
        return nil
      }
      if open == .square, let width = rows.first??.count, rows.allSatisfy({ $0?.count == width }) {
        return Components(rows: rows.compactMap { $0 }, isPoint: false, isArray: true)
      }
      return Components(rows: [items], isPoint: true, isAngle: open == .angle, isArray: open == .angle)
    case .negative(let a): return a.components?.map { .negative($0) }
    case .sum(let a, let b): return Components.combine(a, b) { .sum($0, $1) }
    case .difference(let a, let b): return Components.combine(a, b) { .difference($0, $1) }
    case .product(let a, let b):
      if a.isScalar { return b.components?.map { .product(a, $0) } }
      if b.isScalar { return a.components?.map { .product($0, b) } }
      return nil
    case .quotient(let a, let b): return b.isScalar ? a.components?.map { .quotient($0, b) } : nil
    default: return nil
    }
  }
}

extension MathNode.Components {
  fileprivate func map(_ change: (MathNode) -> MathNode) -> Self {
    Self(rows: rows.map { $0.map(change) }, isPoint: isPoint, isAngle: isAngle, isArray: true)
  }

  fileprivate static func combine(
    _ a: MathNode, _ b: MathNode, _ operation: (MathNode, MathNode) -> MathNode
  ) -> Self? {
    guard let x = a.components, let y = b.components, x.rows.count == y.rows.count,
      zip(x.rows, y.rows).allSatisfy({ $0.count == $1.count })
    else { return nil }
    let rows = zip(x.rows, y.rows).map { zip($0, $1).map(operation) }
    return Self(rows: rows, isPoint: x.isPoint, isAngle: x.isAngle, isArray: true)
  }
}
