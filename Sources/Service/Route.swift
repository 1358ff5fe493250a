/// What a path asks for; the label of the metrics.
enum Route: String, Sendable, CaseIterable {
  case score
  case getReward = "get_reward"
  case verl
  case specifications
  case health
  case ready
  case metrics
  /// Paths that the service does not have.
  case other

  /// The route of a path; a specification's name may follow those that score.
  init(path: String) {
    let parts = path.split(separator: "/", maxSplits: 2)
    guard let first = parts.first, let route = Route(rawValue: String(first)), route != .other,
      parts.count == 1 || (parts.count == 2 && route.scores)
    else {
      self = .other
      return
    }
    self = route
  }

  /// Whether samples are scored here: by POST, under a specification's name or none.
  var scores: Bool { self == .score || self == .getReward || self == .verl }

  /// The method that is answered here.
  var method: String { scores ? "POST" : "GET" }

  /// Whether it answers without the token: probes have none.
  var isOpen: Bool { self == .health || self == .ready }
}
