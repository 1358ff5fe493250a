/// A set of the players 0, 1, ... of a cooperative game, as a bit mask of any width.
public struct Coalition: Sendable, Hashable {
  /// 64 players a word, the first in the lowest bit; always long enough for the game's players.
  private var words: [UInt64]

  /// - Parameter players: How many players the game has.
  public init(players: Int, containing members: some Sequence<Int> = EmptyCollection()) {
    words = Array(repeating: 0, count: max(1, (players + 63) / 64))
    for member in members { insert(member) }
  }

  /// The players whose bits are set.
  init(players: Int, mask: UInt64) {
    self.init(players: players)
    words[0] = mask
  }

  /// Everybody.
  public static func grand(players: Int) -> Coalition { Coalition(players: players, containing: 0..<players) }

  public func contains(_ player: Int) -> Bool { words[player / 64] >> UInt64(player % 64) & 1 == 1 }

  public mutating func insert(_ player: Int) { words[player / 64] |= 1 << UInt64(player % 64) }

  public func union(_ other: Coalition) -> Coalition {
    var result = self
    for index in words.indices { result.words[index] |= other.words[index] }
    return result
  }
}
