/// How much a reproduction may cost.
public enum Scale: String, Sendable, CaseIterable {
  /// At most three minutes on two processor cores.
  case quick
  /// Longer, still without a GPU.
  case full
  /// Needs a CUDA device.
  case gpu
}

/// Where a system of the shelf stands.
public enum Standing: String, Sendable, CaseIterable {
  /// A file or command can name its parts, and its claim held on fresh seeds.
  case works
  /// There is a recipe, and its claim does not hold.
  case fails
  /// There is no recipe yet, or a file or command cannot yet name its parts.
  case notYet = "not yet"
}

/// One paper's claim, run against its baseline.
///
/// A recipe holds the experiment only; what it is made of (worlds, shapers, learners) lives in the rooms below.
public protocol Recipe: Sendable {
  /// The slug of its paper in the catalogue.
  var slug: String { get }
  var standing: Standing { get }
  /// The claim in words.
  var claim: String { get }
  /// The rule of the verdict in words, with the card or paper that it comes from.
  var rule: String { get }
  /// What is compared, baselines first.
  var arms: [String] { get }
  /// The scales at which it can run, quickest first.
  var scales: [Scale] { get }
  /// What was made smaller than in the paper.
  var scaledDown: String { get }
  /// Ways of breaking the method on purpose; each must make the verdict fail (tests check it).
  var faults: [Fault] { get }

  /// Runs every arm on every seed and judges the claim.
  func run(_ context: RecipeContext) throws -> RecipeResult
}

/// A way of breaking a method on purpose, to show that the verdict notices.
public struct Fault: Sendable, Equatable {
  public var name: String
  /// One line.
  public var help: String

  public init(_ name: String, help: String) {
    self.name = name
    self.help = help
  }
}

/// The run was stopped (Ctrl-C, a time limit).
public struct RecipeCancelled: Error {
  public init() {}
}

/// What a recipe is given: seeds, scale, threads, a way to report progress and to be stopped.
public struct RecipeContext: Sendable {
  public var seed: UInt64
  public var scale: Scale
  /// How many threads the recipe may use.
  public var threads: Int
  /// The fault to build in; nil for the method as published.
  public var fault: String?
  /// Called with the share done (0 to 1) and what is going on.
  public var progress: @Sendable (Double, String) -> Void
  /// Whether the run should stop.
  public var isCancelled: @Sendable () -> Bool

  public init(
    seed: UInt64 = 1, scale: Scale = .quick, threads: Int = 1, fault: String? = nil,
    progress: @escaping @Sendable (Double, String) -> Void = { _, _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.seed = seed
    self.scale = scale
    self.threads = threads
    self.fault = fault
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// `count` seeds that belong to this run's seed and no other run's.
  public func seeds(_ count: Int) -> [UInt64] {
    (0..<UInt64(count)).map { seed &* 1_000 &+ $0 }
  }

  /// Reports progress.
  /// - Throws: `RecipeCancelled` when the run should stop; call it between parts of the work.
  public func report(_ share: Double, _ text: String) throws(RecipeCancelled) {
    if isCancelled() { throw RecipeCancelled() }
    progress(min(max(share, 0), 1), text)
  }

  /// Does `work` for every seed of every arm, as many at a time as there are threads, and reports progress.
  ///
  /// - Returns: For each arm, in order, the results in the seeds' order. They do not depend on the number of
  ///   threads.
  /// - Throws: What `work` throws first, or `RecipeCancelled`.
  public func map<Arm: Sendable, Output: Sendable>(
    _ arms: [Arm], seeds: [UInt64], name: @escaping @Sendable (Arm) -> String,
    _ work: @escaping @Sendable (Arm, UInt64) throws -> Output
  ) throws -> [[Output]] {
    let total = arms.count * seeds.count
    let board = Board<Output>(count: total)
    let context = self
    Parallel.run(threads: threads) {
      while let job = board.take() {
        let (arm, seed) = (arms[job / seeds.count], seeds[job % seeds.count])
        do {
          try context.report(Double(board.finished) / Double(total), "\(name(arm)), seed \(seed)")
          board.finish(job, .success(try work(arm, seed)))
        } catch {
          board.finish(job, .failure(error))
        }
      }
    }
    let results = try board.results()
    try report(1, "all seeds done")
    return arms.indices.map { Array(results[$0 * seeds.count..<($0 + 1) * seeds.count]) }
  }
}
