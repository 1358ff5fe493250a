import Foundation
import Torch

/// How many threads a run computes with. A run keeps its number, because sums are split by it: another number gives
/// other last bits.
enum Threads {
  /// Sets the number and warns when other programs use the processors: threads that wait for each other at every
  /// small operation then stand still for a scheduler's slice each time, and the run is many times slower.
  static func use(_ count: Int?) throws {
    if let count { try Torch.setThreads(count) }
    guard Torch.threads > 1, let busy = busyProcessors() else { return }
    let free = Double(ProcessInfo.processInfo.activeProcessorCount) - busy
    guard Double(Torch.threads) - free > 0.5 else { return }
    say(
      String(
        format: "warning: other programs keep %.1f processors busy, and %d threads would wait for them; ",
        busy, Torch.threads) + "with --threads \(max(1, Int(free.rounded()))) a run like this is faster")
  }

  /// Processors in use over a third of a second, by others than this program, which sleeps meanwhile. nil where the
  /// system does not tell.
  private static func busyProcessors() -> Double? {
    guard let first = times() else { return nil }
    usleep(300_000)
    guard let last = times(), last.total > first.total else { return nil }
    let share = Double(last.busy - first.busy) / Double(last.total - first.total)
    return share * Double(ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Clock ticks of all processors since the start, from Linux's /proc/stat.
  private static func times() -> (busy: Int, total: Int)? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first, line.hasPrefix("cpu ")
    else { return nil }
    let ticks = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    guard ticks.count > 4 else { return nil }
    // The fourth and fifth count idle time and waiting for disks.
    let total = ticks.prefix(8).reduce(0, +)
    return (total - ticks[3] - ticks[4], total)
  }
}
