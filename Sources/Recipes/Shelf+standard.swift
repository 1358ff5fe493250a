import Shelf

extension Shelf {
  /// Every system that Laurel knows, with the recipes that there are.
  public static let standard = Shelf([
    Heron(), Morec(),
  ])
}
