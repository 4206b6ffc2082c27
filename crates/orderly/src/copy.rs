//! `orderly copy`: an installation moves from SQLite to PostgreSQL.

use std::path::Path;

use data_copy::{CopiedTable, CopyTarget, SqliteSource};
use serde_json::json;
use storage::{
    ContextDescription, DataFolder,
    postgres::{self, PostgresServer},
    sqlite,
};

use crate::{
    command_line::CopyArguments, database_location::DatabaseLocation, databases::CONTEXTS, failure::Failure,
    progress::Progress, settings::DatabaseUrl, token_secret,
};

/// Copies all of it, or nothing.
pub(crate) async fn copy(arguments: &CopyArguments) -> Result<(), Failure> {
    let (DatabaseUrl::Sqlite(_), DatabaseUrl::Postgres(to)) = (&arguments.from, &arguments.to) else {
        return Err(Failure::usage(
            "found another pair of engines, expected --from sqlite:FOLDER --to postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        ));
    };
    let server = PostgresServer::new(&to.0).map_err(|error| Failure::usage(format!("--to: {error}")))?;
    let source = DatabaseLocation::of_an_installation(&arguments.from).await?;
    let _not_served = source.lock_for_serving()?;
    let target = DatabaseLocation::Server(Box::new(server.clone()));
    let _alone = target.lock_for("copy", "copied to").await?;
    let DatabaseLocation::Folder(folder) = source else {
        return Err(Failure::usage("--from: found a server, expected a folder"));
    };
    let (mut sources, opened) = open_for_copying(&folder, &server).await?;
    let progress = Progress::new(sources.iter().map(SqliteSource::count).sum(), "rows");
    let copied = data_copy::copy(&mut sources, opened, |rows| progress.add(rows)).await;
    progress.finish();
    tell(&folder, &server, &copied?, arguments.json);
    Ok(())
}

/// Every context's file in a folder and its schema on a server, both migrated to the version of this binary.
pub(crate) async fn open_for_copying(
    folder: &DataFolder,
    server: &PostgresServer,
) -> Result<(Vec<SqliteSource>, CopyTarget), Failure> {
    let mut sources = Vec::new();
    for ContextDescription {
        name,
        sqlite,
        postgres,
        ..
    } in CONTEXTS
    {
        sources.push(SqliteSource::open(folder, name, sqlite)?);
        postgres::migrate(server, name, postgres).await?;
    }
    sqlite::common_installation(sources.iter().map(SqliteSource::installation))?;
    Ok((sources, CopyTarget::begin(server).await?))
}

fn tell(folder: &DataFolder, server: &PostgresServer, tables: &[CopiedTable], as_json: bool) {
    let rows: u64 = tables.iter().map(|table| table.rows).sum();
    let from = folder.path().display();
    let secret = folder.path().join(token_secret::FILE);
    let secret: Option<&Path> = secret.exists().then_some(&secret);
    if as_json {
        let tables: Vec<_> = tables
            .iter()
            .map(|table| json!({ "context": table.context, "table": table.table, "rows": table.rows }))
            .collect();
        println!(
            "{}",
            json!({
                "from": from.to_string(),
                "to": server.name(),
                "rows": rows,
                "tables": tables,
                "token_secret_file": secret,
            })
        );
        return;
    }
    println!(
        "copied {rows} rows from {from} to {}, and found each of them there:",
        server.name()
    );
    for CopiedTable { context, table, rows } in tables {
        println!("  {:<30} {rows:>12}", format!("{context}.{table}"));
    }
    match secret {
        Some(file) => println!(
            "from now on, serve it with ORDERLY_DATABASE_URL naming that database and with\n  ORDERLY_TOKEN_SECRET_FILE={}\n\
             so that whoever is logged in stays so; {from} was left as it was, and is served no more",
            file.display()
        ),
        None => println!(
            "from now on, serve it with ORDERLY_DATABASE_URL naming that database and with the token secret that it had,\n\
             so that whoever is logged in stays so; {from} was left as it was, and is served no more"
        ),
    }
}
