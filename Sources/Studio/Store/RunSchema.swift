import Foundation
import GRDB

/// The tables of `laurel.sqlite`, and how each version of them became the next.
enum RunSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: run, steps, samples, components") { db in
      try db.execute(
        sql: """
          CREATE TABLE run (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE steps (
            step INTEGER PRIMARY KEY, time REAL NOT NULL, metrics TEXT NOT NULL);
          CREATE TABLE samples (
            id INTEGER PRIMARY KEY, step INTEGER NOT NULL,
            phase TEXT NOT NULL CHECK (phase IN ('train', 'before', 'after', 'eval')),
            "group" INTEGER NOT NULL, "index" INTEGER NOT NULL,
            prompt TEXT NOT NULL, completion TEXT NOT NULL, reference TEXT,
            tokens INTEGER NOT NULL, truncated INTEGER NOT NULL, advantage REAL, total REAL);
          CREATE INDEX samples_by_phase ON samples (phase, step);
          CREATE INDEX samples_by_step ON samples (step);
          CREATE TABLE components (
            sample INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
            place INTEGER NOT NULL, name TEXT NOT NULL, value REAL, outcome TEXT NOT NULL, message TEXT,
            PRIMARY KEY (sample, place)) WITHOUT ROWID;
          CREATE INDEX components_by_outcome ON components (name, outcome);
          """)
    }
    return migrator
  }
}

/// Text as SQLite keeps all of it: C strings end at the first NUL, so text that holds one is stored as bytes.
struct StoredText: DatabaseValueConvertible {
  var text: String

  init(_ text: String) { self.text = text }

  var databaseValue: DatabaseValue {
    text.utf8.contains(0) ? Data(text.utf8).databaseValue : text.databaseValue
  }

  static func fromDatabaseValue(_ value: DatabaseValue) -> StoredText? {
    switch value.storage {
    case .string(let text): StoredText(text)
    case .blob(let data): StoredText(String(decoding: data, as: UTF8.self))
    default: nil
    }
  }
}
