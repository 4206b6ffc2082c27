//! `orderly users create`: creates the first admin.

use std::io;

use accounts_app::{CreateUser, Secret};
use message_bus::{Actor, CommandMeta, Handles};
use serde_json::json;

use crate::{
    command_line::CreateUserArguments, database_location::DatabaseLocation, failure::Failure,
    installation::Installation, settings::Settings,
};

/// Creates the user, beside a running server or without one.
pub(crate) async fn create_user(settings: &Settings, arguments: CreateUserArguments) -> Result<(), Failure> {
    let password = password(arguments.password_stdin)?;
    let installation = Installation::open(settings, &DatabaseLocation::of(&settings.database_url)?).await?;
    let meta = CommandMeta::new(
        Actor::Operator,
        installation.clock.now(),
        installation.ids.as_ref(),
    );
    let command = CreateUser {
        email: arguments.email,
        password,
        role: arguments.role,
    };
    let created = installation.accounts.send(command, meta).await;
    installation.close().await;
    let user = created?;
    if arguments.json {
        println!(
            "{}",
            json!({ "id": user.id, "email": user.email, "role": user.role })
        );
    } else {
        println!("created {} {} with id {}", user.role, user.email, user.id);
    }
    Ok(())
}

fn password(from_standard_input: bool) -> Result<Secret, Failure> {
    if !from_standard_input {
        return rpassword::prompt_password("Password: ")
            .map(Secret::new)
            .map_err(|error| {
                Failure::usage(format!(
                    "no password could be asked for ({error}); use --password-stdin"
                ))
            });
    }
    let mut line = String::new();
    let read = io::stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::usage(format!("no password on standard input: {error}")))?;
    if read == 0 {
        return Err(Failure::usage("no password on standard input"));
    }
    Ok(Secret::new(line.trim_end_matches(['\n', '\r']).to_owned()))
}
