import Foundation
import Worlds

/// Five independent REINFORCE learners in the one-shot game of team production: a_i = clip(exp(z_i + 0.2 eps), 0.01,
/// 50), each with its own z_i, its own pay, and no view of the others.
struct LoyalLearners {
  enum Pay: String, CaseIterable, Sendable {
    case none = "no loyalty"
    /// Everybody the sum of all payoffs.
    case team = "team reward"
    case loyalty
  }

  private static let members = 5
  private static let batch = 256
  private static let updates = 3000
  private static let deviation = 0.2

  var team: TeamParameters
  var pay: Pay
  var fault: String?

  /// The sum of exp(z), averaged over the last third of the training: without loyalty a single iterate strays by 2%
  /// around where the learners settle.
  func learn(seed: UInt64) -> Double {
    let count = Self.members
    var random = PCG64(seed: seed)
    let places = ParameterVector((0..<count).map { _ in Float(log(2) + 0.05 * random.normal()) })
    let optimizer = Adam(
      places, parameters: places.parameters, gradients: places.gradients, learningRate: 0.02, beta2: 0.99)
    let shaper = LoyaltyShaper(
      loyalties: Array(repeating: fault == "no-loyalty" ? 0 : 0.9, count: count), benefit: team.benefit,
      tolerance: team.tolerance, welfare: team.welfare)
    var noise = [Double](repeating: 0, count: Self.batch * count)
    var pays = noise
    var total = 0.0
    let last = Self.updates * 2 / 3
    for update in 0..<Self.updates {
      if update == last { optimizer.learningRate = 0.005 }
      for row in 0..<Self.batch { play(row, places, shaper, &noise, &pays, &random) }
      for member in 0..<count { places.gradients[member] = -gradient(member, noise, pays) }
      optimizer.step()
      if update >= last { total += places.parameters.reduce(0) { $0 + exp(Double($1)) } }
    }
    return total / Double(Self.updates - last)
  }

  /// One game: draws the efforts and writes what each member is paid.
  private func play(
    _ row: Int, _ places: ParameterVector, _ shaper: LoyaltyShaper, _ noise: inout [Double],
    _ pays: inout [Double], _ random: inout PCG64
  ) {
    let (count, start) = (Self.members, row * Self.members)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { costs in
      var total = 0.0
      for member in 0..<count {
        let drawn = random.normal()
        noise[start + member] = drawn
        let effort = exp(Double(places.parameters[member]) + Self.deviation * drawn)
        costs[member] = min(max(effort, 0.01), team.maximumEffort)
        total += costs[member]
      }
      let share = team.output(total: total) / Double(count)
      var all = 0.0
      for member in 0..<count {
        costs[member] *= team.cost
        pays[start + member] = share - costs[member]
        all += pays[start + member]
      }
      switch pay {
      case .none: break
      case .team: for member in 0..<count { pays[start + member] = all }
      case .loyalty:
        pays.withUnsafeMutableBufferPointer { pays in
          shaper.shape(
            UnsafeMutableBufferPointer(rebasing: pays[start..<start + count]),
            costs: UnsafeBufferPointer(costs))
        }
        guard fault == "sign" else { return }
        for member in 0..<count {
          pays[start + member] = 2 * (share - costs[member]) - pays[start + member]
        }
      }
    }
  }

  /// The mean over the batch of advantage x d log pi / dz, the advantage being pay minus its mean, over its deviation.
  private func gradient(_ member: Int, _ noise: [Double], _ pays: [Double]) -> Float {
    let (count, rows) = (Self.members, Double(Self.batch))
    var (sum, squares, product, drawn) = (0.0, 0.0, 0.0, 0.0)
    for row in 0..<Self.batch {
      let (pay, eps) = (pays[row * count + member], noise[row * count + member])
      sum += pay
      squares += pay * pay
      product += pay * eps
      drawn += eps
    }
    let middle = sum / rows
    let spread = max(squares / rows - middle * middle, 1e-24).squareRoot()
    return Float((product / rows - middle * drawn / rows) / (spread * Self.deviation))
  }
}
