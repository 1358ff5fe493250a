extension WorldRegistry {
  /// Every world that Laurel brings. Each family adds its list in its own folder.
  public static let standard = WorldRegistry(
    ClassicControl.kinds + Bandits.kinds + SparseWorlds.kinds + ThermalWorlds.kinds + Gridworlds.kinds
      + ConstructionWorlds.kinds + BlockTasks.kinds + GemWorlds.kinds + Coopetition.kinds)
}
