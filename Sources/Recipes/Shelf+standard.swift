import Shelf

extension Shelf {
  /// Every system that Laurel knows, with the recipes that there are.
  public static let standard = Shelf(control + coopetition)

  private static let control: [any Recipe] = [
    Barfi(), RewardDesignThesis(), MultiAgentInverse(), RewardEngineeringOverview(), SparseRewardDiversity(),
    EmergentExploration(), Heron(), Morec(), DenseRewards(),
    EffectiveRewardSpecification(),
  ]

  private static let coopetition: [any Recipe] = [CollectiveActionLoyalty(), CoopetitionGym()]
}
