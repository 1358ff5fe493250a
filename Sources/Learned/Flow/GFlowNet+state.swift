import Numeric

extension GFlowNet {
  /// Keeps everything that training changes. A new flow on the same construction, conditions and settings that
  /// `restore`s it goes on as this one does, bit for bit.
  public func save(in archive: inout StateArchive) {
    archive.put(settings: line)
    archive.put("logits", Array(logits.parameters))
    archive.put("partitions", Array(partitions.parameters))
    for (index, optimizer) in optimizers.enumerated() { optimizer.save("optimizer.\(index)", in: &archive) }
    archive.put("random", random)
    archive.put("goals.weights", goals.weights)
    archive.put("goals.reached", goals.isReached)
    archive.put("walk.lengths", memory.map(\.count))
    archive.put("walk.choices", Array(memory.joined()))
    archive.put("counts", [place, walks, steps, updates])
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of another construction or other settings; the flow is then of no use.
  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: line, of: "flow")
    try archive.restore("logits", into: logits.parameters)
    try archive.restore("partitions", into: partitions.parameters)
    for (index, optimizer) in optimizers.enumerated() {
      try optimizer.restore("optimizer.\(index)", from: archive)
    }
    random = try archive.random("random")
    try goals.restore(
      weights: archive.doubles("goals.weights", count: conditions.count),
      reached: archive.flags("goals.reached"))
    let (lengths, choices) = (try archive.integers("walk.lengths"), try archive.integers("walk.choices"))
    guard lengths.reduce(0, +) == choices.count, lengths.allSatisfy({ $0 >= 0 }) else {
      throw .wrongSize("walk.choices")
    }
    var start = 0
    memory = lengths.map { length in
      defer { start += length }
      return Array(choices[start..<start + length])
    }
    let counts = try archive.integers("counts", count: 4)
    (place, walks, steps, updates) = (counts[0], counts[1], counts[2], counts[3])
  }

  /// What a state goes with: the rewards say what the objects are worth.
  private var line: String {
    var mark: UInt64 = 0xCBF2_9CE4_8422_2325
    for reward in logRewards { mark = (mark ^ reward.bitPattern) &* 0x100_0000_01B3 }
    return
      "\(graph.states) states, \(graph.choices) choices, rewards \(mark), \(conditions.vectors), \(settings)"
  }
}
