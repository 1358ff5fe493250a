import Foundation

/// How far a long piece of work has come, with rate and time left, on standard error.
///
///     let progress = Progress(total: 400, unit: "steps")
///     progress.advance()
///     progress.line("step 1: reward 0.42")
///     progress.finish()
///
/// On a terminal it is one line, rewritten in place at most ten times a second and gone at the end; elsewhere, and
/// with TERM=dumb, a plain line now and then. It uses no colours and no escape sequences. May be called from
/// several threads.
final class Progress: @unchecked Sendable {
  enum Style: Equatable {
    /// One line in place; the terminal's width in columns.
    case inPlace(columns: Int)
    /// A line every so many seconds.
    case lines(every: Double)

    /// What suits standard error.
    static var standardError: Style {
      var size = winsize()
      let isTerminal = isatty(STDERR_FILENO) == 1
      let isKnown = isTerminal && ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
      return suited(
        isTerminal: isTerminal, columns: isKnown ? Int(size.ws_col) : 80,
        terminal: ProcessInfo.processInfo.environment["TERM"])
    }

    /// - Parameter terminal: the value of TERM.
    static func suited(isTerminal: Bool, columns: Int, terminal: String?) -> Style {
      isTerminal && terminal != nil && terminal != "dumb" ? .inPlace(columns: columns) : .lines(every: 10)
    }
  }

  private let total: Double?
  private let unit: String?
  private let style: Style
  private let write: (String) -> Void
  private let now: () -> Double
  private let began: Double

  private let lock = NSLock()
  private var done = 0.0
  private var note = ""
  private var lastShown: Double
  private var isFinished = false
  /// What the line in place says now; empty when there is none.
  private var inPlace = ""

  /// - Parameters:
  ///   - total: the work there is; nil when nobody knows.
  ///   - unit: the plural of what is counted; nil when only the share of `total` that is done says something.
  ///   - write: takes text for standard error.
  ///   - now: seconds from any fixed moment on.
  init(
    total: Double?, unit: String?, style: Style = .standardError,
    write: @escaping (String) -> Void = writeToStandardError,
    now: @escaping () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
  ) {
    self.total = total
    self.unit = unit
    self.style = style
    self.write = write
    self.now = now
    began = now()
    lastShown = began
  }

  /// Counts work that is done.
  /// - Parameter note: a few words for the end of the line; nil leaves them as they were.
  func advance(by count: Double = 1, note: String? = nil) {
    lock.withLock { record(done + count, note) }
  }

  /// Says how much is done by now; less than before changes only the note.
  func reach(_ done: Double, note: String? = nil) {
    lock.withLock { record(max(done, self.done), note) }
  }

  private func record(_ done: Double, _ note: String?) {
    self.done = done
    if let note { self.note = note }
    let time = now()
    guard !isFinished, time - lastShown >= interval else { return }
    lastShown = time
    switch style {
    case .lines: write(text(at: time) + "\n")
    case .inPlace(let columns): show(String(text(at: time).prefix(max(columns - 1, 1))))
    }
  }

  /// Writes a line of its own, above the line in place.
  func line(_ text: String) {
    lock.withLock {
      let line = inPlace
      clear()
      write(text + "\n")
      if !line.isEmpty { show(line) }
    }
  }

  /// Ends the display: the line in place goes away.
  func finish() {
    lock.withLock {
      clear()
      isFinished = true
    }
  }

  /// Seconds between two showings. The first line in place comes a little later, so that short work shows none.
  private var interval: Double {
    switch style {
    case .lines(let seconds): seconds
    case .inPlace: lastShown == began ? 0.5 : 0.1
    }
  }

  // MARK: The line in place

  private func show(_ text: String) {
    let blanks = String(repeating: " ", count: max(0, inPlace.count - text.count))
    write("\r" + text + blanks)
    inPlace = text
  }

  private func clear() {
    guard !inPlace.isEmpty else { return }
    write("\r" + String(repeating: " ", count: inPlace.count) + "\r")
    inPlace = ""
  }

  // MARK: Words

  private func text(at time: Double) -> String {
    let seconds = max(time - began, 1e-9)
    var parts = [amount]
    if done > 0 {
      if let unit { parts.append(Self.rate(done / seconds, unit)) }
      if let total, total > done { parts.append(Self.duration(seconds / done * (total - done)) + " left") }
    }
    if !note.isEmpty { parts.append(note) }
    return parts.joined(separator: "  ")
  }

  private var amount: String {
    guard let unit else { return "\(Self.number(100 * done / (total ?? 1))) %" }
    return total.map { "\(Self.number(done)) of \(Self.number($0)) \(unit)" }
      ?? "\(Self.number(done)) \(unit)"
  }

  private static func number(_ value: Double) -> String { String(format: "%.0f", value) }

  /// `12 steps/s`, or `3.4 s a step` when there is less than one a second.
  static func rate(_ rate: Double, _ unit: String) -> String {
    if rate >= 1 { return String(format: rate < 10 ? "%.1f" : "%.0f", rate) + " \(unit)/s" }
    return String(format: "%.1f", 1 / rate) + " s each"
  }

  /// `45 s`, `3 min 20 s` or `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
