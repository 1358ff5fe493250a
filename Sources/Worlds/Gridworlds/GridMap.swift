/// A map drawn in text, a letter a cell, rows from the top:
/// `#` wall, `.` floor, `S` start, `G` goal, `T` trap, `L` lava, `K` key, `D` door that the key opens.
///
/// Goals and traps end the episode; lava is floor that costs. Several starts are equally likely.
public struct GridMap: Sendable, Equatable {
  public enum Cell: Character, Sendable, CaseIterable {
    case wall = "#"
    case floor = "."
    case start = "S"
    case goal = "G"
    case trap = "T"
    case lava = "L"
    case key = "K"
    case door = "D"
  }

  public let width: Int
  public let height: Int
  /// Row by row from the top.
  public let cells: [Cell]

  /// Why a text is no map.
  public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case unevenRow(Int, width: Int, expected: Int)
    case unknownCell(Character, row: Int, column: Int)
    case noStart
    case tooManyKeys(Int)

    public var description: String {
      switch self {
      case .empty: "the map is empty"
      case .unevenRow(let row, let width, let expected):
        "row \(row) of the map has \(width) cells, the first has \(expected)"
      case .unknownCell(let cell, let row, let column):
        "\"\(cell)\" in row \(row), column \(column) is none of # . S G T L K D"
      case .noStart: "the map has no start (S)"
      case .tooManyKeys(let count): "the map has \(count) keys, at most 8 are allowed"
      }
    }
  }

  public init(_ text: String) throws(Failure) {
    let rows = text.split(whereSeparator: \.isNewline).map { row in row.filter { !$0.isWhitespace } }
      .filter { !$0.isEmpty }
    guard let first = rows.first else { throw .empty }
    width = first.count
    height = rows.count
    var cells: [Cell] = []
    for (row, line) in rows.enumerated() {
      guard line.count == first.count else {
        throw .unevenRow(row, width: line.count, expected: first.count)
      }
      for (column, letter) in line.enumerated() {
        guard let cell = Cell(rawValue: letter) else {
          throw .unknownCell(letter, row: row, column: column)
        }
        cells.append(cell)
      }
    }
    guard cells.contains(.start) else { throw .noStart }
    let keys = cells.count { $0 == .key }
    guard keys <= 8 else { throw .tooManyKeys(keys) }
    self.cells = cells
  }

  /// An empty map from the upper left corner to the lower right one.
  public init(width: Int, height: Int) {
    precondition(width * height >= 2, "a map of \(width) x \(height) has no room for start and goal")
    self.width = width
    self.height = height
    var cells = [Cell](repeating: .floor, count: width * height)
    cells[0] = .start
    cells[cells.count - 1] = .goal
    self.cells = cells
  }
}
