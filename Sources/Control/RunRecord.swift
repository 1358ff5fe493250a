import Numeric

/// What a control run has measured so far, beside its learner: kept in the same file, so that a run that goes on ends
/// with the report and the metrics of one that was never stopped.
public struct RunRecord: Sendable, Equatable {
  /// A measure against environment steps.
  public struct Curve: Sendable, Equatable {
    public var steps: [Int] = []
    public var values: [Double] = []

    public init() {}

    public mutating func append(_ step: Int, _ value: Double) {
      steps.append(step)
      values.append(value)
    }
  }

  public var name: String
  public var seed: UInt64
  /// What the run reads: a line a file, its checksum and its path.
  public var inputs = ""
  /// The returns of the episodes before training.
  public var before: [Double] = []
  public var returns = Curve()
  public var series: [String: Curve] = [:]
  /// The newest episodes' returns, for rules that stop.
  public var lastReturns: [Double] = []
  public var steps = 0
  public var episodes = 0
  /// Bytes of the metrics file that belong to this record.
  public var metricsLength = 0
  /// Computing time so far.
  public var seconds = 0.0

  public init(name: String, seed: UInt64) {
    self.name = name
    self.seed = seed
  }

  public func save(in archive: inout StateArchive) {
    archive.put("record.name", name)
    archive.put("record.inputs", inputs)
    archive.put("record.numbers", [Int(seed), steps, episodes, metricsLength])
    archive.put("record.seconds", [seconds])
    archive.put("record.before", before)
    archive.put("record.last", lastReturns)
    archive.put("record.names", series.keys.sorted().joined(separator: "\n"))
    for (name, curve) in series.sorted(by: { $0.key < $1.key }) + [("", returns)] {
      archive.put("record.steps.\(name)", curve.steps)
      archive.put("record.values.\(name)", curve.values)
    }
  }

  public init(from archive: StateArchive) throws(StateArchiveError) {
    let numbers = try archive.integers("record.numbers")
    let times = try archive.doubles("record.seconds")
    guard numbers.count == 4, times.count == 1, numbers.allSatisfy({ $0 >= 0 }) else {
      throw .wrongSize("record")
    }
    name = try archive.text("record.name")
    inputs = archive.contains("record.inputs") ? try archive.text("record.inputs") : ""
    seed = UInt64(numbers[0])
    (steps, episodes, metricsLength) = (numbers[1], numbers[2], numbers[3])
    seconds = times[0]
    before = try archive.doubles("record.before")
    lastReturns = try archive.doubles("record.last")
    func curve(_ name: String) throws(StateArchiveError) -> Curve {
      var curve = Curve()
      curve.steps = try archive.integers("record.steps.\(name)")
      curve.values = try archive.doubles("record.values.\(name)")
      guard curve.steps.count == curve.values.count else { throw .wrongSize("record") }
      return curve
    }
    returns = try curve("")
    for name in try archive.text("record.names").split(separator: "\n").map(String.init) {
      series[name] = try curve(name)
    }
  }
}
