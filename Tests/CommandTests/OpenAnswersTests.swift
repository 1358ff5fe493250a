import Foundation
import Rewards
import Testing
import Verifiers

@testable import laurel

struct OpenAnswersTests {
  private static var model: String? {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let folder = root.appending(path: ".deps/models/all-MiniLM-L6-v2").path
    return FileManager.default.fileExists(atPath: folder + "/config.json") ? folder : nil
  }

  /// The numbers are numpy's, from the rows of the checkpoint for the ids of transformers' tokenizer without special
  /// tokens: S = A B^T of the normalised rows, 0.5 (S.max(1).mean() + S.max(0).mean()).
  @Test(.enabled(if: model != nil, "run scripts/setup to fetch the model"))
  func openAnswersAreComparedByTheModelsEmbeddings() throws {
    let answers = OpenAnswers(model: try #require(Self.model))
    let reference = "A brown dog runs across the wet grass."
    for (text, expected) in [
      (reference, 1), ("grass wet the across runs dog brown A .", 1),
      ("A dog is running on a lawn.", 0.683953),
      ("The committee approved the annual budget.", 0.418831), ("dog", 0.589562), ("", 0),
    ] {
      #expect(abs(try answers.similarity(of: text, to: reference) - expected) < 1e-5, "\(text)")
    }
  }

  @Test func aMissingModelIsSaidWithWhatToDo() throws {
    let answers = OpenAnswers(model: "no-such-model")
    let error = #expect(throws: ValidationFailure.self) { try answers.similarity(of: "a", to: "b") }
    #expect(error?.description.contains("no sentence encoder 'no-such-model'") == true)
    #expect(error?.description.contains("scripts/setup") == true)
  }

  @Test func theCommandsRegistryComparesOpenAnswers() throws {
    #expect(Registry.laurel.rewardKinds.map(\.name) == Registry.standard.rewardKinds.map(\.name))
  }
}
