//! Where one installation is: a folder, and on PostgreSQL a database as well. Both are gone when it is dropped.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use mail_server::{MailServer, Message};
use reqwest::Url;
use tempfile::TempDir;

use crate::{
    Engine,
    data_folder::contents,
    database::{Database, shared_server},
    torture::Random,
};

/// An installation, served or not. Every command that runs in its folder finds its database.
#[derive(Debug)]
pub struct Installation {
    folder: TempDir,
    database: Option<Database>,
}

impl Installation {
    /// A new one on this engine.
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self {
                folder: tempfile::tempdir().unwrap(),
                database: None,
            },
            Engine::Postgres => Self::on_server(shared_server()),
        }
    }

    /// A new one on the PostgreSQL server of which this is an administrator's URL.
    pub fn on_server(administrator: Url) -> Self {
        let database = Database::create(administrator);
        let folder = tempfile::tempdir().unwrap();
        let secret: String = (0..4).map(|_| format!("{:016x}", Random::fresh_seed())).collect();
        fs::write(folder.path().join("token_secret"), secret).unwrap();
        let installation = Self {
            folder,
            database: Some(database),
        };
        installation.reach_at(&installation.database().url());
        installation.set("ORDERLY_TOKEN_SECRET_FILE", "token_secret");
        installation
    }

    /// From now on the commands use the database at this URL.
    pub fn reach_at(&self, url: &Url) {
        self.set("ORDERLY_DATABASE_URL", url.as_str());
    }

    /// From now on the commands get this setting, in place of the former value.
    pub fn set(&self, variable: &str, value: &str) {
        let file = self.folder.path().join(".env");
        let settings = fs::read_to_string(&file).unwrap_or_default();
        let others = settings
            .lines()
            .filter(|line| !line.starts_with(&format!("{variable}=")));
        let mut settings: Vec<String> = others.map(str::to_owned).collect();
        settings.push(format!("{variable}={value}"));
        fs::write(file, settings.join("\n") + "\n").unwrap();
    }

    /// The same, which sends its mail to this server.
    #[must_use]
    pub fn sending_mail_to(self, mail: &MailServer) -> Self {
        self.set("ORDERLY_MAIL", &mail.url());
        self.set("ORDERLY_MAIL_FROM", "orders@shop.example");
        self
    }

    /// The mails in its folder, by the name of their file. There is nothing else there.
    pub fn mails(&self) -> BTreeMap<String, Message> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("data/mail")) else {
            return BTreeMap::new();
        };
        let files = entries.map(|entry| entry.unwrap());
        files
            .map(|file| {
                let name = file.file_name().into_string().unwrap();
                assert!(name.ends_with(".eml"), "found {name} among mails");
                (name, Message(fs::read_to_string(file.path()).unwrap()))
            })
            .collect()
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn is_on_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// Its database on PostgreSQL, which it has to have.
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("it is on PostgreSQL")
    }

    /// Everything that it stores, with its location.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut contents = contents(self.path());
        if let Some(database) = &self.database {
            contents.insert(PathBuf::from("the database"), database.dump());
        }
        contents
    }
}
