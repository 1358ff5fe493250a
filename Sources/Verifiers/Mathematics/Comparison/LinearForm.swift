/// `slope x + shift` with a rational slope other than 0.
struct LinearForm {
  var variable: String
  var slope: SmallFraction
  /// A constant; nil for 0.
  var shift: MathNode?

  /// Nil when the node is no such form.
  init?(_ node: MathNode) {
    switch node {
    case .symbol(let name):
      variable = name
      slope = SmallFraction(1)
    case .negative(let inside):
      guard let form = LinearForm(inside),
        let slope = SmallFraction(-form.slope.numerator, form.slope.denominator)
      else {
        return nil
      }
      self = LinearForm(variable: form.variable, slope: slope, shift: form.shift.map { .negative($0) })
    case .sum(let a, let b):
      guard let form = LinearForm(a.freeNames.isEmpty ? b : a) else { return nil }
      let constant = a.freeNames.isEmpty ? a : b
      guard constant.freeNames.isEmpty, constant.isScalar else { return nil }
      self = LinearForm(
        variable: form.variable, slope: form.slope, shift: form.shift.map { .sum($0, constant) } ?? constant)
    case .difference(let a, let b):
      guard let form = LinearForm(.sum(a, .negative(b))) else { return nil }
      self = form
    case .product(let a, let b):
      let (factor, rest) = a.freeNames.isEmpty ? (a, b) : (b, a)
      guard let scale = SmallFraction(factor), let form = LinearForm(rest),
        let slope = SmallFraction(.product(form.slope.node, scale.node)), slope.numerator != 0
      else { return nil }
      self = LinearForm(variable: form.variable, slope: slope, shift: form.shift.map { .product($0, factor) })
    case .quotient(let a, let b):
      guard let below = SmallFraction(b), below.numerator != 0,
        let inverse = SmallFraction(below.denominator, below.numerator),
        let form = LinearForm(.product(inverse.node, a))
      else { return nil }
      self = form
    default: return nil
    }
  }

  private init(variable: String, slope: SmallFraction, shift: MathNode?) {
    self.variable = variable
    self.slope = slope
    self.shift = shift
  }

  /// Where the form takes a value.
  func solution(_ value: MathNode) -> MathNode {
    let difference = shift.map { MathNode.difference(value, $0) } ?? value
    return slope == SmallFraction(1) ? difference : .quotient(difference, slope.node)
  }
}

extension SmallFraction {
  /// The fraction as a node.
  var node: MathNode {
    denominator == 1 ? .integer(numerator) : .quotient(.integer(numerator), .integer(denominator))
  }
}
