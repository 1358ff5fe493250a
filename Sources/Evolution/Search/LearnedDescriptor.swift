import Worlds

/// The descriptor that TAXONS and STAX learn: an autoencoder over views, and when it is trained.
///
/// It is trained after the first exploration chunk, then after two more, then after three more, and so on. Whoever
/// stores descriptors must describe everything anew after a training: codes of different trainings are different
/// spaces.
struct LearnedDescriptor {
  private let autoencoder: Autoencoder
  private let isTrained: Bool
  private var chunksLeft = 1
  private var interval = 1
  private(set) var trainings: [Autoencoder.Training] = []
  /// A fault to build in: the code of every view is 0.
  private let isCollapsed: Bool

  /// - Parameter isTrained: false keeps the first random weights.
  init(viewWidth: Int, codeWidth: Int, isTrained: Bool, isCollapsed: Bool, random: inout PCG64) {
    autoencoder = Autoencoder(viewWidth: viewWidth, codeWidth: codeWidth, random: &random)
    self.isTrained = isTrained
    self.isCollapsed = isCollapsed
  }

  /// Writes descriptor and surprise of every individual.
  func describe(_ individuals: inout [Individual]) {
    let block = 512
    for start in stride(from: 0, to: individuals.count, by: block) {
      let range = start..<min(start + block, individuals.count)
      var views: [Float] = []
      views.reserveCapacity(range.count * autoencoder.viewWidth)
      for index in range { views += individuals[index].view }
      let (codes, errors) = autoencoder.describe(views, count: range.count)
      for (place, index) in range.enumerated() {
        let width = autoencoder.codeWidth
        individuals[index].descriptor = codes[place * width..<(place + 1) * width]
          .map { isCollapsed ? 0 : Double($0) }
        individuals[index].surprise = Double(errors[place])
      }
    }
  }

  /// Tells that an exploration chunk has ended.
  /// - Parameter views: The views of everything stored, asked for only when it is time to train.
  /// - Returns: Whether the autoencoder was trained: describe everything anew.
  mutating func chunkEnded(_ views: () -> [[Float]], random: inout PCG64) -> Bool {
    guard isTrained else { return false }
    chunksLeft -= 1
    guard chunksLeft == 0 else { return false }
    interval += 1
    chunksLeft = interval
    let all = views()
    trainings.append(autoencoder.train(all.flatMap { $0 }, count: all.count, random: &random))
    return true
  }

  /// What is wrong with the trainings so far.
  var warnings: [String] {
    trainings.enumerated().compactMap { index, training in
      training.codeSpread.upperBound > 1e-6
        ? nil
        : "after training \(index + 1) all views have the same code: the learned descriptor has collapsed"
    }
  }
}
