//! A mailer that writes each mail into a file of a folder, which any mail program opens.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use crate::{Mail, MailError, Mailer};

/// Writes mails as `<event id>.eml`. The same mail, sent again, takes the place of its file.
#[derive(Clone, Debug)]
pub struct FileMailer {
    folder: PathBuf,
}

impl FileMailer {
    /// Writes into `folder`, which is made with the first mail.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let content = mail.to_message()?.formatted();
        let folder = self.folder.clone();
        let name = mail.event_id.to_string();
        let written = tokio::task::spawn_blocking(move || {
            write(&folder, &name, &content)
                .map_err(|error| format!("cannot write mail in the folder {}: {error}", folder.display()))
        });
        match written.await {
            Ok(written) => written.map_err(MailError::NotNow),
            Err(error) => Err(MailError::NotNow(format!(
                "writing a mail ended in a panic: {error}"
            ))),
        }
    }
}

/// A file under its name is whole and on disk: it is written under another name, synced, and then given its own.
fn write(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = File::create(&partial)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(format!("{name}.eml")))?;
    // The name is on disk when its folder is.
    File::open(folder)?.sync_all()
}
