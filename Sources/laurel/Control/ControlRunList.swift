import Control
import Foundation
import Rewards

/// A control run's folder as `laurel runs` shows it.
struct ControlRunEntry {
  var folder: URL
  var state: String
  var steps: Int?
  var meanReturn: Double?

  /// Nil for a folder that holds no control run.
  init?(_ folder: URL) {
    let file = { (name: String) in folder.appending(path: name).path }
    guard ControlRunFile.isControl(path: file("run.yaml")) else { return nil }
    self.folder = folder
    let data = try? Data(contentsOf: URL(fileURLWithPath: file("summary.json")))
    let text = data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if case .object(let facts)? = try? JSONValue(json: text) {
      state = facts["interrupted"] == .bool(true) ? "broken off" : "finished"
      steps = facts["steps"]?.double.map { Int($0) }
      if case .object(let after)? = facts["after"] { meanReturn = after["total"]?.double }
    } else if let record = try? ControlCheckpoint(path: file(ControlSession.checkpointName)).read()?.record {
      (state, steps, meanReturn) = ("not finished", record.steps, record.returns.values.last)
    } else {
      state = "not finished"
    }
  }

  var line: String {
    let name = folder.lastPathComponent
    let steps = self.steps.map { "\($0) steps" } ?? "no checkpoint"
    return "\(folder.path)  \(name)  \(state)  \(steps)"
      + (meanReturn.map { String(format: "  return %.3f", $0) } ?? "")
  }

  /// The control runs that lie in a folder, by name; the folder itself where it is one.
  static func runs(in folder: URL) -> [ControlRunEntry] {
    if let own = ControlRunEntry(folder) { return [own] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { ControlRunEntry(folder.appending(path: $0)) }
  }
}
