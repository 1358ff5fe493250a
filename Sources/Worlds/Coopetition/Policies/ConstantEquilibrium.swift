extension ReferencePolicies {
  /// Where best responses over constant policies end: each agent in turn takes the level that pays it most over a
  /// whole episode while the others stand still, until nobody moves. It shows, without any learning, what a reward
  /// mode makes self-interested players do.
  /// - Parameters:
  ///   - levels: How many levels of 0 to each agent's endowment are tried.
  ///   - start: Where all begin, as a share of the endowment.
  public static func constantEquilibrium(
    in world: CoopetitionGame, levels: Int = 101, start: Double = 0.45
  ) -> BestResponseSolver.Equilibrium {
    let endowments = world.parameters.endowments
    return BestResponseSolver().solve(from: endowments.map { start * $0 }) { agent, actions in
      var best = (level: 0.0, value: -Double.infinity)
      for step in 0..<levels {
        var trial = actions
        trial[agent] = endowments[agent] * Double(step) / Double(levels - 1)
        let value = evaluate(ConstantPolicy(name: "", actions: trial), in: world).returns[agent]
        if value > best.value { best = (trial[agent], value) }
      }
      return best.level
    }
  }
}
