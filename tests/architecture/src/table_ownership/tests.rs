//! Planted violations of table ownership, and a tree of three owners that is clean.

use super::*;

const LOG: &str = "CREATE TABLE event_log (id BLOB) STRICT;";
const USERS: &str = "CREATE TABLE users (id BLOB) STRICT; CREATE INDEX users_by_id ON users (id);";
const ORDERS: &str =
    "CREATE TABLE orders (id BLOB) STRICT; CREATE TABLE lines (o BLOB REFERENCES orders (id));";
const LOG_SCHEMA: &str = "diesel::table! { event_log (id) { id -> Binary, } }";
const USERS_SCHEMA: &str =
    "diesel::table! { /// A user.\n #[sql_name = \"users\"] users (id) { id -> Binary, } }";
const ORDERS_SCHEMA: &str = "diesel::table! { use diesel::sql_types::*; orders (id) { id -> Binary, } }";

/// What is found when the clean tree has these files besides.
fn found(planted_sql: &[(&str, &str)], planted_rust: &[(&str, &str)]) -> Vec<String> {
    let clean_sql = [
        ("migrations/storage/sqlite/1/up.sql", LOG),
        ("migrations/accounts/sqlite/1/up.sql", USERS),
        ("migrations/ordering/sqlite/1/up.sql", ORDERS),
    ];
    let clean_rust = [
        ("crates/storage/src/schema.rs", LOG_SCHEMA),
        ("crates/accounts_infra/src/schema.rs", USERS_SCHEMA),
        ("crates/ordering_infra/src/schema.rs", ORDERS_SCHEMA),
    ];
    let files = |clean: &[(&str, &str)], planted: &[(&str, &str)]| -> Vec<SourceFile> {
        clean
            .iter()
            .chain(planted)
            .map(|(path, text)| SourceFile::new(*path, *text))
            .collect()
    };
    let owners = owners_among(["storage", "web", "accounts_infra", "ordering_infra"].into_iter());
    check(
        &owners,
        &files(&clean_sql, planted_sql),
        &files(&clean_rust, planted_rust),
    )
    .into_iter()
    .map(|violation| format!("{} {}", violation.place, violation.found))
    .collect()
}

const MIGRATION: &str = "migrations/ordering/sqlite/2/up.sql";
const ADAPTER: &str = "crates/ordering_infra/src/sqlite/orders.rs";

#[test]
fn owners_that_keep_to_their_own_tables_are_clean() {
    let adapter = "use crate::schema::orders; fn f() { orders::table.load(c); sql(\"DELETE FROM lines\"); }";
    assert_eq!(
        found(
            &[(MIGRATION, "ALTER TABLE orders ADD COLUMN x TEXT;")],
            &[(ADAPTER, adapter)]
        ),
        Vec::<String>::new()
    );
}

#[test]
fn each_planted_migration_is_found() {
    for (planted, expected) in [
        (
            "\nCREATE TABLE carts (u BLOB REFERENCES users (id));",
            ":2 `ordering` refers by a foreign key to `users`, a table of `accounts`",
        ),
        (
            "INSERT INTO orders SELECT id FROM users;",
            ":1 `ordering` names `users`, a table of `accounts`",
        ),
        (
            "CREATE INDEX i ON event_log (id);",
            ":1 `ordering` names `event_log`, a table of `storage`",
        ),
    ] {
        assert_eq!(
            found(&[(MIGRATION, planted)], &[]),
            [format!("{MIGRATION}{expected}")]
        );
    }
    let second_owner = found(&[(MIGRATION, "CREATE TABLE users (id BLOB);")], &[]);
    assert!(
        second_owner[0].ends_with("`ordering` creates `users`, a table of `accounts`"),
        "{second_owner:?}"
    );
}

#[test]
fn a_table_that_no_migration_creates_is_found() {
    let planted = "diesel::table! { baskets (id) { id -> Binary, } }";
    let expected = format!("{ADAPTER}:1 `ordering` names `baskets`, which no migration creates");
    assert_eq!(found(&[], &[(ADAPTER, planted)]), [expected]);
}

#[test]
fn another_owners_table_is_found_in_rust_however_it_is_named() {
    for planted in [
        USERS_SCHEMA,
        "fn f() { sql(\"SELECT id\\nFROM users\"); }",
        "fn f() { users::table.load(c); }",
        "use accounts_infra::schema::users;",
        "#[diesel(table_name = crate::schema::users)] struct Row;",
        "#[cfg(test)] mod tests { fn f() { sql(\"DELETE FROM users\"); } }",
    ] {
        let violations = found(&[], &[(ADAPTER, planted)]);
        assert!(
            violations.len() == 1 && violations[0].contains("names `users`"),
            "{planted}: {violations:?}"
        );
    }
}

#[test]
fn storage_names_no_contexts_table() {
    let planted = (
        "crates/storage/src/sqlite/relay.rs",
        "fn f() { sql(\"UPDATE orders SET id = 1\"); }",
    );
    assert_eq!(found(&[], &[planted]).len(), 1);
}

#[test]
fn a_test_may_make_a_table_to_try_things_on() {
    let planted = "#[cfg(test)] mod tests { fn f() { sql(\"CREATE TABLE toys (id BLOB)\"); } }";
    assert_eq!(
        found(&[], &[("crates/storage/src/sqlite/writer.rs", planted)]),
        Vec::<String>::new()
    );
    let folder = "crates/storage/src/sqlite/tests/migrations/1/up.sql";
    assert_eq!(
        found(&[(folder, "CREATE TABLE toys (id BLOB);")], &[]),
        Vec::<String>::new()
    );
    assert_eq!(found(&[(folder, "CREATE TABLE users (id BLOB);")], &[]).len(), 1);
}

#[test]
fn sql_of_no_owner_is_found() {
    let violations = found(
        &[(
            "migrations/billing/sqlite/1/up.sql",
            "CREATE TABLE bills (id BLOB);",
        )],
        &[],
    );
    assert_eq!(
        violations,
        ["migrations/billing/sqlite/1/up.sql found SQL that belongs to no owner"]
    );
}

#[test]
fn a_context_of_one_crate_owns_the_tables_of_its_migrations() {
    let owners = owners_among(["notifications", "web"].into_iter());
    let owner = Owner {
        name: "notifications".to_owned(),
        sources: "crates/notifications/".to_owned(),
    };
    assert_eq!(owners, [owner]);
}

#[test]
fn owners_without_tables_and_a_workspace_without_owners_prove_nothing() {
    let owners = owners_among(["storage"].into_iter());
    let violations = check(&owners, &[], &[]);
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(
        check(&[], &[], &[])[0]
            .found
            .starts_with("found nothing to check")
    );
}
