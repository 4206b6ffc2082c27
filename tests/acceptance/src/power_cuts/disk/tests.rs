//! What an image of the disk holds, operation by operation.

use super::*;

const INODE: u64 = 7;

fn disk_after(operations: &[Operation]) -> Disk {
    let (mut disk, mut random) = (Disk::default(), Random::new(1));
    for operation in operations {
        disk.apply(operation, &mut random);
    }
    disk
}

fn found(disk: &Disk, unsynced: Unsynced) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    disk.image(unsynced, &mut Random::new(1), folder.path());
    fs::read(folder.path().join("log")).ok()
}

fn made() -> Vec<Operation> {
    vec![
        Operation::FileMade {
            path: "log".into(),
            inode: INODE,
        },
        Operation::FolderSynced {
            path: PathBuf::new(),
            failed: false,
        },
    ]
}

fn written(offset: usize, byte: u8) -> Operation {
    Operation::Written {
        inode: INODE,
        offset,
        data: vec![byte; PAGE],
    }
}

fn synced(failed: bool) -> Operation {
    Operation::FileSynced { inode: INODE, failed }
}

#[test]
fn what_was_synced_is_there_and_what_was_not_may_be() {
    let mut operations = made();
    operations.extend([written(0, 1), synced(false), written(PAGE, 2)]);
    let disk = disk_after(&operations);
    assert_eq!(found(&disk, Unsynced::Absent), Some(vec![1; PAGE]));
    assert_eq!(
        found(&disk, Unsynced::Whole),
        Some([vec![1; PAGE], vec![2; PAGE]].concat())
    );
}

#[test]
fn what_a_failed_sync_lost_stays_lost_until_it_is_written_again() {
    let mut operations = made();
    operations.extend([written(0, 1), synced(false), written(0, 2)]);
    let failed = |seed: u64, more: &[Operation]| {
        let (mut disk, mut random) = (Disk::default(), Random::new(seed));
        let all = [&operations[..], &[synced(true)], more].concat();
        all.iter()
            .for_each(|operation| disk.apply(operation, &mut random));
        found(&disk, Unsynced::Whole)
    };
    // Some seeds let pages get to the disk before the sync fails.
    let seed = (0..)
        .find(|seed| failed(*seed, &[]) == Some(vec![1; PAGE]))
        .unwrap();
    assert_eq!(failed(seed, &[synced(false)]), Some(vec![1; PAGE]));
    assert_eq!(failed(seed, &[written(0, 2), synced(false)]), Some(vec![2; PAGE]));
}

#[test]
fn a_name_is_there_when_its_folder_was_synced() {
    let folder = |path: &str| Operation::FolderSynced {
        path: path.into(),
        failed: false,
    };
    let file = Operation::FileMade {
        path: "data/log".into(),
        inode: INODE,
    };
    let above = Operation::FolderMade { path: "data".into() };
    let names = |operations: &[Operation]| {
        let image = tempfile::tempdir().unwrap();
        disk_after(operations).image(Unsynced::Absent, &mut Random::new(1), image.path());
        (
            image.path().join("data").exists(),
            image.path().join("data/log").exists(),
        )
    };
    let made = [above, file];
    assert_eq!(names(&made), (false, false));
    assert_eq!(names(&[&made[..], &[folder("data")]].concat()), (false, false));
    assert_eq!(names(&[&made[..], &[folder("")]].concat()), (true, false));
    assert_eq!(
        names(&[&made[..], &[folder("data"), folder("")]].concat()),
        (true, true)
    );
}

#[test]
fn a_torn_page_is_old_and_new_by_the_sector() {
    let mut operations = made();
    operations.extend([written(0, 1), synced(false), written(0, 2)]);
    let disk = disk_after(&operations);
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(1);
    let torn = (0..100).any(|image| {
        let folder = folder.path().join(image.to_string());
        fs::create_dir(&folder).unwrap();
        disk.image(Unsynced::Torn, &mut random, &folder);
        let content = fs::read(folder.join("log")).unwrap();
        let mut sectors = content.chunks(SECTOR);
        assert!(sectors.all(|sector| sector == [1; SECTOR] || sector == [2; SECTOR]));
        content.contains(&1) && content.contains(&2)
    });
    assert!(torn, "of 100 pages none was torn");
}
