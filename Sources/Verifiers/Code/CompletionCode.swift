/// The program in a model's answer.
enum CompletionCode {
  /// The fenced block that defines `entryPoint`, else the last fenced block, else the whole text.
  ///
  /// A fence that is not closed reaches to the end. Indentation is kept: the code may continue a prompt.
  static func extract(from completion: String, entryPoint: String?) -> String {
    guard completion.contains("```") else { return completion }
    var blocks: [String] = []
    var open: [Substring]?
    for line in completion.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        if let block = open { blocks.append(block.joined(separator: "\n") + "\n") }
        open = open == nil ? [] : nil
      } else {
        open?.append(line)
      }
    }
    if let block = open { blocks.append(block.joined(separator: "\n")) }
    let definition = entryPoint.map { "def \($0)(" }
    return blocks.first { block in definition.map(block.contains) ?? false } ?? blocks.last ?? completion
  }
}
