import Foundation
import Language
import Rewards
import Torch

/// A mistake of the user, said in one sentence.
struct ValidationFailure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// A pretrained model on disk: a GGUF file, or a folder in Hugging Face's layout.
enum ModelFiles {
  case gguf(GGUFFile)
  case folder(String)

  static let defaultName = "SmolLM2-135M-Instruct"

  /// The model of a name (looked for in .deps/models here and beside the command's own build) or a path.
  init(_ name: String) throws {
    let path = try Self.find(name)
    self = path.hasSuffix(".gguf") ? .gguf(try GGUFFile(path: path)) : .folder(path)
  }

  /// Where the model of a name or path lies.
  static func find(_ name: String) throws -> String {
    let places = folders.flatMap { ["\($0)/\(name).gguf", "\($0)/\(name)"] }
    for path in [name] + places {
      let file = path.hasSuffix(".gguf") ? path : path + "/config.json"
      if FileManager.default.fileExists(atPath: file) { return path }
    }
    throw ValidationFailure(
      "no model '\(name)' (looked in \(folders.joined(separator: ", "))): give a .gguf file or a folder with config.json, or run scripts/setup for \(Self.defaultName)"
    )
  }

  static let sentenceEncoderName = "all-MiniLM-L6-v2"

  /// The folder of a sentence encoder, by its name (looked for in .deps/models) or path.
  static func sentenceEncoder(_ name: String = sentenceEncoderName) throws -> String {
    let candidates = [name] + folders.map { "\($0)/\(name)" }
    guard
      let folder = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/config.json") })
    else {
      throw ValidationFailure(
        "no sentence encoder '\(name)': give a folder with config.json, or run scripts/setup for \(sentenceEncoderName)"
      )
    }
    return folder
  }

  /// Where models are looked for by name: the current folder's .deps, then that of the checkout which the command
  /// was built in.
  private static var folders: [String] {
    let command = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().path
    guard let build = command.range(of: "/.build") else { return [".deps/models"] }
    return [".deps/models", command[..<build.lowerBound] + "/.deps/models"]
  }

  func model(dtype: DType, device: Device = .cpu) throws -> LlamaModel {
    switch self {
    case .gguf(let file): try LlamaModel(file, dtype: dtype, device: device)
    case .folder(let path): try LlamaModel(folder: path, dtype: dtype, device: device)
    }
  }

  func tokenizer() throws -> any Tokenizer {
    switch self {
    case .gguf(let file): try BytePairTokenizer(gguf: file)
    case .folder(let path): try BytePairTokenizer(tokenizerJSON: path + "/tokenizer.json")
    }
  }

  /// The chat template that the model carries, recognised by its text.
  func chatTemplate() throws -> ChatTemplate {
    guard let jinja = try template() else {
      throw ValidationFailure("the model has no chat template: use an instruction-tuned model")
    }
    return try ChatTemplate(recognizing: jinja)
  }

  private func template() throws -> String? {
    switch self {
    case .gguf(let file): return file.string("tokenizer.chat_template")
    case .folder(let path):
      if let jinja = FileManager.default.contents(atPath: path + "/chat_template.jinja") {
        return String(decoding: jinja, as: UTF8.self)
      }
      guard let data = FileManager.default.contents(atPath: path + "/tokenizer_config.json"),
        case .object(let object) = try JSONValue(json: String(decoding: data, as: UTF8.self)),
        case .string(let jinja)? = object["chat_template"]
      else { return nil }
      return jinja
    }
  }

  /// Elements for `auto`: bfloat16 where the device multiplies it in hardware.
  static func dtype(_ name: String, on device: Device = .cpu) -> DType {
    switch name {
    case "float32": .float32
    case "bfloat16": .bfloat16
    default:
      (device.isCPU ? Torch.hasFastBFloat16 : device.description.hasPrefix("cuda")) ? .bfloat16 : .float32
    }
  }

  /// The device of a name; `auto` is the first CUDA device where there is one, else the processor.
  static func device(_ name: String) throws -> Device {
    guard name == "auto" else { return try Device(name) }
    return (try? Device("cuda")) ?? .cpu
  }
}
