/// Named numbers in the order in which they were logged. A name occurs once.
public struct Metrics: Sendable, Equatable {
  /// The names, in the order of logging.
  public private(set) var names: [String] = []
  private var values: [String: Double] = [:]

  public init() {}

  /// Metrics from pairs; a later pair of the same name replaces the value and keeps the place.
  public init(_ pairs: some Sequence<(String, Double)>) {
    for (name, value) in pairs { self[name] = value }
  }

  /// Metrics from a dictionary, in alphabetical order.
  public init(_ dictionary: [String: Double]) {
    self.init(dictionary.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  public var count: Int { names.count }
  public var isEmpty: Bool { names.isEmpty }
  /// Names and values, in the order of logging.
  public var pairs: [(name: String, value: Double)] { names.map { ($0, values[$0] ?? .nan) } }

  /// The value logged under `name`; nil when it was not logged.
  public subscript(name: String) -> Double? {
    get { values[name] }
    set {
      let old = values.updateValueOrRemove(newValue, for: name)
      if old == nil, newValue != nil {
        names.append(name)
      } else if old != nil, newValue == nil {
        names.removeAll { $0 == name }
      }
    }
  }

  /// Equal names in equal order with equal values; two NaNs are equal here, so that records can be compared.
  public static func == (a: Metrics, b: Metrics) -> Bool {
    a.names == b.names
      && a.pairs.elementsEqual(b.pairs) { $0.value == $1.value || ($0.value.isNaN && $1.value.isNaN) }
  }
}

extension Metrics: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Double)...) { self.init(elements) }
}

extension Dictionary {
  fileprivate mutating func updateValueOrRemove(_ value: Value?, for key: Key) -> Value? {
    if let value { updateValue(value, forKey: key) } else { removeValue(forKey: key) }
  }
}

/// When in a run a sample was drawn.
public enum SamplePhase: String, Sendable, Equatable, CaseIterable {
  /// During training.
  case train
  /// On held-out prompts, before the first step.
  case before
  /// On held-out prompts, after the last step.
  case after
  /// On held-out prompts, between steps.
  case eval
}

/// What one reward said of one sample.
public struct ComponentRecord: Sendable, Equatable {
  /// The reward's name.
  public var name: String
  /// The score; nil unless the reward scored the sample.
  public var value: Double?
  /// `scored`, `abstained`, `failed` or `timed_out`.
  public var outcome: String
  /// Why there is no score.
  public var message: String?

  public init(name: String, value: Double?, outcome: String = "scored", message: String? = nil) {
    self.name = name
    self.value = value
    self.outcome = outcome
    self.message = message
  }
}

/// One completion, with what the rewards said of it.
public struct SampleRecord: Sendable, Equatable {
  public var phase: SamplePhase
  /// Samples of one group share a prompt.
  public var group: Int
  /// The place of the sample in its batch.
  public var index: Int
  public var prompt: String
  public var completion: String
  /// The reference answer as text, when the data has one.
  public var reference: String?
  /// The completion's length in tokens.
  public var tokens: Int
  /// The completion hit the token limit before it ended.
  public var isTruncated: Bool
  public var advantage: Double?
  /// The combined reward; nil when no component scored.
  public var total: Double?
  public var components: [ComponentRecord]

  public init(
    phase: SamplePhase, group: Int, index: Int, prompt: String, completion: String,
    reference: String? = nil, tokens: Int, isTruncated: Bool = false, advantage: Double? = nil,
    total: Double? = nil, components: [ComponentRecord] = []
  ) {
    self.phase = phase
    self.group = group
    self.index = index
    self.prompt = prompt
    self.completion = completion
    self.reference = reference
    self.tokens = tokens
    self.isTruncated = isTruncated
    self.advantage = advantage
    self.total = total
    self.components = components
  }
}

/// One step of a run: its metrics and the samples kept of it.
public struct StepRecord: Sendable, Equatable {
  public var step: Int
  /// Seconds since 1970.
  public var time: Double
  /// Numbers under TRL's names. A non-finite number is stored as null and read back as NaN.
  public var metrics: Metrics
  public var samples: [SampleRecord]

  public init(step: Int, time: Double, metrics: Metrics, samples: [SampleRecord] = []) {
    self.step = step
    self.time = time
    self.metrics = metrics
    self.samples = samples
  }
}

/// What a run is, stated when it is created.
public struct RunInfo: Sendable, Equatable {
  public var name: String
  /// The policy's model, as the run file names it.
  public var model: String?
  public var seed: UInt64?
  /// The number of steps that the run means to take.
  public var maxSteps: Int?
  /// Seconds since 1970.
  public var started: Double

  public init(
    name: String, model: String? = nil, seed: UInt64? = nil, maxSteps: Int? = nil, started: Double
  ) {
    self.name = name
    self.model = model
    self.seed = seed
    self.maxSteps = maxSteps
    self.started = started
  }
}

/// How far a run has come.
public enum RunProgress: String, Sendable, Equatable {
  /// A process is writing the run now.
  case running
  /// It took all its steps.
  case finished
  /// It was stopped by its user or by an alarm.
  case stopped
  /// It ended with an error.
  case failed
  /// Its process is gone without a word (killed, or the machine went down); it can be resumed.
  case interrupted
}
