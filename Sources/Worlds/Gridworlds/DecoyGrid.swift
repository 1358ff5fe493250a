/// Five by five cells, the goal in the corner opposite to the start and a decoy in a third corner at which a
/// careless designer's hint pays: the check of BARFI (Gupta et al. 2023; the grid is ours).
public enum DecoyGrid {
  public static let decoy = 4
  public static let goal = 24

  public static func grid(discount: Double = 0.95, slip: Double = 0.1) throws(FiniteMDPError) -> Gridworld {
    try Gridworld(GridMap(width: 5, height: 5), discount: discount, slip: slip)
  }
}
