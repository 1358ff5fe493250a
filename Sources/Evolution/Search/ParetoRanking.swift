/// Ranking by two objectives, both to be maximised (Deb et al. 2002, NSGA-II).
public enum ParetoRanking {
  /// Whether `a` is at least as good as `b` in both and better in one.
  static func dominates(_ a: (Double, Double), _ b: (Double, Double)) -> Bool {
    a.0 >= b.0 && a.1 >= b.1 && (a.0 > b.0 || a.1 > b.1)
  }

  /// The points that no other dominates, in order.
  public static func front(_ points: [(Double, Double)]) -> [Int] {
    points.indices.filter { index in !points.contains { dominates($0, points[index]) } }
  }

  /// The front each point belongs to: 0 for those that nothing dominates, 1 for those that only front 0 dominates, ...
  public static func ranks(_ points: [(Double, Double)]) -> [Int] {
    var dominators = [Int](repeating: 0, count: points.count)
    var dominated = [[Int]](repeating: [], count: points.count)
    for a in points.indices {
      for b in points.indices where dominates(points[a], points[b]) {
        dominated[a].append(b)
        dominators[b] += 1
      }
    }
    var ranks = [Int](repeating: 0, count: points.count)
    var front = points.indices.filter { dominators[$0] == 0 }
    var rank = 0
    while !front.isEmpty {
      var next: [Int] = []
      for a in front {
        ranks[a] = rank
        for b in dominated[a] {
          dominators[b] -= 1
          if dominators[b] == 0 { next.append(b) }
        }
      }
      front = next
      rank += 1
    }
    return ranks
  }

  /// How much room each point has among those of its own front; infinite at a front's ends.
  public static func crowding(_ points: [(Double, Double)], ranks: [Int]) -> [Double] {
    var room = [Double](repeating: 0, count: points.count)
    for rank in 0...(ranks.max() ?? 0) {
      let front = points.indices.filter { ranks[$0] == rank }
      for objective in [{ (i: Int) in points[i].0 }, { (i: Int) in points[i].1 }] {
        let order = front.sorted { (objective($0), $0) < (objective($1), $1) }
        guard let first = order.first, let last = order.last else { continue }
        let span = objective(last) - objective(first)
        room[first] = .infinity
        room[last] = .infinity
        if span > 0, order.count > 2 {
          for place in 1..<order.count - 1 {
            room[order[place]] += (objective(order[place + 1]) - objective(order[place - 1])) / span
          }
        }
      }
    }
    return room
  }

  /// The best `count` points: by front, then by room.
  public static func best(_ count: Int, of points: [(Double, Double)]) -> [Int] {
    let ranks = ranks(points)
    let room = crowding(points, ranks: ranks)
    return Array(
      points.indices.sorted { (ranks[$0], -room[$0], $0) < (ranks[$1], -room[$1], $1) }.prefix(count))
  }
}
