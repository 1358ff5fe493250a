// One quality-diversity search on the dense planar arm, timed: what bench/qd_compare.py sets beside pyribs.
// bench-evolution METHOD BUDGET SEED ['{"sigma": 0.1}']
import Evolution
import Foundation
import Rewards

let words = CommandLine.arguments
guard words.count >= 4, let budget = Int(words[2]), let seed = UInt64(words[3]) else {
  print("usage: bench-evolution METHOD BUDGET SEED [PARAMETERS AS JSON]")
  exit(2)
}
do {
  var parameters = JSONObject()
  if words.count > 4, case .object(let given) = try JSONValue(json: words[4]) { parameters = given }
  let arm = ArmProblem(joints: 20, objective: .smoothness)
  let begin = clock()
  let found = try QualityDiversity.run(
    arm, method: words[1], parameters: parameters, budget: budget, seed: seed)
  let seconds = Double(clock() - begin) / Double(CLOCKS_PER_SEC)
  let score = found.qualityScore(over: arm.descriptorRanges)
  print(
    "{\"seconds\": \(seconds), \"evaluations\": \(found.evaluations), \"coverage\": \(found.coverage), \"qd_score\": \(score)}"
  )
} catch {
  print("\(error)")
  exit(1)
}
