import Foundation
import Rewards

/// What a sweep's table is, in the words of Croissant (mlcommons.org/croissant): JSON-LD from which data-set tools
/// know its file, its columns and their types.
public struct CroissantMetadata: Sendable {
  public enum Version: String, Sendable, CaseIterable {
    case v1_0 = "1.0"
    case v1_1 = "1.1"
  }

  public var version = Version.v1_1
  public var name = "coopetition-sweep"
  public var creator: String
  /// An address, as of a licence at spdx.org or creativecommons.org.
  public var license: String
  /// Where the data set can be found.
  public var url: String
  public var date: Date

  public init(
    creator: String = "Laurel", license: String = "https://creativecommons.org/publicdomain/zero/1.0/",
    url: String = "https://arxiv.org/abs/2605.02063", date: Date = Date()
  ) {
    self.creator = creator
    self.license = license
    self.url = url
    self.date = date
  }

  /// - Parameter data: The table's bytes, whose hash is stated.
  func json(of table: BenchmarkTable, data: Data) -> JSONValue {
    let file = URL(fileURLWithPath: table.path).lastPathComponent
    let day = ISO8601DateFormatter()
    day.formatOptions = [.withFullDate]
    return object([
      ("@context", context), ("@type", .string("sc:Dataset")),
      ("conformsTo", .string("http://mlcommons.org/croissant/\(version.rawValue)")), ("name", .string(name)),
      (
        "description",
        .string(
          "What policies earn in the games of Coopetition-Gym v1 (arXiv 2605.02063), reward mode by reward mode: \(table.rows.count) rows."
        )
      ), ("license", .string(license)), ("url", .string(url)),
      ("creator", object([("@type", .string("sc:Organization")), ("name", .string(creator))])),
      ("datePublished", .string(day.string(from: date))), ("version", .string("1.0.0")),
      (
        "citeAs",
        .string(
          "Pant and Yu (2026). Coopetition-Gym v1: A Formally Grounded Platform for Mixed-Motive Multi-Agent Reinforcement Learning under Strategic Coopetition. arXiv:2605.02063."
        )
      ),
      (
        "distribution",
        .array([
          object([
            ("@type", .string("cr:FileObject")), ("@id", .string("table")), ("name", .string("table")),
            ("description", .string("The table.")), ("contentUrl", .string(file)),
            ("contentSize", .string("\(data.count) B")),
            ("encodingFormat", .string(table.format == .csv ? "text/csv" : "application/jsonlines")),
            ("sha256", .string(SHA256.hex(of: data))),
          ])
        ])
      ), ("recordSet", .array([recordSet(table)])),
    ])
  }

  private func recordSet(_ table: BenchmarkTable) -> JSONValue {
    let fields = BenchmarkRow.columns.map { column in
      let type =
        switch column.kind {
        case .text: "sc:Text"
        case .integer: "sc:Integer"
        case .number: "sc:Float"
        }
      return object([
        ("@type", .string("cr:Field")), ("@id", .string("results/\(column.name)")),
        ("name", .string(column.name)),
        ("description", .string(column.help)), ("dataType", .string(type)),
        (
          "source",
          object([
            ("fileObject", object([("@id", .string("table"))])),
            ("extract", object([("column", .string(column.name))])),
          ])
        ),
      ])
    }
    return object([
      ("@type", .string("cr:RecordSet")), ("@id", .string("results")), ("name", .string("results")),
      ("description", .string("A policy in a game under a reward mode, a row each.")),
      (
        "key",
        .array(
          ["world", "policy", "reward_mode", "seed"].map { object([("@id", .string("results/\($0)"))]) })
      ), ("field", .array(fields)),
    ])
  }

  /// The standard context of the version.
  private var context: JSONValue {
    var entries: [(String, JSONValue)] = [
      ("@language", .string("en")), ("@vocab", .string("https://schema.org/")),
      ("cr", .string("http://mlcommons.org/croissant/")),
      ("rai", .string("http://mlcommons.org/croissant/RAI/")), ("dct", .string("http://purl.org/dc/terms/")),
      ("sc", .string("https://schema.org/")), ("conformsTo", .string("dct:conformsTo")),
      ("data", object([("@id", .string("cr:data")), ("@type", .string("@json"))])),
      ("examples", object([("@id", .string("cr:examples")), ("@type", .string("@json"))])),
      ("dataType", object([("@id", .string("cr:dataType")), ("@type", .string("@vocab"))])),
    ]
    var terms = [
      "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet",
      "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
      "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
      "transform",
    ]
    if version == .v1_1 {
      terms += ["arrayShape", "containedIn", "isArray"]
      let language = object([("@container", .string("@language"))])
      entries += [("description", language), ("name", language)]
    }
    return object(entries + terms.sorted().map { ($0, .string("cr:\($0)")) })
  }

  private func object(_ entries: [(String, JSONValue)]) -> JSONValue { .object(JSONObject(entries)) }
}
