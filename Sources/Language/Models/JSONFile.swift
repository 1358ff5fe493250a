import Foundation
import Rewards

/// A JSON object in a file, read with errors that name the file and the key.
struct JSONFile {
  let path: String
  let object: JSONObject

  init(path: String, remedy: String) throws(ModelFolderError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ModelFolderError(file: path, problem: "the file cannot be read", remedy: remedy)
    }
    guard let text = String(data: data, encoding: .utf8),
      case .object(let object)? = try? JSONValue(json: text)
    else {
      throw ModelFolderError(
        file: path, problem: "expected a JSON object", remedy: "Download or save the file again.")
    }
    self.path = path
    self.object = object
  }

  func integer(_ key: String) throws(ModelFolderError) -> Int {
    guard case .integer(let value)? = object[key], value > 0 else {
      throw ModelFolderError(
        file: path, problem: "'\(key)' is missing or not a positive integer",
        remedy: "Use the configuration that belongs to the weights.")
    }
    return value
  }

  func number(_ key: String) -> Double? { object[key]?.double }

  func string(_ key: String) -> String? {
    if case .string(let text)? = object[key] { text } else { nil }
  }
}
