import Rewards

/// REINFORCE (Williams 1992) for each agent alone: his own row, his own reward, the rewards to come brought to mean 0 and
/// deviation 1 over the batch.
public final class IndependentREINFORCE: EpisodeLearner {
  override class var name: String { "independentreinforce" }

  override func addGradients(_ batch: EpisodeBatch) {
    let share = 1 / Double(batch.rows)
    for (agent, actor) in actors.enumerated() {
      let returns = batch.returns(batch.rewards[agent], gamma: gamma)
      let mean = returns.reduce(0, +) * share
      let deviation = (returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * share).squareRoot()
      let weights = returns.map { ($0 - mean) / (deviation + 1e-8) * share }
      actor.addGradient(
        batch.own(agent, team), batch.actions[agent], weights: weights, entCoef: entCoef)
    }
  }

  static let kind = LearnerKind(
    "independentreinforce", summary: "REINFORCE for each agent alone, on whole episodes",
    paper: "Williams 1992, Machine Learning 8", parameters: parameters
  ) { settings, world throws(ParameterError) in try IndependentREINFORCE(settings, world: world) }
}
