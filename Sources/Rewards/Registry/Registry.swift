/// A part that a specification can name: its name, one line of help and its parameters.
public protocol RegisteredKind: Sendable {
  /// snake_case.
  var name: String { get }
  /// One line.
  var help: String { get }
  var parameters: [Parameter] { get }
}

/// A kind of reward, for example `format` or `tool_call`.
public struct RewardKind: RegisteredKind {
  public var name: String
  public var help: String
  public var parameters: [Parameter]
  /// Makes the reward that carries the given name. May throw when values contradict each other.
  public var make: @Sendable (_ name: String, _ parameters: Parameters) throws -> any Reward<Sample>

  public init(
    name: String, help: String, parameters: [Parameter] = [],
    make: @escaping @Sendable (_ name: String, _ parameters: Parameters) throws -> any Reward<Sample>
  ) {
    self.name = name
    self.help = help
    self.parameters = parameters
    self.make = make
  }

  /// Makes a reward from unchecked values (code and tests use this; a file goes through the specification).
  /// - Throws: `ParameterError`, or what `make` throws.
  public func reward(
    named rewardName: String? = nil, _ values: JSONObject = JSONObject()
  ) throws -> any Reward<Sample> {
    try make(rewardName ?? name, Parameters(values, of: parameters))
  }
}

/// A kind of part that is made from its parameters alone.
public struct PartKind<Part: Sendable>: RegisteredKind {
  public var name: String
  public var help: String
  public var parameters: [Parameter]
  /// May throw when values contradict each other.
  public var make: @Sendable (_ parameters: Parameters) throws -> Part

  public init(
    name: String, help: String, parameters: [Parameter] = [],
    make: @escaping @Sendable (_ parameters: Parameters) throws -> Part
  ) {
    self.name = name
    self.help = help
    self.parameters = parameters
    self.make = make
  }
}

/// A kind of shaper: a map of one reward's column before rewards are combined.
public typealias ShaperKind = PartKind<any Shaper>
/// A kind of combiner: from several rewards to one total per sample.
public typealias CombinerKind = PartKind<any Combiner>
/// A kind of advantage estimator.
public typealias AdvantageKind = PartKind<any AdvantageEstimator>

/// The one list of what a specification can name.
///
/// A new registry knows this module's shapers, combiners and advantage estimators and no reward: the modules
/// that have rewards register them. Kinds are listed in the order of their registration; registering a name
/// twice is a mistake in the program.
public struct Registry: Sendable {
  public private(set) var rewardKinds: [RewardKind] = []
  public private(set) var shaperKinds: [ShaperKind] = []
  public private(set) var combinerKinds: [CombinerKind] = []
  public private(set) var advantageKinds: [AdvantageKind] = []

  public init() {
    registerStandardKinds()
  }

  public mutating func register(_ kind: RewardKind) {
    precondition(rewardKind(kind.name) == nil, "reward kind \"\(kind.name)\" is registered twice")
    rewardKinds.append(kind)
  }

  public mutating func register(_ kind: ShaperKind) {
    precondition(shaperKind(kind.name) == nil, "shaper \"\(kind.name)\" is registered twice")
    shaperKinds.append(kind)
  }

  public mutating func register(_ kind: CombinerKind) {
    precondition(combinerKind(kind.name) == nil, "combiner \"\(kind.name)\" is registered twice")
    combinerKinds.append(kind)
  }

  public mutating func register(_ kind: AdvantageKind) {
    precondition(advantageKind(kind.name) == nil, "advantage estimator \"\(kind.name)\" is registered twice")
    advantageKinds.append(kind)
  }

  public mutating func register(_ kinds: [RewardKind]) {
    for kind in kinds { register(kind) }
  }

  public func rewardKind(_ name: String) -> RewardKind? { rewardKinds.first { $0.name == name } }
  public func shaperKind(_ name: String) -> ShaperKind? { shaperKinds.first { $0.name == name } }
  public func combinerKind(_ name: String) -> CombinerKind? { combinerKinds.first { $0.name == name } }
  public func advantageKind(_ name: String) -> AdvantageKind? { advantageKinds.first { $0.name == name } }

  /// The registered reward kind whose name is nearest to a mistyped one.
  public func nearestRewardKind(to name: String) -> String? {
    nearestName(to: name, in: rewardKinds.map(\.name))
  }
}
