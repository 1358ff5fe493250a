/// The twenty environments of Coopetition-Gym v1 (Pant and Yu, arXiv 2605.02063).
public enum Coopetition {
  /// In the original's order of theories: interdependence, trust, collective action, reciprocity.
  public static let kinds: [WorldKind] =
    interdependenceKinds + trustKinds + collectiveActionKinds + reciprocityKinds
}
