import Foundation
import Rewards

/// A sweep's table on disk, CSV or JSONL by its ending. It is always whole: every save writes a new file and puts it
/// in the old one's place.
public struct BenchmarkTable: Sendable {
  public enum Format: String, Sendable { case csv, jsonl }

  /// Why a table cannot be used.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var path: String
    public var line: Int?
    public var message: String
    public var description: String { "\(path)\(line.map { ", line \($0)" } ?? ""): \(message)" }
  }

  public let path: String
  public let format: Format
  public private(set) var rows: [BenchmarkRow] = []
  private var places: [BenchmarkCell: Int] = [:]

  /// Opens a table, or begins a new one.
  /// - Throws: `Failure` with the line that is no row.
  public init(path: String) throws(Failure) {
    self.path = path
    guard let format = Format(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased()) else {
      throw Failure(path: path, message: "a table's name ends in .csv or .jsonl")
    }
    self.format = format
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(path: path, message: "the file cannot be read: check the permissions")
    }
    var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    for (index, line) in lines.enumerated() {
      if format == .csv, index == 0 {
        guard line == BenchmarkRow.csvHeader else {
          throw Failure(path: path, line: 1, message: "expected the header \(BenchmarkRow.csvHeader)")
        }
        continue
      }
      guard let row = Self.row(line, format) else {
        throw Failure(
          path: path, line: index + 1,
          message: "this is no row of a sweep: mend or remove it, or write elsewhere")
      }
      insert(row)
    }
  }

  private static func row(_ line: Substring, _ format: Format) -> BenchmarkRow? {
    switch format {
    case .csv:
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == BenchmarkRow.columns.count else { return nil }
      let named = Dictionary(
        uniqueKeysWithValues: zip(BenchmarkRow.columns, fields).map {
          ($0.name, JSONValue.string(String($1)))
        })
      return BenchmarkRow { named[$0] }
    case .jsonl:
      guard case .object(let object)? = try? JSONParser().parse(String(line)) else { return nil }
      return BenchmarkRow { object[$0] }
    }
  }

  public func row(of cell: BenchmarkCell) -> BenchmarkRow? { places[cell].map { rows[$0] } }

  /// Adds a row, or replaces the one of the same cell.
  public mutating func insert(_ row: BenchmarkRow) {
    if let place = places[row.cell] {
      rows[place] = row
    } else {
      places[row.cell] = rows.count
      rows.append(row)
    }
  }

  /// Brings the rows into the order of `cells`; others follow in the order they had.
  public mutating func sort(by cells: [BenchmarkCell]) {
    let order = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($1, $0) })
    let sorted = rows.enumerated().sorted {
      (order[$0.element.cell] ?? .max, $0.offset) < (order[$1.element.cell] ?? .max, $1.offset)
    }
    rows = sorted.map(\.element)
    places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.cell, $0) })
  }

  /// The file's bytes.
  public var data: Data {
    let lines =
      format == .csv ? [BenchmarkRow.csvHeader] + rows.map(\.csv) : rows.map { $0.json.jsonText }
    return Data(lines.map { $0 + "\n" }.joined().utf8)
  }

  /// Puts the table, and its Croissant metadata, in place.
  /// - Throws: `Failure` when a file cannot be written.
  public func save(_ metadata: CroissantMetadata) throws(Failure) {
    let data = data
    let croissant = Data((metadata.json(of: self, data: data).jsonText + "\n").utf8)
    for (path, data) in [(path, data), (metadataPath, croissant)] {
      do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
        throw Failure(
          path: path,
          message: "the file cannot be written: check that its folder is there, and the permissions")
      }
    }
  }

  /// `results.csv` has `results.csv.croissant.json` beside it.
  public var metadataPath: String { path + ".croissant.json" }
}
