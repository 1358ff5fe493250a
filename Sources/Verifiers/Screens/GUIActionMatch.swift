import Foundation

/// How near an action comes to the logged one, by the rules of MagicGUI's evaluation.
public enum GUIActionMatch {
  /// Largest distance, in thousandths of the screen, of a point from the target's centre.
  public static let pointTolerance = 140.0
  /// The same for both ends of a drag.
  public static let dragTolerance = 75.0
  /// F1 that typed text must exceed.
  public static let textThreshold = 0.5

  /// Whether `action` does what `target` did: near enough, in the same direction, with like text, on the same app.
  public static func isRight(_ action: GUIAction, _ target: GUIAction) -> Bool {
    guard action.kind == target.kind else { return false }
    let tolerance = action.kind == .drag ? dragTolerance : pointTolerance
    guard squaredDistance(action, target) <= tolerance * tolerance else { return false }
    switch action.kind {
    case .scroll: return action.argument == target.argument
    case .text: return textF1(action.argument, target.argument) > textThreshold
    case .callAPI: return action.argument == target.argument && action.operation == target.operation
    default: return true
    }
  }

  /// The square of the largest distance between points of the same place; 0 for actions without points.
  static func squaredDistance(_ action: GUIAction, _ target: GUIAction) -> Double {
    zip(action.points, target.points).reduce(0) { max($0, $1.0.squaredDistance(to: $1.1)) }
  }

  /// F1 of the sets of words, lower case, square brackets at the ends removed; 1 when both are one word and one word
  /// holds the other, or both are empty; 0 when one is empty.
  ///
  /// A single letter of a one-word target therefore counts as the target: the rule is the evaluator's.
  public static func textF1(_ text: String, _ target: String) -> Double {
    let (a, b) = (words(text), words(target))
    if a.isEmpty && b.isEmpty { return 1 }
    if a.count == 1, b.count == 1, let x = a.first, let y = b.first, x.contains(y) || y.contains(x) {
      return 1
    }
    let common = a.intersection(b).count
    return common == 0 ? 0 : 2 * Double(common) / Double(a.count + b.count)
  }

  private static func words(_ text: String) -> Set<String> {
    let bare = text.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    return Set(UnicodeText.lowercased(bare).split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
