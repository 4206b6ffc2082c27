//! The migration can be reverted, and the list uses its index.

use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use diesel_migrations::MigrationHarness;

use super::*;
use crate::{ProductPosition, tests::a_product};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

fn plan(connection: &mut SqliteConnection, stretch: Stretch) -> String {
    let text = diesel::debug_query::<Sqlite, _>(&products_in(stretch)).to_string();
    let (statement, _) = text.split_once(" -- binds").unwrap();
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(connection)
        .unwrap();
    let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
    steps.join("; ")
}

#[test]
fn the_list_walks_along_one_index_and_sorts_nothing() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    let after: ProductPosition = a_product().position();
    let everything = Stretch {
        from: String::new(),
        before: None,
        after: None,
        at_most: 21,
    };
    let begins_with_tea = Stretch {
        from: "tea".to_owned(),
        before: Some("teb".to_owned()),
        ..everything.clone()
    };
    let further = |stretch: &Stretch| Stretch {
        after: Some(after.clone()),
        ..stretch.clone()
    };
    for (stretch, key) in [
        (further(&everything), "status=? AND name_folded>?"),
        (
            further(&begins_with_tea),
            "status=? AND name_folded>? AND name_folded<?",
        ),
        (everything, "status=? AND name_folded>?"),
        (begins_with_tea, "status=? AND name_folded>? AND name_folded<?"),
    ] {
        assert_eq!(
            plan(&mut connection, stretch),
            format!("SEARCH products USING INDEX products_status_name ({key})")
        );
    }
}

#[test]
fn the_migration_can_be_undone_and_done_again() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    connection.revert_all_migrations(MIGRATIONS).unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
}
