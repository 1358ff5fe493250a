import Foundation
import Language
import Rewards
import Verifiers

/// What `mixed_task` compares open answers with here: BMAS over the word embeddings of a sentence encoder, read when
/// the first open answer comes. The embeddings stay as they are, whatever a run trains.
final class OpenAnswers: TextSimilarity, @unchecked Sendable {
  static let shared = OpenAnswers()

  private let model: String
  private let lock = NSLock()
  private var loaded: Result<EmbeddingSimilarity, any Error>?

  /// - Parameter model: the encoder's name in .deps/models, or its folder.
  init(model: String = ModelFiles.sentenceEncoderName) { self.model = model }

  func similarity(of text: String, to reference: String) throws -> Double {
    let similarity = lock.withLock {
      let result = loaded ?? Result { try load() }
      loaded = result
      return result
    }
    return try similarity.get().similarity(of: text, to: reference)
  }

  private func load() throws -> EmbeddingSimilarity {
    let folder: String
    do { folder = try ModelFiles.sentenceEncoder(model) } catch {
      throw ValidationFailure("open answers are compared by a sentence encoder's embeddings: \(error)")
    }
    let embeddings = try TokenEmbeddings(folder: folder)
    let measure = BidirectionalMaxAverage(table: embeddings.table, width: embeddings.width)
    return EmbeddingSimilarity(measure) { embeddings.tokens(of: $0) }
  }
}

extension Registry {
  /// Everything that a specification can name in this command: the standard parts, with models where they need one.
  static let laurel: Registry = {
    var registry = Registry()
    registerVerifiers(into: &registry, openAnswers: OpenAnswers.shared)
    return registry
  }()
}
