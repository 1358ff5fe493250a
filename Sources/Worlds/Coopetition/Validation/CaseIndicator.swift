/// One line of a case's rubric: what was looked at, and the points it got.
public struct CaseIndicator: Sendable, Equatable {
  /// The part of the rubric: a category, or a phase of the case.
  public var category: String
  public var name: String
  public var points: Double
  /// The most it can get.
  public var of: Double

  public init(_ category: String, _ name: String, _ points: Double, of most: Double) {
    self.category = category
    self.name = name
    self.points = points
    of = most
  }

  /// All or nothing.
  init(_ category: String, _ name: String, _ isMet: Bool, _ points: Int) {
    self.init(category, name, isMet ? Double(points) : 0, of: Double(points))
  }
}

extension Sequence<CaseIndicator> {
  /// The points of a category; of all without one.
  func points(_ category: String? = nil) -> Double {
    reduce(0) { category == nil || $1.category == category ? $0 + $1.points : $0 }
  }
}
