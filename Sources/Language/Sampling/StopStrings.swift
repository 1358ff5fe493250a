/// Finds the first of several strings in a stream of bytes, each byte looked at once: the automaton of Aho and
/// Corasick (1975) over UTF-8, so that neither tokens nor characters that are split over tokens matter.
struct StopStrings: Sendable {
  /// Where a stream stands: how much of which string its end spells.
  struct State: Sendable {
    fileprivate var node: Int32 = 0
  }

  /// 256 successors a node; node 0 is the start.
  private var next: [Int32]
  private var isEnd: [Bool]

  /// - Precondition: no string is empty.
  init(_ strings: [String]) {
    next = [Int32](repeating: -1, count: 256)
    isEnd = [false]
    for string in strings {
      precondition(!string.isEmpty, "an empty stop string is in every text")
      insert(string.utf8)
    }
    linkFailures()
  }

  private mutating func insert(_ bytes: String.UTF8View) {
    var node = 0
    for byte in bytes {
      let slot = node * 256 + Int(byte)
      if next[slot] < 0 {
        next[slot] = Int32(isEnd.count)
        isEnd.append(false)
        next += repeatElement(-1, count: 256)
      }
      node = Int(next[slot])
    }
    isEnd[node] = true
  }

  /// Breadth first: a missing successor is the successor of the longest proper suffix that begins some string.
  private mutating func linkFailures() {
    var suffix = [Int](repeating: 0, count: isEnd.count)
    var queue = [0]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for byte in 0..<256 {
        let inherited = node == 0 ? 0 : next[suffix[node] * 256 + byte]
        let child = Int(next[node * 256 + byte])
        if child < 0 {
          next[node * 256 + byte] = inherited
        } else {
          suffix[child] = Int(inherited)
          isEnd[child] = isEnd[child] || isEnd[suffix[child]]
          queue.append(child)
        }
      }
    }
  }

  /// Moves `state` over the next bytes of its stream; true when a string ends within them.
  func advance(_ state: inout State, over bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes {
      state.node = next[Int(state.node) * 256 + Int(byte)]
      if isEnd[Int(state.node)] { return true }
    }
    return false
  }
}
