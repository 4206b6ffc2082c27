//! SQL as text: which tables a statement names, and how.
//!
//! Enough to read migrations and the queries in the adapters. Deliberately not a parser: a table is a name
//! in a place where SQL needs a table.

/// How a statement names a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// It creates the table (or the view).
    Creates,
    /// A foreign key refers to it.
    References,
    /// It reads, writes or alters it.
    Uses,
}

/// A table's name in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTable {
    /// The name, in lower case, without a schema.
    pub table: String,
    /// In which role.
    pub naming: Naming,
    /// The line, from 1.
    pub line: usize,
}

/// The tables that `sql` names, in order.
pub fn named_tables(sql: &str) -> Vec<NamedTable> {
    let words = words_of(sql);
    let mut tables = Vec::new();
    let mut defined_here: Vec<String> = Vec::new();
    let mut named_after_on = false;
    for (position, (line, word)) in words.iter().enumerate() {
        let at = |offset: usize| words.get(position + offset).map_or("", |(_, word)| word.as_str());
        let before = position
            .checked_sub(1)
            .and_then(|index| words.get(index))
            .map_or("", |(_, word)| word.as_str());
        let mut name = |offset: usize, naming: Naming| {
            if let Some(table) = table_at(&words, position + offset) {
                tables.push(NamedTable {
                    table,
                    naming,
                    line: *line,
                });
            }
        };
        match word.as_str() {
            // `WITH a AS (…), b AS (…)`: a and b are names of this statement's own.
            "as" if at(1) == "(" => defined_here.push(before.to_owned()),
            ";" => named_after_on = false,
            "index" | "trigger" if before != "drop" => named_after_on = true,
            "table" | "view" if matches!(before, "create" | "temp" | "temporary" | "virtual") => {
                name(if at(1) == "if" { 4 } else { 1 }, Naming::Creates);
            }
            "table" | "view" if matches!(before, "alter" | "drop") => {
                name(if at(1) == "if" { 3 } else { 1 }, Naming::Uses);
            }
            "on" if named_after_on => {
                name(1, Naming::Uses);
                named_after_on = false;
            }
            "references" => name(1, Naming::References),
            "into" | "join" => name(1, Naming::Uses),
            "from" if before != "distinct" => {
                name(1, Naming::Uses);
                for offset in further_tables(&words, position + 1) {
                    name(offset - position, Naming::Uses);
                }
            }
            "update" if !matches!(before, "on" | "do" | "for" | "after" | "before" | "of" | "or") => {
                name(if at(1) == "or" { 3 } else { 1 }, Naming::Uses);
            }
            _ => {}
        }
    }
    tables.retain(|named| !defined_here.contains(&named.table));
    tables
}

/// Whether a string literal in Rust source is a statement, or the beginning of the part of one that names tables.
pub fn is_statement(literal: &str) -> bool {
    let words = words_of(literal);
    let word = |index: usize| words.get(index).map_or("", |(_, word)| word.as_str());
    let has = |wanted: &str| words.iter().any(|(_, word)| word == wanted);
    match word(0) {
        "select" | "with" => has("from"),
        "insert" | "replace" => has("into"),
        "update" => word(2) == "set" || word(4) == "set",
        "delete" => word(1) == "from",
        "create" | "alter" | "drop" => has("table") || has("index") || has("view") || has("trigger"),
        // A piece of a statement that is put together; in prose these words are not written large.
        "from" | "join" => literal.trim_start().starts_with(char::is_uppercase),
        _ => false,
    }
}

/// The name at `position`, unless there is a subquery or a function.
fn table_at(words: &[(usize, String)], position: usize) -> Option<String> {
    let word = |index: usize| words.get(index).map_or("", |(_, word)| word.as_str());
    let position = if word(position + 1) == "." {
        position + 2
    } else {
        position
    };
    let name = word(position);
    let is_name = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let is_function = word(position + 1) == "("
        && position
            .checked_sub(1)
            .is_some_and(|before| matches!(word(before), "from" | "join" | ","));
    (is_name && name != "select" && !is_function).then(|| name.to_owned())
}

/// The positions of the tables that follow the first one of a `FROM` after commas.
fn further_tables(words: &[(usize, String)], first: usize) -> Vec<usize> {
    let mut positions = Vec::new();
    let mut depth = 0_usize;
    for (position, (_, word)) in words.iter().enumerate().skip(first) {
        match word.as_str() {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            "," if depth == 0 => positions.push(position + 1),
            "where" | "group" | "order" | "limit" | "having" | "union" | "returning" | "on" | "set" | ";"
                if depth == 0 =>
            {
                break;
            }
            _ => {}
        }
    }
    positions
}

/// The words in lower case with their lines; comments and texts in single quotes are left out.
pub(crate) fn words_of(sql: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut line = 1;
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '\'' {
            rest.get(1..)
                .and_then(|body| body.find('\''))
                .map_or(rest.len(), |end| end + 2)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|character: char| !(character.is_alphanumeric() || character == '_'));
            let length = end.unwrap_or(rest.len());
            words.push((line, rest.get(..length).unwrap_or_default().to_lowercase()));
            length
        } else {
            // Quotes and brackets around a name say nothing about which table it is.
            if !first.is_whitespace() && !matches!(first, '"' | '`' | '[' | ']' | '\\') {
                words.push((line, first.to_string()));
            }
            first.len_utf8()
        };
        let (gone, after) = rest.split_at(length);
        line += gone.matches('\n').count();
        rest = after;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(sql: &str) -> Vec<String> {
        named_tables(sql).into_iter().map(|named| named.table).collect()
    }

    #[test]
    fn tables_are_found_wherever_sql_wants_one() {
        assert_eq!(
            used("INSERT INTO a (x) SELECT y FROM b JOIN c ON c.id = b.id WHERE b.z = 'FROM d'"),
            ["a", "b", "c"]
        );
        assert_eq!(used("UPDATE a SET x = 1"), ["a"]);
        assert_eq!(used("DELETE FROM main.a WHERE x IS DISTINCT FROM y"), ["a"]);
        assert_eq!(
            used("ALTER TABLE a RENAME TO b; DROP TABLE IF EXISTS c"),
            ["a", "c"]
        );
        assert_eq!(used("CREATE UNIQUE INDEX i ON a (x)"), ["a"]);
        assert_eq!(
            used("CREATE TRIGGER t BEFORE UPDATE OF x ON a BEGIN UPDATE b SET y = 1; END"),
            ["a", "b"]
        );
        assert_eq!(
            used("SELECT 1 FROM a AS one, b two, (SELECT x, y FROM c) WHERE x IN (1, 2)"),
            ["a", "b", "c"]
        );
    }

    #[test]
    fn what_only_looks_like_a_table_is_not_one() {
        assert_eq!(
            used("INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2 -- FROM b"),
            ["a"]
        );
        assert_eq!(
            used("WITH newest AS (SELECT x FROM a) SELECT x FROM newest"),
            ["a"]
        );
        assert_eq!(used("SELECT x FROM json_each(?)"), Vec::<String>::new());
    }

    #[test]
    fn creating_and_referring_are_told_apart() {
        let sql = "CREATE TABLE IF NOT EXISTS \"Lines\" (\n  o BLOB NOT NULL REFERENCES orders (id) ON DELETE CASCADE\n) STRICT;";
        let named = |table: &str, naming, line| NamedTable {
            table: table.to_owned(),
            naming,
            line,
        };
        assert_eq!(
            named_tables(sql),
            [
                named("lines", Naming::Creates, 1),
                named("orders", Naming::References, 2)
            ]
        );
    }

    #[test]
    fn prose_is_not_taken_for_a_statement() {
        for prose in [
            "update refused by the store",
            "select one of",
            "from the customer",
            "create the folder first",
        ] {
            assert!(!is_statement(prose), "{prose}");
        }
        for sql in [
            "select x from a",
            "UPDATE a SET x = 1",
            "FROM a WHERE",
            "delete from a",
            "DROP INDEX i",
        ] {
            assert!(is_statement(sql), "{sql}");
        }
    }
}
