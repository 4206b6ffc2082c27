//! What the command line accepts, and its messages about what it does not.

use super::*;

#[test]
fn the_command_line_is_well_formed() {
    CommandLine::command().debug_assert();
}

#[test]
fn the_settings_have_the_documented_defaults() {
    let parsed = CommandLine::try_parse_from(["orderly", "serve"]).unwrap();
    assert_eq!(parsed.settings.database_url, "sqlite:data".parse().unwrap());
    assert_eq!(parsed.settings.mail_target(), "file:data/mail".parse().unwrap());
    assert_eq!(
        parsed.settings.mail_from.to_string(),
        "Orderly <orders@localhost>"
    );
    assert!(matches!(parsed.command, Command::Serve(serve) if serve.bind.port() == 8080));
}

#[test]
fn mail_is_kept_beside_the_data_unless_it_is_sent_elsewhere() {
    for (arguments, expected) in [
        (&["--database-url", "sqlite:/srv/shop"][..], "file:/srv/shop/mail"),
        (
            &["--database-url", "postgres://shop:secret@db/shop"],
            "file:data/mail",
        ),
        (&["--mail", "file:outbox"], "file:outbox"),
        (&["--mail", "smtp://localhost:2525"], "smtp://localhost:2525"),
    ] {
        let parsed = CommandLine::try_parse_from([&["orderly", "serve"], arguments].concat()).unwrap();
        assert_eq!(
            parsed.settings.mail_target(),
            expected.parse().unwrap(),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_wrong_setting_is_told_by_both_its_names() {
    let told = |arguments: &[&str]| wrong_setting(&CommandLine::try_parse_from(arguments).unwrap_err());
    assert_eq!(
        told(&["orderly", "serve", "--bind", "somewhere"]),
        "ORDERLY_BIND (--bind) is \"somewhere\": invalid socket address syntax"
    );
    assert_eq!(
        told(&["orderly", "--database-url", "mysql://x", "serve"]),
        "ORDERLY_DATABASE_URL (--database-url) is \"mysql://x\": expected sqlite:FOLDER, as in sqlite:data, \
         or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    );
    assert_eq!(
        told(&["orderly", "copy", "--to", "postgre://shop:secret@host/shop"]),
        "--to <URL> is \"postgre://shop@host/shop\": expected sqlite:FOLDER, as in sqlite:data, \
         or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    );
    for (url, shown) in [
        (
            "smtp://shop:secret@mail.example?tls=none",
            "smtp://shop@mail.example?tls=none",
        ),
        ("smtp://shop:sec?ret@mail.example", "smtp://…"),
        (
            "smtp://shop:secret@mail.example:port",
            "smtp://shop@mail.example:port",
        ),
    ] {
        let line = told(&["orderly", "serve", "--mail", url]);
        assert!(
            line.starts_with(&format!("ORDERLY_MAIL (--mail) is {shown:?}: ")),
            "{line}"
        );
    }
    assert_eq!(
        told(&["orderly", "serve", "--mail-from", "nobody"]),
        "ORDERLY_MAIL_FROM (--mail-from) is \"nobody\": expected a name and an address, as in Orderly <orders@example.com>"
    );
    assert!(told(&["orderly", "wait-idle", "--timeout", "0"]).starts_with("--timeout <SECONDS> is \"0\""));
}

#[test]
fn what_is_not_known_is_refused() {
    for arguments in [
        &["orderly"][..],
        &["orderly", "fly"],
        &["orderly", "serve", "--bind", "somewhere"],
        &["orderly", "--database-url", "mysql://host/shop", "serve"],
        &["orderly", "users", "create", "--email", "ada", "--role", "admin"],
        &[
            "orderly",
            "users",
            "create",
            "--email",
            "ada@example.com",
            "--role",
            "root",
        ],
        &["orderly", "wait-idle", "--timeout", "0"],
        &["orderly", "dead-letters"],
        &["orderly", "dead-letters", "show", "ordering.users"],
        &[
            "orderly",
            "dead-letters",
            "discard",
            "ordering.users:0197b2c4-6d00-7000-8000-000000000001",
        ],
        &["orderly", "consumers", "pause", "ordering.users"],
        &["orderly", "actions", "--limit", "0"],
    ] {
        let error = CommandLine::try_parse_from(arguments).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{arguments:?}");
    }
}
