/// A number of a step that a file can name: observation[2], next_observation[0], action[0], reward, terminated,
/// truncated. The ends are 1 or 0.
public enum StepQuantity: Sendable, Equatable {
  case observation(Int)
  case nextObservation(Int)
  case action(Int)
  case reward
  case terminated
  case truncated

  /// nil when the text names no quantity.
  public init?(_ text: some StringProtocol) {
    switch text {
    case "reward": self = .reward
    case "terminated": self = .terminated
    case "truncated": self = .truncated
    default:
      guard text.hasSuffix("]"), let bracket = text.firstIndex(of: "["),
        let place = Int(text[text.index(after: bracket)...].dropLast()), place >= 0
      else { return nil }
      switch text[..<bracket] {
      case "observation": self = .observation(place)
      case "next_observation": self = .nextObservation(place)
      case "action": self = .action(place)
      default: return nil
      }
    }
  }

  /// Whether steps of these widths have it.
  public func isPart(ofObservation observationWidth: Int, action actionWidth: Int) -> Bool {
    switch self {
    case .observation(let place), .nextObservation(let place): place < observationWidth
    case .action(let place): place < actionWidth
    case .reward, .terminated, .truncated: true
    }
  }

  public func value(_ batch: TransitionBatch, _ lane: Int) -> Float {
    switch self {
    case .observation(let place): batch.observations[lane * batch.observationWidth + place]
    case .nextObservation(let place): batch.after(lane)[place]
    case .action(let place): batch.actions[lane * batch.actionWidth + place]
    case .reward: Float(batch.rewards[lane])
    case .terminated: batch.terminated[lane / batch.agents] ? 1 : 0
    case .truncated: batch.truncated[lane / batch.agents] ? 1 : 0
    }
  }

  public func value(_ transition: ShapingTransition) -> Float {
    switch self {
    case .observation(let place): transition.observation[place]
    case .nextObservation(let place): transition.nextObservation[place]
    case .action(let place): transition.action[place]
    case .reward: Float(transition.reward)
    case .terminated: transition.terminated ? 1 : 0
    case .truncated: transition.truncated ? 1 : 0
    }
  }
}
