import Foundation
import Testing

@testable import laurel

@Suite struct ProgressTests {
  /// What a progress display writes, with a clock set by hand.
  private final class Screen {
    var time = 0.0
    var text = ""

    func progress(total: Double?, unit: String? = "steps", _ style: laurel.Progress.Style) -> laurel.Progress
    {
      laurel.Progress(
        total: total, unit: unit, style: style, write: { self.text += $0 }, now: { self.time })
    }

    /// What was written since the last call.
    func take() -> String {
      defer { text = "" }
      return text
    }
  }

  @Test func `on a terminal one line is rewritten with rate, time left and note, and gone at the end`() {
    let screen = Screen()
    let progress = screen.progress(total: 400, .inPlace(columns: 80))
    progress.advance(by: 10)
    #expect(screen.take() == "")
    screen.time = 2
    progress.advance(by: 90, note: "reward 0.5")
    #expect(screen.take() == "\r100 of 400 steps  50 steps/s  6 s left  reward 0.5")
    screen.time = 4
    progress.advance(by: 300, note: "")
    #expect(screen.take() == "\r400 of 400 steps  100 steps/s" + String(repeating: " ", count: 21))
    progress.finish()
    #expect(screen.take() == "\r" + String(repeating: " ", count: 29) + "\r")
    screen.time = 9
    progress.advance()
    progress.finish()
    #expect(screen.take() == "")
  }

  @Test func `it is rewritten at most ten times a second`() {
    let screen = Screen()
    let progress = screen.progress(total: nil, .inPlace(columns: 80))
    for tick in 1...3000 {
      screen.time = Double(tick) * 0.001
      progress.advance()
    }
    #expect((20...26).contains(screen.take().count { $0 == "\r" }))
  }

  @Test func `a line of the log stands above the line in place`() {
    let screen = Screen()
    let progress = screen.progress(total: nil, .inPlace(columns: 80))
    progress.line("early")
    #expect(screen.take() == "early\n")
    screen.time = 1
    progress.advance(by: 5)
    #expect(screen.take() == "\r5 steps  5.0 steps/s")
    progress.line("a bad line")
    #expect(
      screen.take() == "\r" + String(repeating: " ", count: 20) + "\ra bad line\n\r5 steps  5.0 steps/s")
  }

  @Test func `a narrow terminal cuts the line, so that it never wraps`() {
    let screen = Screen()
    let progress = screen.progress(total: 400, .inPlace(columns: 10))
    screen.time = 1
    progress.advance()
    #expect(screen.take() == "\r1 of 400 ")
  }

  @Test func `elsewhere there is a plain line every few seconds`() {
    let screen = Screen()
    let progress = screen.progress(total: 10, .lines(every: 10))
    for step in 1...5 {
      screen.time = Double(step) * 6
      progress.advance()
    }
    progress.line("note")
    progress.finish()
    #expect(
      screen.take() == """
        2 of 10 steps  6.0 s each  48 s left
        4 of 10 steps  6.0 s each  36 s left
        note

        """)
  }

  @Test func `only a terminal that can go back to the line's start gets the line in place`() {
    typealias Style = laurel.Progress.Style
    #expect(
      Style.suited(isTerminal: true, columns: 99, terminal: "xterm-256color") == .inPlace(columns: 99))
    #expect(Style.suited(isTerminal: true, columns: 99, terminal: "dumb") == .lines(every: 10))
    #expect(Style.suited(isTerminal: true, columns: 99, terminal: nil) == .lines(every: 10))
    #expect(Style.suited(isTerminal: false, columns: 99, terminal: "xterm") == .lines(every: 10))
  }

  @Test func `work without a unit is told as a share, which never goes back`() {
    let screen = Screen()
    let progress = screen.progress(total: 1, unit: nil, .lines(every: 10))
    screen.time = 12
    progress.reach(0.25, note: "GDPO, seed 1000")
    screen.time = 24
    progress.reach(0.2, note: "GDPO, seed 1001")
    #expect(
      screen.take() == """
        25 %  36 s left  GDPO, seed 1000
        25 %  1 min 12 s left  GDPO, seed 1001

        """)
  }

  @Test(arguments: [
    (0.4, "0 s"), (59, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (.infinity, "277777 h 46 min"),
  ])
  func `durations are read at a glance`(_ seconds: Double, _ text: String) {
    #expect(laurel.Progress.duration(seconds) == text)
  }
}
