//! The entries of a recorder, in its format.

use std::path::PathBuf;

/// The fixed part of an entry: kind, whether it failed, inode, offset, and the lengths of two paths and of data.
const HEAD: usize = 1 + 1 + 8 + 8 + 3 * 4;
const TOLD: u8 = b'A';
const SERVED: u8 = b'B';

/// What a process did, or an answer that a client got. Paths are below the folder that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    FileMade {
        path: PathBuf,
        inode: u64,
    },
    Written {
        inode: u64,
        offset: usize,
        data: Vec<u8>,
    },
    Truncated {
        inode: u64,
        length: usize,
    },
    FileSynced {
        inode: u64,
        failed: bool,
    },
    FolderMade {
        path: PathBuf,
    },
    FolderSynced {
        path: PathBuf,
        failed: bool,
    },
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    Linked {
        from: PathBuf,
        to: PathBuf,
    },
    Removed {
        path: PathBuf,
    },
    /// A server was started and has stored the customer, who got this answer.
    Served(String),
    /// A client got this answer.
    Told(String),
}

impl Operation {
    /// An entry with an answer that a client got.
    pub(crate) fn told(told: &str) -> Vec<u8> {
        Self::mark(TOLD, told)
    }

    /// An entry with an answer that the customer got from a server that was started.
    pub(crate) fn served(told: &str) -> Vec<u8> {
        Self::mark(SERVED, told)
    }

    fn mark(kind: u8, told: &str) -> Vec<u8> {
        let mut entry = vec![kind];
        entry.resize(HEAD - 4, 0);
        entry.extend_from_slice(&u32::try_from(told.len()).unwrap().to_le_bytes());
        entry.extend_from_slice(told.as_bytes());
        entry
    }

    /// All entries of a recording. The last may be cut off by a kill.
    pub(crate) fn all(mut recording: &[u8]) -> Vec<Self> {
        let mut operations = Vec::new();
        while let Some((operation, rest)) = Self::first(recording) {
            operations.push(operation);
            recording = rest;
        }
        operations
    }

    fn first(entry: &[u8]) -> Option<(Self, &[u8])> {
        let (head, rest) = entry.split_at_checked(HEAD)?;
        let long = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
        let length = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        let (path, rest) = rest.split_at_checked(length(18))?;
        let (other, rest) = rest.split_at_checked(length(22))?;
        let (data, rest) = rest.split_at_checked(length(26))?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).unwrap();
        let (failed, inode, offset) = (head[1] != 0, long(2), usize::try_from(long(10)).unwrap());
        let (path, other) = (PathBuf::from(text(path)), PathBuf::from(text(other)));
        let operation = match head[0] {
            b'C' => Self::FileMade { path, inode },
            b'W' => Self::Written {
                inode,
                offset,
                data: data.to_owned(),
            },
            b'T' => Self::Truncated {
                inode,
                length: offset,
            },
            b'S' => Self::FileSynced { inode, failed },
            b'M' => Self::FolderMade { path },
            b'D' => Self::FolderSynced { path, failed },
            b'R' => Self::Renamed {
                from: path,
                to: other,
            },
            b'L' => Self::Linked {
                from: path,
                to: other,
            },
            b'U' => Self::Removed { path },
            TOLD => Self::Told(text(data)),
            SERVED => Self::Served(text(data)),
            kind => panic!("found an entry of kind {kind}"),
        };
        Some((operation, rest))
    }
}
