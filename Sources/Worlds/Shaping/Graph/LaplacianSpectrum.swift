/// The eigenvalues of a graph's Laplacian L = D - A, from the smallest on: one 0 for each connected part, then small
/// ones where a narrow passage parts the graph (Chung 1997).
///
/// Graphs whose low spectra agree are alike in the large: a hint that what was learned in one world goes for the
/// other (the plan of arXiv 2512.04302, section on continual learning, which reports no results).
public struct LaplacianSpectrum: Sendable, Equatable {
  public let values: [Double]

  /// - Parameter isWeighted: Whether edges count by their weights divided by the largest, or all the same.
  public init(_ graph: StateGraph, isWeighted: Bool = false) {
    let scale = isWeighted ? 1 / max(graph.largestWeight, 1) : 1
    self.init(
      adjacency: (0..<graph.count).map { node in
        (0..<graph.count).map { isWeighted ? scale * graph[node, $0] : graph[node, $0] > 0 ? 1 : 0 }
      })
  }

  /// - Parameter adjacency: A symmetric matrix, 0 on its diagonal. O(n^3).
  public init(adjacency: [[Double]]) {
    let size = adjacency.count
    var laplacian = [Double](repeating: 0, count: size * size)
    for (node, row) in adjacency.enumerated() {
      precondition(row.count == size, "an adjacency matrix is square")
      for other in 0..<size where other != node { laplacian[node * size + other] = -row[other] }
      laplacian[node * size + node] = row.reduce(0, +) - row[node]
    }
    values = size == 0 ? [] : SymmetricEigen(laplacian, width: size).values.sorted()
  }

  /// The Euclidean distance between the `count` smallest eigenvalues of two graphs; a graph with fewer nodes has 0 in
  /// the places that it lacks.
  public func distance(to other: LaplacianSpectrum, count: Int) -> Double {
    (0..<count).reduce(0) { sum, place in
      let one = place < values.count ? values[place] : 0
      let two = place < other.values.count ? other.values[place] : 0
      return sum + (one - two) * (one - two)
    }.squareRoot()
  }
}
