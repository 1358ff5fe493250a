import Testing

@testable import Numeric

@Suite struct LinearProgramTests {
  /// n variables in [-1, 2], m rows A x >= A x0 - s, drawn by numpy.random.default_rng(seed) in the order costs,
  /// A, x0, s; solved by scipy.optimize.linprog(method="highs") of SciPy 1.17.
  @Test(
    arguments: [
      (1, 4, 6, 0.14315542823597371), (2, 10, 25, -0.8612806010763492), (3, 30, 80, -3.6322543232402147),
      (4, 60, 40, -18.207197986024152),
    ] as [(UInt64, Int, Int, Double)])
  func findsSciPysOptimumInABox(seed: UInt64, n: Int, m: Int, optimum: Double) {
    let program = random(seed, n, m) { ($0, -1, 2, .infinity) }
    guard case .optimal(let solution) = program.solve() else {
      Issue.record("\(program.solve())")
      return
    }
    #expect(abs(solution.objective - optimum) < 1e-9)
    for row in 0..<m {
      let sum = (0..<n).reduce(0) { $0 + program.matrix[row * n + $1] * solution.x[$1] }
      #expect(sum >= program.rowLow[row] - 1e-8)
    }
  }

  /// The same rows with a width of 2, and free variables.
  @Test(
    arguments: [
      (1, 4, 6, 0.1252770796435808), (2, 10, 25, -0.861280601076347), (3, 30, 80, -3.632254323240216),
    ]
      as [(UInt64, Int, Int, Double)])
  func findsSciPysOptimumWithFreeVariables(seed: UInt64, n: Int, m: Int, optimum: Double) {
    let program = random(seed, n, m) { ($0, -.infinity, .infinity, $0 + 2) }
    guard case .optimal(let solution) = program.solve() else {
      Issue.record("\(program.solve())")
      return
    }
    #expect(abs(solution.objective - optimum) < 1e-8)
  }

  @Test func moreFreeVariablesThanRowsAreUnbounded() {
    let program = random(4, 60, 40) { ($0, -.infinity, .infinity, $0 + 2) }
    #expect(program.solve() == .unbounded)
  }

  @Test func aRowThatCannotBeMetIsNamed() {
    var program = LinearProgram(minimising: [1, 1], low: [0, 0], high: [1, 1])
    program.add([1, -1], from: -1, to: 1)
    program.add([1, 1], from: 2.5)
    #expect(program.solve() == .infeasible(rows: [1]))
  }

  /// Beale 1955, on which Dantzig's rule cycles: the optimum is -1/20.
  @Test func doesNotCycle() {
    var program = LinearProgram(
      minimising: [-0.75, 150, -0.02, 6], low: [0, 0, 0, 0],
      high: Array(repeating: .infinity, count: 4))
    program.add([0.25, -60, -0.04, 9], to: 0)
    program.add([0.5, -90, -0.02, 3], to: 0)
    program.add([0, 0, 1, 0], to: 1)
    guard case .optimal(let solution) = program.solve() else {
      Issue.record("\(program.solve())")
      return
    }
    #expect(abs(solution.objective + 0.05) < 1e-12)
  }

  @Test func equalitiesAreMetExactly() {
    var program = LinearProgram(minimising: [1, 2, 0], low: [0, 0, 0], high: [10, 10, 10])
    program.add([1, 1, 1], from: 4, to: 4)
    program.add([1, -1, 0], from: 1, to: 1)
    guard case .optimal(let solution) = program.solve() else {
      Issue.record("\(program.solve())")
      return
    }
    #expect(zip(solution.x, [1.0, 0, 3]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func theShortestPointIsTheProjectionOfTheOrigin() throws {
    let x = try #require(shortestPoint(satisfying: [[3, 4], [1, 0]], atLeast: [5, -1]))
    #expect(abs(x[0] - 0.6) < 1e-9 && abs(x[1] - 0.8) < 1e-9)
    #expect(shortestPoint(satisfying: [[1], [-1]], atLeast: [1, 1], maximumSweeps: 1000) == nil)
  }

  @Test func aLinearSystemIsSolvedAndASingularOneRefused() throws {
    var random = PCG64(seed: 5)
    let n = 12
    let matrix = (0..<n * n).map { _ in random.normal() }
    let x = (0..<n).map { _ in random.normal() }
    let right = (0..<n).map { row in (0..<n).reduce(0) { $0 + matrix[row * n + $1] * x[$1] } }
    let solution = try #require(LinearSystem(matrix, size: n)).solution(right)
    #expect(zip(solution, x).allSatisfy { abs($0 - $1) < 1e-10 })
    #expect(LinearSystem([1, 2, 2, 4], size: 2) == nil)
  }

  private func random(
    _ seed: UInt64, _ n: Int, _ m: Int,
    _ shape: (Double) -> (from: Double, low: Double, high: Double, to: Double)
  ) -> LinearProgram {
    var random = PCG64(seed: seed)
    func draw(_ count: Int, _ low: Double, _ high: Double) -> [Double] {
      (0..<count).map { _ in random.uniform(low, high) }
    }
    let costs = draw(n, -1, 1)
    let matrix = draw(n * m, -1, 1)
    let x = draw(n, -1, 2)
    let slack = draw(m, 0, 0.3)
    let (_, low, high, _) = shape(0)
    var program = LinearProgram(
      minimising: costs, low: Array(repeating: low, count: n), high: Array(repeating: high, count: n))
    for row in 0..<m {
      let coefficients = Array(matrix[row * n..<(row + 1) * n])
      let bound = zip(coefficients, x).reduce(0) { $0 + $1.0 * $1.1 } - slack[row]
      let (from, _, _, to) = shape(bound)
      program.add(coefficients, from: from, to: to)
    }
    return program
  }
}
