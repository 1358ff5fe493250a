/// How two sides of a statement are related.
enum MathRelation: Equatable, Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  /// `x \in S`.
  case member
  /// `x \mapsto f(x)`.
  case mapsTo
  /// Any other, by its LaTeX name (`subset`, `parallel`, ...).
  case other(String)

  /// The relation read from right to left; nil where that has no sign of its own.
  var reversed: MathRelation? {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: nil
    }
  }

  /// One of < ≤ > ≥.
  var isOrder: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }
}

/// The functions of one argument (and the logarithm to a base) that have a meaning of their own.
enum MathFunction: String, Sendable, CaseIterable {
  case sin, cos, tan, cot, sec, csc
  case arcsin, arccos, arctan, arccot
  case sinh, cosh, tanh
  case exp, ln
  /// The logarithm to the base 10.
  case lg
  /// A logarithm without a base: natural or decimal, as its author's school has it.
  case log
  case abs, floor, ceil, factorial

  /// The function whose value it is the argument of; nil where there is none.
  var inverse: MathFunction? {
    switch self {
    case .sin: .arcsin
    case .cos: .arccos
    case .tan: .arctan
    case .cot: .arccot
    default: nil
    }
  }
}

/// What was read, before it is decided what it means: `(1, 2)` may be a point or an interval.
indirect enum MathNode: Equatable, Sendable {
  enum Constant: Equatable, Sendable {
    case pi, e, i, infinity, emptySet, reals, integers, naturals, rationals
  }
  enum Joiner: Sendable { case comma, and, or }
  enum Bracket: UInt8, Sendable { case round, square, angle }

  case number(ExactDecimal)
  /// `whole.fixed` followed by `cycle` for ever.
  case repeating(digits: String, fixed: Int, cycle: Int)
  /// Digits in a base from 2 to 36.
  case based(digits: String, base: Int)
  case constant(Constant)
  case symbol(String)
  case negative(MathNode)
  case sum(MathNode, MathNode)
  case difference(MathNode, MathNode)
  case product(MathNode, MathNode)
  case quotient(MathNode, MathNode)
  case power(MathNode, MathNode)
  /// `\sqrt[n]{x}`.
  case root(MathNode, degree: Int)
  case function(MathFunction, MathNode)
  case logarithm(MathNode, base: MathNode)
  case binomial(MathNode, MathNode)
  /// A function that only the problem knows, `f(x)`.
  case application(String, [MathNode])
  /// `a ± b`; `isMinusFirst` for ∓. The left side of a sign without one is 0.
  case plusMinus(MathNode, MathNode, isMinusFirst: Bool)
  case degrees(MathNode)
  case percent(MathNode)
  /// A number with words behind it.
  case quantity(MathNode, unit: String)
  case bracketed([MathNode], open: Bracket, close: Bracket)
  case set([MathNode])
  /// `\{x \mid condition\}`.
  case setBuilder(MathNode, condition: MathNode)
  case union(MathNode, MathNode)
  case intersection(MathNode, MathNode)
  case without(MathNode, MathNode)
  case matrix([[MathNode]])
  /// `a : b : c`.
  case ratio([MathNode])
  /// `a < b \le c`: sides and the relations between them.
  case relation([MathNode], [MathRelation])
  /// Several answers: `1, 2 and 3`.
  case list([MathNode], Joiner)
  /// Words only, in lower case.
  case words(String)
}

extension MathNode {
  static func integer(_ value: Int) -> MathNode { .number(ExactDecimal(value)) }

  /// The direct parts.
  var children: [MathNode] {
    switch self {
    case .number, .repeating, .based, .constant, .symbol, .words: []
    case .negative(let a), .root(let a, _), .function(_, let a), .degrees(let a), .percent(let a),
      .quantity(let a, _):
      [a]
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b), .quotient(let a, let b),
      .power(let a, let b), .logarithm(let a, let b), .binomial(let a, let b), .plusMinus(let a, let b, _),
      .setBuilder(let a, let b), .union(let a, let b), .intersection(let a, let b), .without(let a, let b):
      [a, b]
    case .application(_, let parts), .bracketed(let parts, _, _), .set(let parts), .ratio(let parts),
      .relation(let parts, _), .list(let parts, _):
      parts
    case .matrix(let rows): rows.flatMap { $0 }
    }
  }

  /// The same node with every direct part replaced.
  func mapChildren(_ change: (MathNode) -> MathNode) -> MathNode {
    switch self {
    case .number, .repeating, .based, .constant, .symbol, .words: self
    case .negative(let a): .negative(change(a))
    case .root(let a, let degree): .root(change(a), degree: degree)
    case .function(let function, let a): .function(function, change(a))
    case .degrees(let a): .degrees(change(a))
    case .percent(let a): .percent(change(a))
    case .quantity(let a, let unit): .quantity(change(a), unit: unit)
    case .sum(let a, let b): .sum(change(a), change(b))
    case .difference(let a, let b): .difference(change(a), change(b))
    case .product(let a, let b): .product(change(a), change(b))
    case .quotient(let a, let b): .quotient(change(a), change(b))
    case .power(let a, let b): .power(change(a), change(b))
    case .logarithm(let a, let b): .logarithm(change(a), base: change(b))
    case .binomial(let a, let b): .binomial(change(a), change(b))
    case .plusMinus(let a, let b, let isMinusFirst):
      .plusMinus(change(a), change(b), isMinusFirst: isMinusFirst)
    case .setBuilder(let a, let b): .setBuilder(change(a), condition: change(b))
    case .union(let a, let b): .union(change(a), change(b))
    case .intersection(let a, let b): .intersection(change(a), change(b))
    case .without(let a, let b): .without(change(a), change(b))
    case .application(let name, let parts): .application(name, parts.map(change))
    case .bracketed(let parts, let open, let close): .bracketed(parts.map(change), open: open, close: close)
    case .set(let parts): .set(parts.map(change))
    case .ratio(let parts): .ratio(parts.map(change))
    case .relation(let parts, let relations): .relation(parts.map(change), relations)
    case .list(let parts, let joiner): .list(parts.map(change), joiner)
    case .matrix(let rows): .matrix(rows.map { $0.map(change) })
    }
  }

  /// Whether the node or a part of it, however deep, satisfies `test`.
  func contains(where test: (MathNode) -> Bool) -> Bool {
    test(self) || children.contains { $0.contains(where: test) }
  }

  /// A value rather than a statement or a collection.
  var isScalar: Bool {
    switch self {
    case .constant(let constant):
      constant == .pi || constant == .e || constant == .i || constant == .infinity
    case .bracketed, .set, .setBuilder, .union, .intersection, .without, .matrix, .ratio, .relation, .list,
      .words:
      false
    default: children.allSatisfy(\.isScalar)
    }
  }

  /// Names of the variables, in order of appearance, each once.
  var symbols: [String] {
    var names: [String] = []
    func visit(_ node: MathNode) {
      if case .symbol(let name) = node, !names.contains(name) { names.append(name) }
      node.children.forEach(visit)
    }
    visit(self)
    return names
  }

  /// Both readings of ± in it: every upper sign, then every lower one; one when there is none.
  var signReadings: [MathNode] {
    guard contains(where: { if case .plusMinus = $0 { true } else { false } }) else { return [self] }
    func reading(_ node: MathNode, upper: Bool) -> MathNode {
      if case .plusMinus(let a, let b, let isMinusFirst) = node {
        let (left, right) = (reading(a, upper: upper), reading(b, upper: upper))
        let isPlus = upper != isMinusFirst
        if case .number(let zero) = left, zero.isZero { return isPlus ? right : .negative(right) }
        return isPlus ? .sum(left, right) : .difference(left, right)
      }
      return node.mapChildren { reading($0, upper: upper) }
    }
    return [reading(self, upper: true), reading(self, upper: false)]
  }
}
