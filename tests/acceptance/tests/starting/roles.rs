//! A role per context on PostgreSQL, set up as docs/POSTGRESQL.md says.

use acceptance::{Binary, Engine, Installation, Server, throwaway_postgres::ThrowawayPostgres};

const ROLES: &str = "CREATE ROLE shop LOGIN NOINHERIT PASSWORD 'change-me';
     CREATE ROLE orderly_accounts NOLOGIN;
     CREATE ROLE orderly_catalog NOLOGIN;
     CREATE ROLE orderly_ordering NOLOGIN;
     CREATE ROLE orderly_inventory NOLOGIN;
     CREATE ROLE orderly_notifications NOLOGIN;
     GRANT orderly_accounts, orderly_catalog, orderly_ordering, orderly_inventory, orderly_notifications TO shop;
     REVOKE ALL ON SCHEMA public FROM PUBLIC;
     CREATE SCHEMA accounts AUTHORIZATION orderly_accounts;
     CREATE SCHEMA catalog AUTHORIZATION orderly_catalog;
     CREATE SCHEMA ordering AUTHORIZATION orderly_ordering;
     CREATE SCHEMA inventory AUTHORIZATION orderly_inventory;
     CREATE SCHEMA notifications AUTHORIZATION orderly_notifications;";

/// An installation whose login has no rights but those of the contexts' roles. They are the server's, so it has one of its own.
fn with_roles(server: &ThrowawayPostgres) -> Installation {
    let installation = Installation::on_server(server.url().clone());
    let database = installation.database();
    database.run(ROLES);
    let mut url = database.url();
    let name = url.path().trim_start_matches('/').to_owned();
    database.run(&format!(
        "REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO shop"
    ));
    url.set_username("shop").unwrap();
    url.set_password(Some("change-me")).unwrap();
    installation.reach_at(&url);
    installation
}

#[test]
fn each_context_works_with_the_rights_of_its_own_role() {
    let server = ThrowawayPostgres::start();
    let installation = with_roles(&server);
    let database = installation.database();
    let binary = Binary::released();
    binary
        .run(installation.path(), &["migrate", "up"])
        .expecting_success();
    let owners = database.run(
        "SELECT DISTINCT schemaname, tableowner FROM pg_tables WHERE tableowner LIKE 'orderly%' ORDER BY 1",
    );
    assert_eq!(
        owners,
        "accounts|orderly_accounts\ncatalog|orderly_catalog\ninventory|orderly_inventory\nnotifications|orderly_notifications\nordering|orderly_ordering\n"
    );
    for (role, table) in [
        ("orderly_ordering", "accounts.users"),
        ("orderly_accounts", "ordering.orders"),
        ("orderly_ordering", "catalog.products"),
        ("orderly_catalog", "ordering.price_list"),
        ("orderly_ordering", "inventory.stock_items"),
        ("orderly_inventory", "ordering.orders"),
        ("orderly_notifications", "accounts.users"),
        ("orderly_ordering", "notifications.addresses"),
        ("shop", "accounts.users"),
    ] {
        let may = database.run(&format!(
            "SELECT has_table_privilege('{role}', '{table}', 'SELECT')"
        ));
        assert_eq!(may, "f\n", "{role} may read {table}");
    }

    // Copying writes to all schemas in one transaction, to each with the rights of its role.
    let source = Installation::new(Engine::Sqlite);
    binary
        .run(source.path(), &["seed", "--orders", "5"])
        .expecting_success();
    let settings = std::fs::read_to_string(installation.path().join(".env")).unwrap();
    let url = settings
        .lines()
        .find_map(|line| line.strip_prefix("ORDERLY_DATABASE_URL="))
        .unwrap();
    binary
        .run(source.path(), &["copy", "--from", "sqlite:data", "--to", url])
        .expecting_success();
    assert_eq!(database.run("SELECT count(*) FROM ordering.orders"), "5\n");
    let mut server = Server::start(&binary, installation.path());
    binary
        .run(installation.path(), &["wait-idle", "--timeout", "60"])
        .expecting_success();
    server.stop();
}
