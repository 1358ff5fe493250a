import Control
import Numeric
import Rewards
import Worlds

/// HERON (Bukharin et al., arXiv 2309.02632): pairs of steps are labelled by a hierarchy of signals, the labels train
/// a Bradley-Terry reward of steps, and that reward, normalised, is what the learner is paid.
///
/// `attach` fits it before the policy learns and again as the data changes, and pays by the current model whenever a
/// step is drawn. Not safe to use from two threads at once.
public final class HeronReward: StepReward {
  /// What one fit did.
  public struct Report: Sendable {
    /// Mean over the training steps: the share of decided pairs that the model ordered rightly before it learned
    /// from them; NaN when no pair was decided.
    public var pairAccuracy: Double
    public var loss: Double
    public var diagnostics: HierarchyDiagnostics
    public var margins: [Double]
    public var warnings: [String]
  }

  public let hierarchy: SignalHierarchy
  public let signals: StepSignals
  public let configuration: HeronConfiguration
  public internal(set) var model: BradleyTerryStepModel?
  /// The normaliser: reward = (model - mean) / deviation.
  public internal(set) var mean = 0.0
  public internal(set) var deviation = 1.0
  var scales: [Float]
  var random: PCG64
  private var input: [Float] = []
  /// The margins at which pairs are compared; nil: the hierarchy's, from the data of each fit.
  private let fixedMargins: [Double]?

  /// - Parameter fixedMargins: Margins in the signals' own units in place of multiples of their spread. The labels
  ///   then depend on the signals' scale, which the method is there to avoid.
  public init(
    _ hierarchy: SignalHierarchy, signals: StepSignals,
    configuration: HeronConfiguration = HeronConfiguration(), fixedMargins: [Double]? = nil
  ) {
    precondition(
      signals.width == hierarchy.width, "\(signals.width) signals for \(hierarchy.width) levels")
    self.hierarchy = hierarchy
    self.signals = signals
    self.configuration = configuration
    self.fixedMargins = fixedMargins
    scales = Array(repeating: 1, count: hierarchy.width)
    random = PCG64(seed: configuration.seed)
  }

  /// A reward from a file's values (`HeronConfiguration.parameters`), for a world with these widths.
  /// - Throws: `ParameterError` that names the key.
  public convenience init(
    _ given: JSONObject, observationWidth: Int, actionWidth: Int, seed: UInt64 = 1
  ) throws(ParameterError) {
    let values = try Parameters(given, of: HeronConfiguration.parameters)
    let (signals, levels) = try NamedSignal.list(
      values.json("signals"), observationWidth: observationWidth, actionWidth: actionWidth)
    self.init(
      SignalHierarchy(levels, spread: SignalHierarchy.Spread(rawValue: values.string("spread"))!),
      signals: StepSignals(signals), configuration: try HeronConfiguration(values, seed: seed))
  }

  /// Makes this the learner's reward: fitted when learning starts, and again every `fitEvery` steps, on what the
  /// learner's buffer holds then.
  public func attach(to learner: OffPolicyLearner, onFit: @escaping (Report) -> Void = { _ in }) {
    learner.reward = self
    learner.rewardTime = .sampled
    let start = learner.configuration.learningStarts
    learner.afterStep = { [unowned learner, unowned self] in
      guard learner.steps >= start, (learner.steps - start) % configuration.fitEvery == 0 else { return }
      let updates = learner.steps == start ? configuration.firstUpdates : configuration.updates
      onFit(learner.buffer.withBatch { fit(on: $0, updates: updates) })
    }
  }

  /// Trains the model on rows drawn from `data` (with a replay buffer: everything it holds).
  /// - Parameter updates: Training steps, each of `batchSize` rows.
  @discardableResult
  public func fit(on data: TransitionBatch, updates: Int) -> Report {
    let rows = signals(data)
    let width = hierarchy.width
    var diagnostics = HierarchyDiagnostics(levels: width)
    let valid = (0..<data.lanes).filter { hierarchy.isValid(rows, row: $0) }
    let spreads = hierarchy.spreads(of: rows)
    let margins = fixedMargins ?? hierarchy.margins(of: rows)
    guard !valid.isEmpty else {
      diagnostics.rejectedRows = data.lanes
      return Report(
        pairAccuracy: .nan, loss: .nan, diagnostics: diagnostics, margins: margins,
        warnings: diagnostics.warnings(hierarchy))
    }
    scales = spreads.map { $0 > 0 ? Float(1 / $0) : 1 }
    let model = prepared(for: data)
    var (accuracy, loss, steps) = (0.0, 0.0, 0)
    for _ in 0..<updates {
      let chosen = (0..<configuration.batchSize).map { _ in valid[random.integer(below: valid.count)] }
      let picked = chosen.flatMap { rows[$0 * width..<($0 + 1) * width] }
      let pairs = hierarchy.label(picked, margins: margins, diagnostics: &diagnostics)
      gather(chosen, data, rows)
      if let fit = model.train(input, pairs: pairs.map { ($0.winner, $0.loser) }) {
        accuracy += fit.accuracy
        loss += fit.loss
        steps += 1
      }
    }
    diagnostics.rejectedRows = data.lanes - valid.count
    normalize(model, (0..<512).map { _ in valid[random.integer(below: valid.count)] }, data, rows)
    return Report(
      pairAccuracy: steps == 0 ? .nan : accuracy / Double(steps),
      loss: steps == 0 ? .nan : loss / Double(steps), diagnostics: diagnostics, margins: margins,
      warnings: diagnostics.warnings(hierarchy))
  }

  /// Pays the model's reward, normalised; 0 before the first fit, and 0 (the mean) where a signal that the model
  /// reads is not finite.
  public func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
    guard let model else { return rewards.update(repeating: 0) }
    let rows = signals(batch)
    gather(Array(0..<batch.lanes), batch, rows)
    let found = model.rewards(input, rows: batch.lanes)
    let isReading = configuration.inputs == .observationAndSignals
    for lane in 0..<batch.lanes {
      let isKnown = found[lane].isFinite && (!isReading || hierarchy.isValid(rows, row: lane))
      rewards[lane] = isKnown ? (Double(found[lane]) - mean) / deviation : 0
    }
  }

  private func prepared(for data: TransitionBatch) -> BradleyTerryStepModel {
    if let model { return model }
    let width =
      data.observationWidth + (configuration.inputs == .observationAndSignals ? hierarchy.width : 0)
    let made = BradleyTerryStepModel(
      inputWidth: width, hidden: configuration.hidden, learningRate: configuration.learningRate,
      random: &random)
    model = made
    return made
  }

  /// The model's inputs of some lanes, into `input`.
  private func gather(_ lanes: [Int], _ data: TransitionBatch, _ rows: [Float]) {
    input.removeAll(keepingCapacity: true)
    let width = data.observationWidth
    for lane in lanes {
      for place in lane * width..<(lane + 1) * width { input.append(data.observations[place]) }
      if configuration.inputs == .observationAndSignals {
        for level in 0..<hierarchy.width {
          input.append(rows[lane * hierarchy.width + level] * scales[level])
        }
      }
    }
  }

  private func normalize(
    _ model: BradleyTerryStepModel, _ lanes: [Int], _ data: TransitionBatch, _ rows: [Float]
  ) {
    guard configuration.normalizesOutput else { return }
    gather(lanes, data, rows)
    let found = model.rewards(input, rows: lanes.count)
    let average = found.reduce(0.0) { $0 + Double($1) } / Double(lanes.count)
    let squares = found.reduce(0.0) { $0 + (Double($1) - average) * (Double($1) - average) }
    let spread = (squares / Double(lanes.count)).squareRoot() + 1e-6
    let isFirst = mean == 0 && deviation == 1
    let rate = isFirst ? 1 : configuration.normalizerRate
    mean += rate * (average - mean)
    deviation += rate * (spread - deviation)
  }
}

/// The baseline of hand-made weights: the sum of beta^level times each signal, better made positive.
public final class WeightedSumReward: StepReward {
  public let hierarchy: SignalHierarchy
  public let signals: StepSignals
  public let beta: Double
  private let weights: [Double]

  /// - Parameter beta: How much less each level counts than the one above it.
  public init(_ hierarchy: SignalHierarchy, signals: StepSignals, beta: Double) {
    precondition(
      signals.width == hierarchy.width, "\(signals.width) signals for \(hierarchy.width) levels")
    self.hierarchy = hierarchy
    self.signals = signals
    self.beta = beta
    var weight = 1.0
    weights = hierarchy.levels.map { level in
      defer { weight *= beta }
      return level.better == .higher ? weight : -weight
    }
  }

  public func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
    let rows = signals(batch)
    for lane in 0..<batch.lanes {
      rewards[lane] = 0
      for (level, weight) in weights.enumerated() {
        rewards[lane] += weight * Double(rows[lane * weights.count + level])
      }
    }
  }
}
