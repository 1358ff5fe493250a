import Rewards

/// Gymnasium's classic control tasks.
public enum ClassicControl {
  static let kinds = [
    WorldKind(
      "cartpole", family: "classic control", summary: "balance a pole on a cart (Gymnasium's CartPole-v1)"
    ) { _ in CartPole() }
  ]
}
