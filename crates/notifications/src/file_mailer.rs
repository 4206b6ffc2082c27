//! A mailer that writes each mail into a file of a folder. Any mail program can open it.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use storage::folders::{FILE_MODE, keep_to_owner, make_folder, sync_folder};

use crate::{Mail, MailError, Mailer};

/// Writes mails as `<event id>.eml`. The same mail, sent again, replaces its file.
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

/// A file under its name is complete and on disk, with every folder above it: it is written under another name, synced and renamed; the
/// rename is on disk once its folder is synced.
fn write(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    make_folder(folder)?;
    keep_to_owner(folder)?;
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(FILE_MODE)
        .open(&partial)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(format!("{name}.eml")))?;
    sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_mails::a_mail;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_mail_is_a_file_and_sent_again_it_is_the_same_file() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("not/made/yet");
        let mailer = FileMailer::new(folder.clone());
        let mut mail = a_mail("ada@example.com", 1);
        mailer.send(&mail).await.unwrap();
        mail.date = mail.date.plus_seconds(60);
        mailer.send(&mail).await.unwrap();
        let expected = format!("{}.eml", mail.event_id);
        assert_eq!(names(&folder), [expected.as_str()]);
        let content = fs::read(folder.join(expected)).unwrap();
        assert_eq!(content, mail.to_message().unwrap().formatted());
    }

    #[tokio::test]
    async fn what_a_crash_left_behind_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let mail = a_mail("ada@example.com", 1);
        let partial = folder.path().join(format!(".{}.partial", mail.event_id));
        fs::write(partial, "x".repeat(100_000)).unwrap();
        FileMailer::new(folder.path().to_owned())
            .send(&mail)
            .await
            .unwrap();
        assert_eq!(names(folder.path()), [format!("{}.eml", mail.event_id)]);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "").unwrap();
        let mailer = FileMailer::new(file.join("mail"));
        let mail = a_mail("ada@example.com", 1);
        assert!(
            matches!(mailer.send(&mail).await, Err(MailError::NotNow(reason)) if reason.contains("a file/mail"))
        );
        fs::remove_file(&file).unwrap();
        mailer.send(&mail).await.unwrap();
    }
}
