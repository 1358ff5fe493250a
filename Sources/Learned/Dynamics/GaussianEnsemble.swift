import Foundation
import Numeric

/// The settings of a `GaussianEnsemble`; the defaults are those of MOREC's and MOPO's code.
public struct GaussianEnsembleConfiguration: Sendable, Equatable {
  public var members = 7
  public var elites = 5
  public var hidden = [200, 200, 200, 200]
  public var learningRate = 1e-3
  /// Decoupled weight decay of all layers.
  public var weightDecay = 5e-5
  public var batchSize = 256
  public var maximumEpochs = 500
  /// Gradient steps of each member at most.
  public var maximumSteps = Int.max
  /// A member stops after so many epochs without an improvement by 1% of its error on the held-out rows.
  public var patience = 5
  public var holdOutShare = 0.2
  public var holdOutLimit = 1000
  public var seed: UInt64 = 1

  public init() {}
}

/// Several Gaussian transition models of the same data; the best on held-out rows, the elites, imagine.
public final class GaussianEnsemble {
  public let normalizer: TransitionNormalizer
  public let models: [GaussianTransitionModel]
  /// Each model's mean squared error on the held-out rows, in normalised units.
  public let errors: [Double]
  /// Indices of the models that imagine, the best first.
  public let elites: [Int]

  /// An ensemble of models that are fitted already.
  init(_ normalizer: TransitionNormalizer, models: [GaussianTransitionModel], errors: [Double], elites: [Int])
  {
    self.normalizer = normalizer
    self.models = models
    self.errors = errors
    self.elites = elites
  }

  /// Fits the models.
  /// - Throws: `DynamicsDataError` for fewer than 10 transitions, or what `check` throws (it is called once an epoch).
  public init(
    _ data: TransitionData, configuration: GaussianEnsembleConfiguration = GaussianEnsembleConfiguration(),
    check: (DynamicsFitStep) throws -> Void = { _ in }
  ) throws {
    precondition(
      configuration.members >= 1 && 1...configuration.members ~= configuration.elites,
      "\(configuration.elites) elites of \(configuration.members) models")
    guard data.count >= 10 else { throw DynamicsDataError.tooFewTransitions(data.count, needed: 10) }
    normalizer = TransitionNormalizer(data)
    let (inputs, changes) = normalizer.rows(data)
    let rows = (inputs: inputs, targets: normalizer.targets(data, changes: changes))
    var random = PCG64(seed: configuration.seed)
    var order = Array(0..<data.count)
    order.shuffle(using: &random)
    let held = min(
      max(1, Int(configuration.holdOutShare * Double(data.count))), configuration.holdOutLimit)
    var fits: [(model: GaussianTransitionModel, error: Double)] = []
    for number in 0..<configuration.members {
      let model = GaussianTransitionModel(
        inputWidth: normalizer.inputWidth, width: normalizer.outputWidth, hidden: configuration.hidden,
        random: &random)
      fits.append(
        try Self.fit(
          model, rows, training: Array(order[held...]), held: Array(order[..<held]), configuration, &random
        ) { try check(.model(number, of: configuration.members, epoch: $0)) })
    }
    models = fits.map(\.model)
    errors = fits.map(\.error)
    let found = errors
    elites = Array(found.indices.sorted { found[$0] < found[$1] }.prefix(configuration.elites))
  }

  private static func fit(
    _ model: GaussianTransitionModel, _ rows: (inputs: [Float], targets: [Float]), training: [Int],
    held: [Int], _ configuration: GaussianEnsembleConfiguration, _ random: inout PCG64,
    _ check: (_ epoch: Int) throws -> Void
  ) throws -> (model: GaussianTransitionModel, error: Double) {
    let optimizer = Adam(
      model.network, learningRate: configuration.learningRate, weightDecay: configuration.weightDecay)
    let batch = min(configuration.batchSize, training.count)
    var training = training
    let best = model.copy()
    let heldInputs = Self.rows(held, rows.inputs, model.network.inputWidth)
    let heldTargets = Self.rows(held, rows.targets, model.width)
    var (bestError, reference, idle) = (Double.infinity, Double.infinity, 0)
    var steps = 0
    for epoch in 0..<configuration.maximumEpochs {
      if steps >= configuration.maximumSteps { break }
      try check(epoch)
      training.shuffle(using: &random)
      for start in stride(from: 0, through: training.count - batch, by: batch)
      where steps < configuration.maximumSteps {
        steps += 1
        let chosen = Array(training[start..<start + batch])
        model.addLikelihoodGradient(
          Self.rows(chosen, rows.inputs, model.network.inputWidth),
          Self.rows(chosen, rows.targets, model.width), rows: batch)
        optimizer.step()
      }
      let error = Self.squaredError(model, heldInputs, heldTargets, rows: held.count)
      if error < bestError {
        bestError = error
        best.network.take(model.network)
      }
      idle = error < 0.99 * reference ? 0 : idle + 1
      reference = min(reference, error)
      if idle >= configuration.patience { break }
    }
    return (best, bestError)
  }

  /// The mean of the elites' predicted changes for each of `rows` normalised inputs, row by row.
  func meanChanges(_ inputs: [Float], rows: Int) -> [Float] {
    let (width, outputs) = (normalizer.observationWidth, normalizer.outputWidth)
    var means = [Float](repeating: 0, count: rows * width)
    let share = 1 / Float(elites.count)
    for elite in elites {
      let output = models[elite].network.forward(inputs, rows: rows)
      for row in 0..<rows {
        for place in 0..<width { means[row * width + place] += share * output[row * 2 * outputs + place] }
      }
    }
    return means
  }

  static func rows(_ chosen: [Int], _ source: [Float], _ width: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: chosen.count * width) { buffer, count in
      for (row, index) in chosen.enumerated() {
        for place in 0..<width { buffer[row * width + place] = source[index * width + place] }
      }
      count = chosen.count * width
    }
  }

  private static func squaredError(
    _ model: GaussianTransitionModel, _ inputs: [Float], _ targets: [Float], rows: Int
  ) -> Double {
    let output = model.network.forward(inputs, rows: rows)
    var sum = 0.0
    for row in 0..<rows {
      for place in 0..<model.width {
        let distance = Double(output[row * 2 * model.width + place] - targets[row * model.width + place])
        sum += distance * distance
      }
    }
    return sum / Double(rows * model.width)
  }
}

/// Transitions from which no dynamics can be learned.
public enum DynamicsDataError: Error, Sendable, Equatable, CustomStringConvertible {
  case tooFewTransitions(Int, needed: Int)
  /// Not one snapshot of the discriminator tells real transitions from the learner's.
  case nothingLearned
  /// Transitions of other widths than the model's.
  case otherEnvironment(found: String, expected: String)

  public var description: String {
    switch self {
    case .tooFewTransitions(let count, let needed):
      "\(count) transitions are too few to learn dynamics from; give at least \(needed)"
    case .nothingLearned:
      "the discriminator never told real transitions from the learner's: train for more rounds, or take the plain "
        + "formula"
    case .otherEnvironment(let found, let expected):
      "transitions of \(found), where the model knows \(expected): they are of another environment"
    }
  }
}
