//! The order in which transactions on PostgreSQL take their rows: many rows in the order of their keys, so that there are no deadlocks.
//! Checked in the text of the statements. What SQL itself does not show, such as which table comes first, is described in ADR 0013.

use std::collections::BTreeSet;

use crate::{
    SourceFile, Violation,
    rust_text::{Literal, RustText},
    sql_text::words_of,
};

/// A verb and a table whose rows need no order in the statement itself, and why.
type Exemption = (&'static str, &'static str, &'static str);

/// Writes that need no order.
pub const EXEMPTIONS: &[Exemption] = &[
    (
        "insert",
        "event_log",
        "whoever writes a version of an aggregate has its row",
    ),
    ("update", "committers", "a committer writes its own row only"),
    ("update", "consumer_positions", "`positions_of` has locked them"),
    ("update", "consumers", "one row"),
    ("update", "relay_lease", "one row"),
    ("update", "lived_time", "one row"),
    (
        "delete",
        "lived_hours",
        "the same statement has locked the row of `lived_time`, and deletes none otherwise",
    ),
    (
        "update",
        "deliveries",
        "`held_changes::lock` has locked them, or it is one row",
    ),
    ("update", "delivery_attempts", "their delivery is locked"),
    ("insert", "delivery_attempts", "their delivery is locked"),
    ("update", "order_lines", "their order is locked"),
    ("delete", "order_lines", "their order is locked"),
];

const REMEDY: &str = "take the rows in the order of their keys: `INSERT … SELECT * FROM unnest(…) ORDER BY 1`, \
    `UPDATE … FROM (SELECT … ORDER BY … FOR NO KEY UPDATE OF …)`, or name the lock that covers them among the exemptions";

/// Checks the adapters for PostgreSQL, and what storage asks both engines in one text.
pub fn check(rust: &[SourceFile], exemptions: &[Exemption]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut writes = 0;
    let mut used = BTreeSet::new();
    let adapters = rust.iter().filter(|file| {
        let of_both = file.path.starts_with("crates/storage/src/") && !file.path.contains("/sqlite");
        let of_postgres = file.path.starts_with("crates/") && file.path.contains("/postgres");
        (of_both || of_postgres) && !file.is_for_tests()
    });
    for file in adapters {
        let text = RustText::of(&file.text);
        for (line, what) in in_diesels_language(&text) {
            let place = format!("{}:{line}", file.path);
            violations.push(Violation::new(
                place,
                format!("`diesel::{what}` takes rows in no order"),
                REMEDY,
            ));
        }
        for (line, words) in statements(&text.literals) {
            for (verb, table) in writes_of(&words) {
                writes += 1;
                let exemption = exemptions
                    .iter()
                    .find(|(of, name, _)| *of == verb && *name == table);
                if is_ordered(verb, &words) {
                    continue;
                }
                match exemption {
                    Some((verb, table, _)) => {
                        used.insert((*verb, *table));
                    }
                    None => violations.push(Violation::new(
                        format!("{}:{line}", file.path),
                        format!("{verb} of `{table}` takes rows in no order"),
                        REMEDY,
                    )),
                }
            }
        }
    }
    if writes == 0 {
        violations.push(Violation::matched_nothing(
            "crates/*/src/postgres",
            "statements that write",
        ));
    }
    for (verb, table, _) in exemptions {
        if !used.contains(&(*verb, *table)) {
            let exemption = format!("an unordered {verb} of `{table}`");
            violations.push(Violation::matched_nothing(
                "tests/architecture/src/lock_order.rs",
                &exemption,
            ));
        }
    }
    violations
}

/// Statements, each with the line in which it begins. One that is put together has its parts in the literals that follow.
fn statements(literals: &[Literal]) -> Vec<(usize, Vec<String>)> {
    let mut statements: Vec<(usize, Vec<String>)> = Vec::new();
    for literal in literals {
        let words = words_of(&literal.text).into_iter().map(|(_, word)| word);
        let begins = ["SELECT ", "WITH ", "INSERT ", "UPDATE ", "DELETE "];
        if begins
            .iter()
            .any(|begin| literal.text.trim_start().starts_with(begin))
        {
            statements.push((literal.line, words.collect()));
        } else if let Some((_, statement)) = statements.last_mut() {
            statement.extend(words);
        }
    }
    statements
}

/// The writes of a statement that can be of many rows: verb and table.
fn writes_of(words: &[String]) -> Vec<(&'static str, String)> {
    let has_unnest = words.iter().any(|word| word == "unnest");
    let mut writes = Vec::new();
    for window in words.windows(3) {
        if let [first, second, third] = window {
            match (first.as_str(), second.as_str(), third.as_str()) {
                ("insert", "into", table) if has_unnest => writes.push(("insert", table.to_owned())),
                ("delete", "from", table) => writes.push(("delete", table.to_owned())),
                ("update", table, "set") => writes.push(("update", table.to_owned())),
                _ => {}
            }
        }
    }
    // A name that is put in later is that of a table to copy to, which is locked as a whole.
    writes.retain(|(_, table)| table.starts_with(char::is_alphabetic));
    writes
}

fn is_ordered(verb: &str, words: &[String]) -> bool {
    let follow = |wanted: &[&str]| words.windows(wanted.len()).any(|window| window == wanted);
    let locks = follow(&["for", "update"]) || follow(&["for", "no", "key", "update"]);
    follow(&["order", "by"]) && (verb == "insert" || locks)
}

/// Writes in Diesel's own language, each with its line: they cannot have an order.
fn in_diesels_language(text: &RustText) -> Vec<(usize, String)> {
    let words = text.words();
    let mut found = Vec::new();
    for window in words.windows(3) {
        if let [(line, "diesel"), (_, "::"), (_, what @ ("update" | "delete"))] = window {
            found.push((*line, (*what).to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str, exemptions: &[Exemption]) -> Vec<String> {
        let file = SourceFile::new("crates/shop_infra/src/postgres/tables.rs", source);
        let violations = check(&[file], exemptions);
        violations.into_iter().map(|violation| violation.found).collect()
    }

    #[test]
    fn rows_that_are_written_in_the_order_of_their_keys_are_fine() {
        let source = r#"
            BatchStatement::new("INSERT INTO a (x) SELECT * FROM unnest(").ids(x).then(") ORDER BY 1");
            BatchStatement::new("UPDATE a SET y = new.y FROM (SELECT new.* FROM a JOIN unnest(")
                .then(") AS new (x) ON a.x = new.x ORDER BY a.x FOR NO KEY UPDATE OF a) AS new WHERE a.x = new.x");
            sql_query("DELETE FROM a WHERE x IN (SELECT x FROM a ORDER BY x FOR UPDATE SKIP LOCKED)");
            sql_query("INSERT INTO b (x) VALUES ($1) ON CONFLICT DO UPDATE SET x = 1");
        "#;
        assert_eq!(found(source, &[]), Vec::<String>::new());
    }

    #[test]
    fn rows_that_are_written_in_no_order_are_found() {
        let source = r#"
            BatchStatement::new("INSERT INTO a (x) SELECT * FROM unnest(").ids(x).then(")");
            BatchStatement::new("UPDATE b SET y = new.y FROM unnest(").then(") AS new (x) WHERE b.x = new.x");
            sql_query("DELETE FROM c WHERE x < $1");
            sql_query("WITH given AS (SELECT 1), done AS (UPDATE d SET x = 1) SELECT x FROM done ORDER BY x");
            diesel::update(e::table).set(e::x.eq(1));
        "#;
        assert_eq!(
            found(source, &[("update", "b", "a reason")]),
            [
                "`diesel::update` takes rows in no order",
                "insert of `a` takes rows in no order",
                "delete of `c` takes rows in no order",
                "update of `d` takes rows in no order"
            ]
        );
    }

    #[test]
    fn an_exemption_that_exempts_nothing_is_found_and_so_is_a_tree_without_writes() {
        assert_eq!(found("fn nothing() {}", &[("update", "b", "a reason")]).len(), 2);
    }
}
