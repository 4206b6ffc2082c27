//! What of a folder is on disk, and what may be, after a power loss.
//!
//! A file's page is in memory and on disk. A sync that succeeds brings those pages to the disk that were written since they were last clean.
//! One that fails makes them clean all the same, as Linux does: their content gets to the disk only when they are written again. A name is
//! on disk when its folder was synced after it was made, changed or removed. Whatever was not synced may be on disk as well, or in part, in
//! any order.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use super::operation::Operation;
use crate::torture::Random;

const PAGE: usize = 4096;
/// A sector gets to the disk whole or not at all.
const SECTOR: usize = 512;

/// What happens to pages and names that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unsynced {
    Absent,
    Whole,
    InPart,
    Torn,
}

impl Unsynced {
    pub(crate) const ALL: [Self; 4] = [Self::Absent, Self::Whole, Self::InPart, Self::Torn];
}

/// A folder in memory and on disk.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// Files by their present inode numbers. The system reuses those of removed files.
    inodes: HashMap<u64, usize>,
    names: Names,
    names_on_disk: Names,
    changes: Vec<Change>,
}

type Names = BTreeMap<PathBuf, Entry>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    File(usize),
    Folder,
}

/// Names that change together, in one folder.
#[derive(Debug)]
struct Change {
    folder: PathBuf,
    names: Vec<(PathBuf, Option<Entry>)>,
}

#[derive(Debug, Default)]
struct File {
    in_memory: Vec<u8>,
    on_disk: Vec<u8>,
    /// What each page that is not clean has held since it was, the latest last.
    written: BTreeMap<usize, Vec<Vec<u8>>>,
    /// The shortest that it has been since it was last synced.
    shortest: usize,
}

impl Disk {
    /// Follows what happened.
    pub(crate) fn apply(&mut self, operation: &Operation, random: &mut Random) {
        match operation {
            Operation::FileMade { path, inode } => {
                self.files.push(File::default());
                let file = self.files.len() - 1;
                self.inodes.insert(*inode, file);
                self.change([(path, Some(Entry::File(file)))]);
            }
            Operation::Written { inode, offset, data } => self.file(*inode).write(*offset, data),
            Operation::Truncated { inode, length } => self.file(*inode).truncate(*length),
            Operation::FileSynced { inode, failed: false } => self.file(*inode).sync(),
            Operation::FileSynced { inode, failed: true } => self.file(*inode).fail_to_sync(random),
            Operation::FolderMade { path } => self.change([(path, Some(Entry::Folder))]),
            Operation::FolderSynced { path, failed: false } => self.sync_folder(path),
            // Its changes may be on disk or not, as before.
            Operation::FolderSynced { failed: true, .. } | Operation::Served(_) | Operation::Told(_) => {}
            Operation::Renamed { from, to } => {
                let moved = self.names.get(from).copied();
                self.change([(from, None), (to, moved)]);
            }
            Operation::Linked { from, to } => {
                let linked = self.names.get(from).copied();
                self.change([(to, linked)]);
            }
            Operation::Removed { path } => self.change([(path, None)]),
        }
    }

    fn file(&mut self, inode: u64) -> &mut File {
        let file = self.inodes.get(&inode).expect("a file is made before it is used");
        &mut self.files[*file]
    }

    fn change<const COUNT: usize>(&mut self, names: [(&PathBuf, Option<Entry>); COUNT]) {
        let folder = names[0].0.parent().expect("the folder itself stays").to_owned();
        let names: Vec<_> = names.map(|(path, entry)| (path.clone(), entry)).into();
        make(&mut self.names, &names);
        self.changes.push(Change { folder, names });
    }

    fn sync_folder(&mut self, path: &Path) {
        self.changes.retain(|change| {
            if change.folder == path {
                make(&mut self.names_on_disk, &change.names);
            }
            change.folder != path
        });
    }

    /// Writes into `folder` what may be on disk.
    pub(crate) fn image(&self, unsynced: Unsynced, random: &mut Random, folder: &Path) {
        let mut names = self.names_on_disk.clone();
        for change in &self.changes {
            let is_on_disk = match unsynced {
                Unsynced::Absent => false,
                Unsynced::Whole => true,
                Unsynced::InPart | Unsynced::Torn => random.below(2) == 0,
            };
            if is_on_disk {
                make(&mut names, &change.names);
            }
        }
        // Folders come before what is in them; what is in one that is not there is not there either.
        for (path, entry) in names {
            let path = folder.join(path);
            if !path.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match entry {
                Entry::Folder => fs::create_dir(path).unwrap(),
                Entry::File(file) => fs::write(path, self.files[file].content(unsynced, random)).unwrap(),
            }
        }
    }
}

fn make(names: &mut Names, changes: &[(PathBuf, Option<Entry>)]) {
    for (path, entry) in changes {
        match entry {
            Some(entry) => names.insert(path.clone(), *entry),
            None => names.remove(path),
        };
    }
}

impl File {
    fn write(&mut self, offset: usize, data: &[u8]) {
        let end = offset + data.len();
        if self.in_memory.len() < end {
            self.in_memory.resize(end, 0);
        }
        self.in_memory[offset..end].copy_from_slice(data);
        for page in offset / PAGE..end.div_ceil(PAGE) {
            let content = page_of(&self.in_memory, page);
            self.written.entry(page).or_default().push(content);
        }
    }

    fn truncate(&mut self, length: usize) {
        self.in_memory.resize(length, 0);
        self.shortest = self.shortest.min(length);
        self.written.retain(|page, _| page * PAGE < length);
    }

    fn sync(&mut self) {
        let pages = std::mem::take(&mut self.written);
        self.on_disk.truncate(self.shortest);
        self.on_disk.resize(self.in_memory.len(), 0);
        for (page, mut contents) in pages {
            let content = contents.pop().expect("a page that is not clean was written");
            put(&mut self.on_disk, page, &content);
        }
        self.shortest = self.in_memory.len();
    }

    /// Every page is clean from here on. Some may have been written to the disk before the sync failed.
    fn fail_to_sync(&mut self, random: &mut Random) {
        let some = random.below(2) == 0;
        for (page, mut contents) in std::mem::take(&mut self.written) {
            let content = contents.pop().expect("a page that is not clean was written");
            if some && random.below(2) == 0 {
                let end = (page * PAGE + content.len()).min(self.in_memory.len());
                self.on_disk.resize(self.on_disk.len().max(end), 0);
                put(&mut self.on_disk, page, &content);
            }
        }
    }

    fn content(&self, unsynced: Unsynced, random: &mut Random) -> Vec<u8> {
        let mut content = self.on_disk.clone();
        let in_part = matches!(unsynced, Unsynced::InPart | Unsynced::Torn);
        if unsynced == Unsynced::Absent || in_part && random.below(3) == 0 {
            return content;
        }
        content.truncate(self.shortest);
        content.resize(self.in_memory.len(), 0);
        for (page, contents) in &self.written {
            let latest = contents.last().expect("a page that is not clean was written");
            match unsynced {
                Unsynced::Absent => {}
                Unsynced::Whole => put(&mut content, *page, latest),
                Unsynced::InPart => {
                    if let Some(one) = one_of_those_or_none(contents, random) {
                        put(&mut content, *page, one);
                    }
                }
                Unsynced::Torn => {
                    let mut torn = page_of(&content, *page);
                    let Some(one) = one_of_those_or_none(contents, random) else {
                        continue;
                    };
                    torn.resize(one.len(), 0);
                    for sector in (0..one.len()).step_by(SECTOR) {
                        let end = (sector + SECTOR).min(one.len());
                        if random.below(2) == 0 {
                            torn[sector..end].copy_from_slice(&one[sector..end]);
                        }
                    }
                    put(&mut content, *page, &torn);
                }
            }
        }
        content
    }
}

fn one_of_those_or_none<'a>(contents: &'a [Vec<u8>], random: &mut Random) -> Option<&'a Vec<u8>> {
    let count = u64::try_from(contents.len()).unwrap();
    contents.get(usize::try_from(random.below(count + 1)).unwrap())
}

fn page_of(file: &[u8], page: usize) -> Vec<u8> {
    let start = (page * PAGE).min(file.len());
    file[start..(start + PAGE).min(file.len())].to_owned()
}

/// As much of a page as the file has room for.
fn put(file: &mut [u8], page: usize, content: &[u8]) {
    let start = (page * PAGE).min(file.len());
    let end = (start + content.len()).min(file.len());
    file[start..end].copy_from_slice(&content[..end - start]);
}

#[cfg(test)]
mod tests;
