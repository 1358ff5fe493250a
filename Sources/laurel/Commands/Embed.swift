import ArgumentParser
import Foundation
import Language
import Torch

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "One JSON list of numbers per line of a text file: the vector of a sentence encoder.",
    discussion: "Vectors have length 1: the dot product of two is the cosine of their angle.")
  @Option(help: "Name of a model in .deps/models, or a sentence-transformers folder.")
  var model = ModelFiles.sentenceEncoderName
  @Option(help: "cpu, cuda, cuda:N or mps.") var device = "cpu"
  @Flag(help: "Each line is a JSON string, so that texts may hold line ends.") var json = false
  @Argument(help: "The text file.") var file: String

  /// Lines that are encoded and printed at a time.
  private static let chunk = 4096

  func run() throws {
    let texts = try texts(of: file, json: json)
    let encoder = try SentenceEncoder(folder: ModelFiles.sentenceEncoder(model), device: Device(device))
    for start in stride(from: 0, to: texts.count, by: Self.chunk) {
      let vectors = try encoder.encode(Array(texts[start..<min(start + Self.chunk, texts.count)]))
      for vector in vectors {
        print("[" + vector.map { "\($0)" }.joined(separator: ",") + "]")
      }
    }
  }
}
