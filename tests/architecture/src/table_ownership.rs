//! Who owns which table: a context's migrations and adapters name only the tables that its own migrations
//! create, storage's tables belong to storage alone, and no foreign key crosses.
//!
//! Each owner has a folder `migrations/<owner>/` and one crate that may name its tables.

use std::collections::BTreeMap;

use crate::{
    SourceFile, Violation,
    rust_text::RustText,
    sql_text::{NamedTable, Naming, is_statement, named_tables},
};

/// An owner of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its name, which is its folder's under `migrations/`.
    pub name: String,
    /// The folder of the only crate that may name its tables.
    pub sources: String,
}

/// The contexts that are one crate.
const CONTEXTS_OF_ONE_CRATE: [&str; 2] = ["catalog", "notifications"];

/// The owners that a workspace of these crates has: storage, every context that has an infra crate, and those that are one crate.
pub fn owners_among<'a>(crates: impl Iterator<Item = &'a str>) -> Vec<Owner> {
    let owner = |name: &str, of: &str| Owner {
        name: name.to_owned(),
        sources: format!("crates/{of}/"),
    };
    crates
        .filter_map(|of| match of.strip_suffix("_infra") {
            Some(context) => Some(owner(context, of)),
            None => (of == "storage" || CONTEXTS_OF_ONE_CRATE.contains(&of)).then(|| owner(of, of)),
        })
        .collect()
}

const REMEDY: &str =
    "ask the owning context through its events, or keep a table of your own in your migrations";

/// Checks the SQL files, and the Rust files of the owners' crates.
pub fn check(owners: &[Owner], sql: &[SourceFile], rust: &[SourceFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    if owners.is_empty() {
        violations.push(Violation::matched_nothing(
            "crates",
            "storage and `*_infra` crates",
        ));
    }
    let mut tables = Tables::new();
    for owner in owners {
        let before = tables.len();
        for file in sql.iter().filter(|file| owner.migrates_in(file)) {
            for named in named_tables(&file.text) {
                if named.naming == Naming::Creates {
                    // The first owner keeps the table; a second one is found with all that name what is not theirs.
                    tables.entry(named.table).or_insert(owner);
                }
            }
        }
        if tables.len() == before {
            let folder = format!("migrations/{}/", owner.name);
            violations.push(Violation::matched_nothing(
                &folder,
                "a migration that creates a table of its own",
            ));
        }
    }
    for file in sql {
        let is_for_tests = |owner: &Owner| file.is_for_tests() && file.path.starts_with(&owner.sources);
        match owners
            .iter()
            .find(|owner| owner.migrates_in(file) || is_for_tests(owner))
        {
            Some(owner) => violations.extend(
                named_tables(&file.text)
                    .iter()
                    .filter_map(|named| foreign(owner, &tables, file, named, file.is_for_tests())),
            ),
            None => violations.push(Violation::new(
                &file.path,
                "found SQL that belongs to no owner",
                "move it to migrations/<context>/<engine>/",
            )),
        }
    }
    for owner in owners {
        let mut declared = 0;
        for file in rust.iter().filter(|file| file.path.starts_with(&owner.sources)) {
            let text = RustText::of(&file.text);
            declared += declared_tables(&text).len();
            violations.extend(in_rust(owner, &tables, file, &text));
        }
        if declared == 0 {
            violations.push(Violation::matched_nothing(&owner.sources, "a Diesel `table!`"));
        }
    }
    violations
}

/// Every table that a migration creates, with its owner.
type Tables<'a> = BTreeMap<String, &'a Owner>;

impl Owner {
    fn migrates_in(&self, file: &SourceFile) -> bool {
        file.path.starts_with(&format!("migrations/{}/", self.name))
    }
}

/// A violation, unless the table is the owner's, or no owner's and only made in a test.
fn foreign(
    owner: &Owner,
    tables: &Tables<'_>,
    file: &SourceFile,
    named: &NamedTable,
    in_tests: bool,
) -> Option<Violation> {
    let whose = tables.get(&named.table);
    // The engine's own catalogue has no owner; Diesel keeps its table of migrations itself.
    let engines_own = ["sqlite_", "pragma_", "pg_"]
        .iter()
        .any(|prefix| named.table.starts_with(prefix));
    let storages_own = owner.name == "storage" && named.table == "__diesel_schema_migrations";
    let scratch = in_tests && whose.is_none();
    if engines_own || storages_own || scratch || whose.is_some_and(|whose| *whose == owner) {
        return None;
    }
    let verb = match named.naming {
        Naming::Creates => "creates",
        Naming::References => "refers by a foreign key to",
        Naming::Uses => "names",
    };
    let whose = whose.map_or("which no migration creates".to_owned(), |whose| {
        format!("a table of `{}`", whose.name)
    });
    Some(Violation::new(
        format!("{}:{}", file.path, named.line),
        format!("`{}` {verb} `{}`, {whose}", owner.name, named.table),
        REMEDY,
    ))
}

fn in_rust(owner: &Owner, tables: &Tables<'_>, file: &SourceFile, text: &RustText) -> Vec<Violation> {
    let mut found: Vec<NamedTable> = declared_tables(text);
    for literal in &text.literals {
        let statement = literal.text.replace("\\n", " ").replace("\\t", " ");
        if is_statement(&statement) {
            found.extend(named_tables(&statement).into_iter().map(|named| NamedTable {
                line: literal.line + named.line - 1,
                ..named
            }));
        }
    }
    // `table` and `dsl` are words of other crates too: only a name of an owned table counts.
    let borrowed = borrowed_tables(text).into_iter();
    found.extend(borrowed.filter(|named| tables.contains_key(&named.table)));
    let test_lines = text.test_lines();
    let in_tests = |line: usize| file.is_for_tests() || test_lines.iter().any(|lines| lines.contains(&line));
    let foreign = |named: &NamedTable| foreign(owner, tables, file, named, in_tests(named.line));
    found.iter().filter_map(foreign).collect()
}

/// The tables that Diesel's `table!` declares, each with its line.
fn declared_tables(text: &RustText) -> Vec<NamedTable> {
    let words = text.words();
    let mut tables = Vec::new();
    for (position, (_, word)) in words.iter().enumerate() {
        let is_macro = *word == "table" && words.get(position + 1).is_some_and(|(_, next)| *next == "!");
        if !is_macro {
            continue;
        }
        // `table! { #[…] use a::b; schema.name (key) { … } }`: the name is before the first parenthesis that
        // is part neither of an attribute nor of an import.
        let mut depth_in_attribute = 0_usize;
        let mut last: Option<(usize, &str)> = None;
        for (line, word) in words.iter().skip(position + 3) {
            match *word {
                "[" => depth_in_attribute += 1,
                "]" => depth_in_attribute -= 1,
                _ if depth_in_attribute > 0 => {}
                "(" => break,
                word => last = Some((*line, word)),
            }
        }
        tables.extend(last.map(|(line, name)| used(line, name)));
    }
    tables
}

/// The names of tables in Diesel's query language: `name::table`, `name::dsl`, `schema::name`.
fn borrowed_tables(text: &RustText) -> Vec<NamedTable> {
    let words = text.words();
    let mut names = Vec::new();
    for window in words.windows(3) {
        if let [(line, first), (_, "::"), (_, second)] = window {
            if matches!(*second, "table" | "dsl" | "columns" | "all_columns" | "star") {
                names.push(used(*line, first));
            }
            if *first == "schema" {
                names.push(used(*line, second));
            }
        }
    }
    names
}

fn used(line: usize, table: &str) -> NamedTable {
    NamedTable {
        table: table.to_owned(),
        naming: Naming::Uses,
        line,
    }
}

#[cfg(test)]
mod tests;
