//! Where one installation is: a folder, and on PostgreSQL a database as well. Both are gone when it is dropped.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

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
        installation
    }

    /// Makes the commands from now on reach the database at this URL.
    pub fn reach_at(&self, url: &Url) {
        let settings = format!("ORDERLY_DATABASE_URL={url}\nORDERLY_TOKEN_SECRET_FILE=token_secret\n");
        fs::write(self.folder.path().join(".env"), settings).unwrap();
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its database on PostgreSQL, which it has to have.
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("it is on PostgreSQL")
    }

    /// Everything that it keeps, with where it stands.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut contents = contents(self.path());
        if let Some(database) = &self.database {
            contents.insert(PathBuf::from("the database"), database.dump());
        }
        contents
    }
}
