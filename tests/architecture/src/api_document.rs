//! `docs/API.md` and the code say the same: each code that callers can get is in the document once with its status, and the
//! document has no other code. The document's tables are made from web's declarations, whose own tests compare them; here they
//! are compared with the rules and use cases, which web does not depend on.
//!
//! Codes are read off the source text, by the few ways in which this workspace writes them.

mod codes;

use std::collections::BTreeSet;

use crate::{SourceFile, Violation, refused_codes::working_text};

/// The document's path.
pub const DOCUMENT: &str = "docs/API.md";

/// Contexts that no route reaches: their refusals are stored with deliveries, and no caller gets them.
const WITHOUT_ROUTES: &str = "crates/notifications/";

/// A code of the source, as the first two cells of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    name: String,
    /// What the second cell says; one of these, where there are several.
    as_one_of: Vec<String>,
    path: String,
}

impl Told {
    fn new(name: &str, second_cell: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            as_one_of: vec![second_cell.to_owned()],
            path: path.to_owned(),
        }
    }

    fn is(&self, (name, second_cell): &(String, String)) -> bool {
        self.name == *name && self.as_one_of.contains(second_cell)
    }
}

/// Compares the codes in `files` with the document's text.
pub fn check(files: &[SourceFile], document: &str) -> Vec<Violation> {
    let files: Vec<SourceFile> = files
        .iter()
        .filter(|file| file.path.starts_with("crates/") && !file.path.starts_with(WITHOUT_ROUTES))
        .filter(|file| !file.is_for_tests())
        .map(|file| SourceFile::new(&file.path, working_text(file)))
        .collect();
    let (told, mut violations) = codes::of(&files);

    let mut rows: BTreeSet<(String, String)> = BTreeSet::new();
    for (index, line) in document.lines().enumerate() {
        let Some(row) = row(line) else { continue };
        let place = format!("{DOCUMENT}:{}", index + 1);
        if !told.iter().any(|told| told.is(&row)) {
            violations.push(Violation::new(
                place,
                format!("found `{}` as {}, which the code does not have", row.0, row.1),
                "remove the row, or correct it",
            ));
        } else if !rows.insert(row.clone()) {
            violations.push(Violation::new(
                place,
                format!("found a second row for `{}` as {}", row.0, row.1),
                "one row is enough",
            ));
        }
    }
    for told in told {
        if !rows.iter().any(|row| told.is(row)) {
            let cell = told.as_one_of.join(" or ");
            violations.push(Violation::new(
                told.path,
                format!("found `{}`, which {DOCUMENT} does not tell as {cell}", told.name),
                format!("add the row | `{}` | {cell} | … |", told.name),
            ));
        }
    }
    violations
}

/// The first two cells of a row of a code; other tables have no such rows.
fn row(line: &str) -> Option<(String, String)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let ["", first, second, _, ..] = cells.as_slice() else {
        return None;
    };
    let name = first.strip_prefix('`')?.strip_suffix('`')?;
    let is_status = second.len() == 3 && second.bytes().all(|byte| byte.is_ascii_digit());
    let is_told = is_status || second.starts_with("in `");
    is_told.then(|| (name.to_owned(), (*second).to_owned()))
}

#[cfg(test)]
mod tests;
