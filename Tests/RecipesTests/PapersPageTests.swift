import Foundation
import Recipes
import Shelf
import Testing

@Suite struct PapersPageTests {
  @Test func `docs papers.md says what the shelf says; run make papers when it does not`() throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let page = try String(contentsOf: root.appending(path: "docs/papers.md"), encoding: .utf8)
    let isSame = page == Shelf.standard.markdown
    #expect(isSame, "docs/papers.md is not what the shelf gives: run make papers and commit the file")
  }
}
