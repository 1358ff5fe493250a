import Rewards

/// The rules of the twenty environments, one switch a step instead of a generic game: what an `any World` calls is
/// then specialised code.
public enum StandardRule: CoopetitionRule {
  case plain(PlainRule)
  case trustDilemma(TrustDilemmaRule)
  case partnerHoldUp(PartnerHoldUpRule)
  case platform(PlatformRule)
  case partnerSelection(PartnerSelectionRule)
  case recoveryRace(RecoveryRaceRule)
  case synergySearch(SynergySearchRule)
  case alliance(AllianceRule)
  case negotiation(NegotiationRule)
  case reputationMarket(ReputationMarketRule)
  case team(TeamRule)
  case reciprocity(ReciprocityRule)
  /// A rule of your own.
  case custom(any CoopetitionRule)

  init(_ rule: some CoopetitionRule) {
    switch rule {
    case let rule as StandardRule: self = rule
    case let rule as PlainRule: self = .plain(rule)
    case let rule as TrustDilemmaRule: self = .trustDilemma(rule)
    case let rule as PartnerHoldUpRule: self = .partnerHoldUp(rule)
    case let rule as PlatformRule: self = .platform(rule)
    case let rule as PartnerSelectionRule: self = .partnerSelection(rule)
    case let rule as RecoveryRaceRule: self = .recoveryRace(rule)
    case let rule as SynergySearchRule: self = .synergySearch(rule)
    case let rule as AllianceRule: self = .alliance(rule)
    case let rule as NegotiationRule: self = .negotiation(rule)
    case let rule as ReputationMarketRule: self = .reputationMarket(rule)
    case let rule as TeamRule: self = .team(rule)
    case let rule as ReciprocityRule: self = .reciprocity(rule)
    default: self = .custom(rule)
    }
  }

  /// The rule itself, for what is not called in every step.
  private var rule: any CoopetitionRule {
    switch self {
    case .plain(let rule): rule
    case .trustDilemma(let rule): rule
    case .partnerHoldUp(let rule): rule
    case .platform(let rule): rule
    case .partnerSelection(let rule): rule
    case .recoveryRace(let rule): rule
    case .synergySearch(let rule): rule
    case .alliance(let rule): rule
    case .negotiation(let rule): rule
    case .reputationMarket(let rule): rule
    case .team(let rule): rule
    case .reciprocity(let rule): rule
    case .custom(let rule): rule
    }
  }

  public func extras(agents: Int) -> Int { rule.extras(agents: agents) }

  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) { rule.begin(memory, after: previous, of: game, random: &random) }

  public func suffix(agents: Int) -> Int { rule.suffix(agents: agents) }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    rule.describe(state, of: game, in: &info)
  }

  @inline(__always)
  public func baseline(
    _ given: Double, of agent: Int, _ memory: GameMemory, actions: UnsafeMutablePointer<Double>
  ) -> Double {
    switch self {
    case .negotiation(let rule): rule.baseline(given, of: agent, memory, actions: actions)
    case .custom(let rule): rule.baseline(given, of: agent, memory, actions: actions)
    default: given
    }
  }

  @inline(__always)
  public func weigh(
    _ rewards: UnsafeMutableBufferPointer<Double>, _ memory: GameMemory, of game: GameTables
  ) {
    switch self {
    case .team(let rule): rule.weigh(rewards, memory, of: game)
    case .reciprocity(let rule): rule.weigh(rewards, memory, of: game)
    case .custom(let rule): rule.weigh(rewards, memory, of: game)
    default: break
    }
  }

  @inline(__always)
  public func isOver(_ memory: GameMemory) -> Bool {
    switch self {
    case .trustDilemma(let rule): rule.isOver(memory)
    case .partnerHoldUp(let rule): rule.isOver(memory)
    case .platform(let rule): rule.isOver(memory)
    case .recoveryRace(let rule): rule.isOver(memory)
    case .team(let rule): rule.isOver(memory)
    case .custom(let rule): rule.isOver(memory)
    default: false
    }
  }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    switch self {
    case .trustDilemma(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    case .partnerSelection(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    case .recoveryRace(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    case .synergySearch(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    case .negotiation(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    case .reputationMarket(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    case .custom(let rule): rule.finish(rewards, asked: asked, memory, of: game, random: &random)
    default: break
    }
  }

  @inline(__always)
  public func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>) {
    switch self {
    case .partnerSelection(let rule): rule.writeSuffix(memory, into: target)
    case .synergySearch(let rule): rule.writeSuffix(memory, into: target)
    case .negotiation(let rule): rule.writeSuffix(memory, into: target)
    case .reputationMarket(let rule): rule.writeSuffix(memory, into: target)
    case .custom(let rule): rule.writeSuffix(memory, into: target)
    default: break
    }
  }
}
