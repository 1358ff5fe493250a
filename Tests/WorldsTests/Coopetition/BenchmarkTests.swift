import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct BenchmarkTests {
  private func temporary(_ ending: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).\(ending)").path
  }

  private let metadata = CroissantMetadata(date: Date(timeIntervalSince1970: 0))

  private func sweep(
    _ policies: [String] = ["oracles", "heuristics", "constant_0.5"], episodes: Int = 2, threads: Int = 1
  ) throws -> BenchmarkSweep {
    try BenchmarkSweep(
      worlds: ["slcd", "TR-4"], policies: PolicyRegistry.reference.kinds(named: policies),
      modes: [.private, .cooperative], seeds: [99, 100], episodes: episodes, threads: threads)
  }

  // MARK: The registry

  @Test func theReferencePoliciesHaveTheirNames() throws {
    let registry = PolicyRegistry.reference
    #expect(registry.kinds.count == 110 && PolicyRegistry.learnerNames.count == 16)
    for kind in registry.kinds { #expect(!kind.summary.isEmpty) }
    let game = try Coopetition.game("reciprocaldilemma")
    for kind in registry.kinds {
      guard let policy = try? kind.policy(for: game) else { continue }
      #expect(policy.name == kind.name)
    }
    #expect(registry.kind(named: "CONSTANT_0.30")?.name == "Constant_0.3")
    #expect(registry.kind(named: "titfortat")?.name == "TitForTat")
    #expect(try registry.kinds(named: ["oracles", "Random"]).count == 8)
    #expect(try registry.kinds(named: ["all"]).count == 110)
    #expect(registry.unknown("TitForTa").suggestion == "TitForTat")
    #expect(registry.unknown("ippo").message.contains("built without it"))
    #expect(throws: PolicyUnsuitable.self) {
      try registry.kind(named: "Oracle_Nash")?.policy(for: game)
    }
  }

  @Test func learnersCanBeRegistered() throws {
    let learner = PolicyKind("IPPO", .learner, summary: "a stand-in") { game, request in
      ConstantPolicy(level: Double(request.trainingSteps ?? 0) / 1000, of: game.parameters)
    }
    let registry = PolicyRegistry.reference.adding([learner])
    #expect(try registry.kinds(named: ["learners"]).map(\.name) == ["IPPO"])
    let kind = try #require(registry.kind(named: "ippo"))
    let report = try EvaluationReport(
      kind, world: "slcd", mode: .cooperative, episodes: 2, request: PolicyRequest(trainingSteps: 330))
    #expect(abs(report.row.returnMean - 51_011.23) < 0.01 && report.bestConstant.level == 0.33)
    #expect(report.row.trainingSteps == 330 && report.row.family == "learner" && report.row.episodes == 2)
    #expect(report.row.returnDeviation == 0 && abs(report.row.cooperationRate - 0.33) < 1e-6)
    #expect(report.oracle?.name == "Oracle_TrustAware")
  }

  // MARK: Sweeps

  @Test(arguments: ["csv", "jsonl"])
  func aSweepThatWasBrokenOffEndsLikeOneThatWasNot(ending: String) throws {
    let (whole, broken) = (temporary(ending), temporary(ending))
    defer {
      for path in [whole, broken] {
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.removeItem(atPath: path + ".croissant.json")
      }
    }
    var table = try BenchmarkTable(path: whole)
    let all = try sweep(threads: 2).run(into: &table, metadata: metadata)
    // Of 10 policies in 6 worlds, 4 cells each, three oracles are TR-3's only; two more do not go with slcd.
    #expect(all == BenchmarkSweep.Summary(played: 160, found: 0, unsuitable: 80, left: 0), "\(all)")

    let mark = StopAfter(30)
    var half = try BenchmarkTable(path: broken)
    let first = try sweep().run(
      into: &half, metadata: metadata, progress: { _, _, _ in mark.count() }, isCancelled: { mark.isReached })
    #expect(first.left == 210 && first.played + first.unsuitable == 30)
    var again = try BenchmarkTable(path: broken)
    #expect(again.rows.count == first.played)
    let second = try sweep().run(into: &again, metadata: metadata)
    #expect(second.found == first.played && second.left == 0)
    #expect(FileManager.default.contents(atPath: whole) == FileManager.default.contents(atPath: broken))
    // Everything is there: nothing is played a third time.
    var last = try BenchmarkTable(path: broken)
    #expect(try sweep().run(into: &last, metadata: metadata).played == 0)
    #expect(last.rows == table.rows)
  }

  @Test func otherSettingsAndBrokenLinesAreRefused() throws {
    let path = temporary("csv")
    defer {
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.removeItem(atPath: path + ".croissant.json")
    }
    var table = try BenchmarkTable(path: path)
    _ = try sweep(["Random"]).run(into: &table, metadata: metadata)
    let other = #expect(throws: BenchmarkTable.Failure.self) {
      try sweep(["Random"], episodes: 3).run(into: &table, metadata: metadata)
    }
    #expect(other?.message.contains("made with 2 episodes") == true)
    var text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    text += "slcd,TR-2\n"
    try Data(text.utf8).write(to: URL(filePath: path))
    let broken = #expect(throws: BenchmarkTable.Failure.self) { try BenchmarkTable(path: path) }
    #expect(broken?.line == table.rows.count + 2)
    #expect(throws: BenchmarkTable.Failure.self) { try BenchmarkTable(path: "table.txt") }
    #expect(throws: ParameterError.self) {
      try BenchmarkSweep(worlds: ["slc"], policies: [], modes: [], seeds: [])
    }
  }

  @Test func theMetadataNamesEveryColumnAndTheFilesHash() throws {
    let path = temporary("jsonl")
    var table = try BenchmarkTable(path: path)
    let kind = try #require(PolicyRegistry.reference.kind(named: "Random"))
    let row = try BenchmarkRow.play(
      kind, world: "slcd", mode: "private", episodes: 2, request: PolicyRequest(seed: 3)
    ).row
    #expect(row.returnDeviation > 0)
    table.insert(row)
    for version in CroissantMetadata.Version.allCases {
      var metadata = metadata
      metadata.version = version
      let json = metadata.json(of: table, data: table.data)
      #expect(json["conformsTo"].text == "http://mlcommons.org/croissant/\(version.rawValue)")
      #expect(json["distribution"][0]["sha256"].text == SHA256.hex(of: table.data))
      #expect(json["datePublished"].text == "1970-01-01")
      let fields = json["recordSet"][0]["field"].array.map { $0["name"].text }
      #expect(fields == BenchmarkRow.columns.map(\.name) && fields.count == row.values.count)
    }
  }

  /// The vectors of FIPS 180-4 and `sha256sum`.
  @Test func theHashIsSHA256() {
    let expected = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1000),
        "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
      ),
    ]
    for (text, hash) in expected { #expect(SHA256.hex(of: Data(text.utf8)) == hash) }
  }

  // MARK: Reports

  @Test func theCasesScoreAsReleased() throws {
    let cases = try CaseReport.all()
    #expect(cases.map(\.total) == [58, 46, 49, 60, 45, 43, 44])
    #expect(cases.map(\.of) == [60, 60, 60, 60, 60, 51, 51])
    for report in cases {
      #expect(report.lines.count == report.indicators.count + report.facts.count + 2)
      #expect(report.indicators.allSatisfy { $0.points <= $0.of && $0.points >= 0 })
    }
  }

  /// Card 08, algorithms: static audits that find an exploit, of 4.
  @Test(arguments: [("trustdilemma", 3), ("partnerholdup", 0), ("slcd", 2), ("graduatedsanction", 3)])
  func theAuditsCountAsTheOriginals(name: String, count: Int) throws {
    let report = try AuditReport(world: name, mode: .integrated)
    #expect(report.parts[0].exploitative == count && report.parts[0].rows.count == 4)
    #expect(report.parts[1].exploitative == 0 && report.parts[1].vulnerability == .immune)
  }

  @Test func theSurfaceFindsTheBestConstantAndTheEquilibrium() throws {
    let report = try SurfaceReport(world: "slcd", mode: .cooperative)
    #expect(report.best.level == 0.33 && abs(report.best.total - 51_011.23) < 0.01)
    #expect(report.equilibrium?.actions == [33, 33])
    #expect(report.points.count == 101 && report.lines.count == 104)
  }

  @Test func aTeamIsReportedWithItsGapAndSynergy() throws {
    let team = TeamParameters(productivity: 25, returns: 0.5, cost: 2.5)
    let report = try TeamReport(team, loyalties: Array(repeating: 0.9, count: 5))
    #expect(abs(report.total - 28.25) < 0.01 && report.freeRiding.isClose(1, 1e-9))
    #expect(report.optimum.isClose(25, 1e-9) && report.cohesion.isClose(0.9, 1e-12))
    #expect((report.synergy ?? 0) > 1.1)
    #expect(try TeamReport(team, loyalties: [0, 0]).synergy == nil)
    #expect(throws: TeamEquilibrium.Failure.self) { try TeamReport(team, loyalties: [1.2]) }
    #expect(throws: TeamEquilibrium.Failure.self) { try TeamReport(team, loyalties: [1], weights: [1, 2]) }
  }

  /// TR-1's Monte Carlo, with NumPy's old generator: 500 trials, seed 42 (results file of the released suite).
  @Test func theMonteCarloOfTR1ComesOutDigitForDigit() {
    var random = MersenneTwister(seed: 42)
    var (logarithmic, power) = ([Double](), [Double]())
    for _ in 0..<500 {
      let f = (0..<4).map { _ in random.uniform(-0.15, 0.15) }
      let shares = [0.55 * (1 + f[1]), 0.45 * (1 + f[2])]
      let sum = shares.reduce(0, +)
      func score(_ value: ValueFunction, _ synergyWeight: Double) -> Double {
        var venture = VentureCase(value: value, synergyWeight: synergyWeight)
        venture.payoff.endowments = [100 * (1 + f[0]), 100 * (1 + f[0])]
        venture.payoff.shares = shares.map { $0 / sum }
        venture.payoff.dependence = [[0, min(1, 0.64 * (1 + f[2]))], [min(1, 0.86 * (1 + f[3])), 0]]
        return Double(venture.run().score.total)
      }
      logarithmic.append(score(.logarithmic(scale: 20), 0.65))
      power.append(score(.power(exponent: 0.75), 0.5))
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    #expect(abs(mean(logarithmic) - 56.728) < 0.0005 && abs(mean(power) - 45.408) < 0.0005)
    #expect(zip(logarithmic, power).allSatisfy { $0 > $1 })
  }
}

/// Says stop after so many calls.
private final class StopAfter: @unchecked Sendable {
  private let lock = NSLock()
  private var left: Int
  init(_ calls: Int) { left = calls }
  func count() { lock.withLock { left -= 1 } }
  var isReached: Bool { lock.withLock { left <= 0 } }
}
