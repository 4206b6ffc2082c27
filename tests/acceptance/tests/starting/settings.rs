//! Settings: which of them wins, and which are wrong.

use std::{fs, net::TcpListener};

use acceptance::{Binary, Finished, data_folder::kept};

use crate::installation::{a_closed_installation, refused_to_start};

#[tokio::test]
async fn an_address_in_use_is_named() {
    let (installation, _) = a_closed_installation().await;
    let before = kept(installation.path());
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap().to_string();
    let by_flag = refused_to_start(installation.path(), &["serve", "--bind", &address], &[]);
    let by_environment = refused_to_start(installation.path(), &["serve"], &[("ORDERLY_BIND", &address)]);
    for finished in [by_flag, by_environment] {
        let line = finished.expecting_one_line(3);
        assert!(line.contains("ORDERLY_BIND") && line.contains(&address), "{line}");
    }
    assert!(kept(installation.path()) == before);
}

#[tokio::test]
async fn a_wrong_setting_is_one_line_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    for (setting, value) in [
        ("ORDERLY_DATABASE_URL", "mysql://localhost/shop"),
        ("ORDERLY_DATABASE_URL", "sqlite:"),
        ("ORDERLY_BIND", "somewhere"),
        ("ORDERLY_LOG", "=loud="),
        ("ORDERLY_LOG", "inof"),
        ("ORDERLY_BIND", ""),
        ("ORDERLY_DATABSE_URL", "sqlite:data"),
        ("ORDERLY_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("ORDERLY_MAIL", "mailto:shop@example.com"),
        ("ORDERLY_MAIL", "smtp://shop:hush@mail.example?tls=none"),
        ("ORDERLY_MAIL_FROM", "nobody"),
        ("ORDERLY_OTLP_ENDPOINT", "localhost:4318"),
        ("ORDERLY_OTLP_ENDPOINT", "http://shop:hush@collector.example"),
        ("ORDERLY_OTLP_SAMPLE", "most"),
        ("ORDERLY_OTLP_SAMPLE", "1.5"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "grpc://shop:hush@collector.example",
        ),
        ("ORDERLY_TOKEN_SECRET", "too short"),
        ("ORDERLY_TOKEN_SECRET_FILE", "no/such/file"),
    ] {
        let line = refused_to_start(folder.path(), &["serve"], &[(setting, value)]).expecting_one_line(2);
        assert!(line.contains(setting), "{setting}={value}: {line}");
        assert!(!line.contains("hush"), "{line}");
    }
    assert!(!folder.path().join("data/accounts.sqlite").exists());
}

#[test]
fn a_line_of_the_file_that_is_none_is_named_by_its_number_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join(".env"),
        "# settings\nORDERLY_BIND=127.0.0.1:0\nORDERLY_MAIL smtp://shop:hush@mail.example\n",
    )
    .unwrap();
    let line = refused_to_start(folder.path(), &["serve"], &[]).expecting_one_line(2);
    assert!(line.contains(".env, line 3") && !line.contains("hush"), "{line}");
}

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join(".env"),
        "ORDERLY_DATABASE_URL=sqlite:of_the_file\n",
    )
    .unwrap();
    let binary = Binary::released();
    for (environment, flags, expected) in [
        (None, &["migrate", "up"][..], "of_the_file"),
        (
            Some("sqlite:of_the_environment"),
            &["migrate", "up"],
            "of_the_environment",
        ),
        (
            Some("sqlite:of_the_environment"),
            &["migrate", "up", "--database-url", "sqlite:of_the_flag"],
            "of_the_flag",
        ),
    ] {
        let mut command = binary.command(folder.path(), flags);
        command.envs(environment.map(|url| ("ORDERLY_DATABASE_URL", url)));
        assert!(!folder.path().join(expected).exists());
        Finished::from(command.output().unwrap()).expecting_success();
        assert!(folder.path().join(expected).join("ordering.sqlite").exists());
    }
}
