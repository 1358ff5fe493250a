import Rewards
import Worlds

/// Learning with opponent-learning awareness (Foerster et al. 2018, arXiv 1709.04326): policy gradients that reckon with
/// the step which the others are about to make, by the second derivatives of all agents' values (see
/// `OpponentShaping`).
public final class LOLA: EpisodeLearner {
  private let opponentRate: Double
  private let looksAhead: Bool

  override class var name: String { "lola" }

  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    opponentRate = settings.double("opponent_lr")
    looksAhead = settings.string("second_order") == "full"
    try super.init(settings, world: world)
  }

  /// Values are counted by the step, (1 - gamma) times discounted sums, so that `opponent_lr` means the same in short
  /// and long games.
  override func addGradients(_ batch: EpisodeBatch) {
    var batch = batch
    let share = gamma < 1 ? 1 - gamma : Double(batch.starts.count) / Double(batch.rows)
    batch.rewards = batch.rewards.map { $0.map { $0 * share } }
    OpponentShaping.addGradients(
      actors, batch, team, gamma: gamma, rate: opponentRate, looksAhead: looksAhead)
    if entCoef != 0 {
      let none = [Double](repeating: 0, count: batch.rows)
      for (agent, actor) in actors.enumerated() {
        actor.addGradient(batch.own(agent, team), batch.actions[agent], weights: none, entCoef: entCoef)
      }
    }
  }

  static let kind = LearnerKind(
    "lola", summary: "policy gradients that reckon with the others' next learning step",
    paper: "Foerster et al. 2018, arXiv 1709.04326",
    parameters: parameters + [
      LearnerParameters.number("opponent_lr", 1e-3, 0...1e6, "step that the others are thought to make"),
      Parameter(
        "second_order", .choice(["full", "shaping"]), default: .string("full"),
        help: "full: the whole derivative; shaping: without look-ahead, as the paper has it"),
    ]
  ) { settings, world throws(ParameterError) in try LOLA(settings, world: world) }
}
