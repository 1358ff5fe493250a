import Foundation
import Rewards
import Torch

/// Writes the tokenizer of a GGUF file as the files that Hugging Face's libraries read, so that an exported model is
/// complete: `tokenizer.json` and `tokenizer_config.json` (end and begin tokens, chat template).
public enum TokenizerExport {
  /// - Throws: `GGUFError` when the file lacks a part, `TokenizerError` for another kind of tokenizer.
  public static func write(_ file: GGUFFile, folder: String) throws {
    // Reading it checks model and pre-tokenizer, and every merge.
    let tokenizer = try BytePairTokenizer(gguf: file)
    let tokens = try file.required("tokenizer.ggml.tokens", file.strings)
    let kinds = file.integers("tokenizer.ggml.token_type") ?? []
    let name = file.string("tokenizer.ggml.pre") ?? "default"
    let special = zip(tokens.indices, kinds).filter { $1 == 3 || $1 == 4 }
    let added = special.map { id, kind in
      JSONValue.object(
        JSONObject([
          ("id", .integer(id)), ("content", .string(tokens[id])), ("single_word", .bool(false)),
          ("lstrip", .bool(false)), ("rstrip", .bool(false)), ("normalized", .bool(false)),
          ("special", .bool(kind == 3)),
        ]))
    }
    let merges = try file.required("tokenizer.ggml.merges", file.strings)
    // JSONObject looks keys up one by one, so a vocabulary is written as text.
    let vocabulary = tokens.indices.map { "\(JSONValue.string(tokens[$0]).jsonText):\($0)" }
    let json = """
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":\(JSONValue.array(added).jsonText),\
      "normalizer":\(name == "qwen2" ? "{\"type\":\"NFC\"}" : "null"),\
      "pre_tokenizer":\(preTokenizer(name).jsonText),"post_processor":null,"decoder":\(byteLevel(usesRegex: true).jsonText),\
      "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,\
      "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":\(name == "llama-bpe"),\
      "vocab":{\(vocabulary.joined(separator: ","))},"merges":\(JSONValue.array(merges.map { .string($0) }).jsonText)}}
      """
    try AtomicFile.replace(folder + "/tokenizer.json", with: json)
    var pairs: [(String, JSONValue)] = [
      ("tokenizer_class", .string("PreTrainedTokenizerFast")), ("clean_up_tokenization_spaces", .bool(false)),
    ]
    for (key, id) in [("bos_token", tokenizer.beginToken), ("eos_token", tokenizer.eosToken)] {
      if let id { pairs.append((key, .string(tokens[Int(id)]))) }
    }
    if let template = file.string("tokenizer.chat_template") {
      pairs.append(("chat_template", .string(template)))
    }
    try AtomicFile.replace(
      folder + "/tokenizer_config.json", with: JSONValue.object(JSONObject(pairs)).jsonText + "\n")
  }

  private static func byteLevel(usesRegex: Bool) -> JSONValue {
    .object(
      JSONObject([
        ("type", .string("ByteLevel")), ("add_prefix_space", .bool(false)), ("trim_offsets", .bool(true)),
        ("use_regex", .bool(usesRegex)),
      ]))
  }

  /// The steps that `PreTokenizer.named` has under the same name.
  private static func preTokenizer(_ name: String) -> JSONValue {
    let first: JSONValue
    switch name {
    case "smollm":
      first = .object(JSONObject([("type", .string("Digits")), ("individual_digits", .bool(true))]))
    case "llama-bpe", "qwen2":
      first = .object(
        JSONObject([
          ("type", .string("Split")),
          (
            "pattern",
            .object(
              JSONObject([("Regex", .string(WordPattern.llama3Regex(maxDigits: name == "qwen2" ? 1 : 3)))]))
          ), ("behavior", .string("Isolated")), ("invert", .bool(false)),
        ]))
    default: return byteLevel(usesRegex: true)
    }
    return .object(
      JSONObject([
        ("type", .string("Sequence")),
        ("pretokenizers", .array([first, byteLevel(usesRegex: name == "smollm")])),
      ]))
  }
}
