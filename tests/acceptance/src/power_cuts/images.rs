//! Cutting the power at many moments of a recording, and checking each image.

use std::{
    collections::BTreeMap,
    fmt, iter,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex, mpsc},
    thread,
};

use tempfile::TempDir;

use super::{
    disk::{Disk, Unsynced},
    inspection::{Acknowledged, inspect},
    operation::Operation,
    play::play,
};
use crate::{
    Binary,
    torture::{Plan, Random},
};

/// Images of one recording, at most.
const IMAGES_OF_A_RECORDING: u64 = 1_000;
/// Images of a recording with a known bug, which most recordings show.
const IMAGES_OF_A_BUG: u64 = 20;
/// Images that are looked at, at the same time.
const AT_ONCE: usize = 3;

/// What was cut, and what was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Repeats the run's choices, though not its timing.
    pub seed: u64,
    /// Operations recorded.
    pub operations: usize,
    /// Images looked at, by what became of that which was not synced.
    images: BTreeMap<Unsynced, u64>,
    /// Images among them of a moment after a sync that had failed.
    pub after_failed_syncs: u64,
    /// Syncs that failed.
    pub failed_syncs: usize,
    /// Orders that were acknowledged by then, summed over all images.
    pub compared: u64,
    /// Images in which something acknowledged was lost or which were refused.
    pub images_with_losses: u64,
    /// What was lost.
    pub losses: Vec<String>,
}

impl Report {
    /// Images of all kinds.
    pub fn images(&self) -> u64 {
        self.images.values().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "seed {}: {} operations recorded, {} failed syncs among them; {} images, {} of a moment after a failed sync: {:?}",
            self.seed,
            self.operations,
            self.failed_syncs,
            self.images(),
            self.after_failed_syncs,
            self.images
        )?;
        write!(
            formatter,
            "  {} acknowledged orders compared, {} losses in {} images",
            self.compared,
            self.losses.len(),
            self.images_with_losses
        )?;
        for lost in self.losses.iter().take(5) {
            write!(formatter, "\n    {lost}")?;
        }
        Ok(())
    }
}

/// An image to be looked at.
struct Image {
    folder: TempDir,
    moment: usize,
    unsynced: Unsynced,
    acknowledged: Arc<Acknowledged>,
}

/// Records what this binary does, cuts the power as often as the plan says, and checks each image with a binary without a known bug. With a known
/// bug, the first recording that shows it is the last.
pub async fn cut_power(binary: &Binary, plan: Plan) -> Report {
    let mut random = Random::new(plan.seed);
    let mut report = Report {
        seed: plan.seed,
        ..Report::default()
    };
    let of_a_recording = if binary.has_canary() {
        IMAGES_OF_A_BUG
    } else {
        IMAGES_OF_A_RECORDING
    };
    let found = |report: &Report| binary.has_canary() && !report.losses.is_empty();
    while report.images() < plan.rounds && !found(&report) {
        let operations = play(binary).await;
        let images = (plan.rounds - report.images()).min(of_a_recording);
        let sound = binary.without_canary();
        let mut random = random.fork();
        report = tokio::task::spawn_blocking(move || {
            look_at_all(&operations, images, &sound, &mut random, report)
        })
        .await
        .unwrap();
    }
    report
}

fn look_at_all(
    operations: &[Operation],
    images: u64,
    binary: &Binary,
    random: &mut Random,
    report: Report,
) -> Report {
    let report = Mutex::new(report);
    let (give, take) = mpsc::sync_channel::<Image>(AT_ONCE);
    let take = Mutex::new(take);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let next = || take.lock().unwrap().recv();
                while let Ok(image) = next() {
                    look_at(&image, binary, &report);
                }
            });
        }
        make_images(operations, images, random, &report, give);
    });
    report.into_inner().unwrap()
}

fn make_images(
    operations: &[Operation],
    images: u64,
    random: &mut Random,
    report: &Mutex<Report>,
    give: mpsc::SyncSender<Image>,
) {
    let mut moments = moments(operations, images, random).into_iter().peekable();
    let (mut disk, mut acknowledged, mut failed_syncs) = (Disk::default(), Acknowledged::default(), 0);
    for (moment, operation) in operations.iter().map(Some).chain([None]).enumerate() {
        let mut shared = None;
        while moments.next_if_eq(&moment).is_some() {
            let unsynced = *random.one_of(&Unsynced::ALL).expect("there are some");
            let folder = tempfile::tempdir().unwrap();
            disk.image(unsynced, random, folder.path());
            let mut report = report.lock().unwrap();
            *report.images.entry(unsynced).or_default() += 1;
            report.after_failed_syncs += u64::from(failed_syncs > 0);
            drop(report);
            let acknowledged = Arc::clone(shared.get_or_insert_with(|| Arc::new(acknowledged.clone())));
            give.send(Image {
                folder,
                moment,
                unsynced,
                acknowledged,
            })
            .unwrap();
        }
        let Some(operation) = operation else { break };
        acknowledged.note(operation);
        failed_syncs += usize::from(matches!(
            operation,
            Operation::FileSynced { failed: true, .. } | Operation::FolderSynced { failed: true, .. }
        ));
        disk.apply(operation, random);
    }
    let mut report = report.lock().unwrap();
    report.operations += operations.len();
    report.failed_syncs += failed_syncs;
}

/// So many moments, in order: as many between two starts, on the average, as between any others, however much happened there.
fn moments(operations: &[Operation], images: u64, random: &mut Random) -> Vec<usize> {
    let is_start = |operation: &Operation| matches!(operation, Operation::Served(_));
    let starts = (0..operations.len()).filter(|at| is_start(&operations[*at]));
    let bounds: Vec<usize> = iter::once(0).chain(starts).chain([operations.len()]).collect();
    let stretches: Vec<&[usize]> = bounds.windows(2).collect();
    let mut moments: Vec<usize> = (0..images)
        .map(|_| {
            let [from, to] = random.one_of(&stretches).expect("there is one") else {
                unreachable!("windows of two");
            };
            from + usize::try_from(random.below((to - from) as u64 + 1)).unwrap()
        })
        .collect();
    moments.sort_unstable();
    moments
}

fn look_at(image: &Image, binary: &Binary, report: &Mutex<Report>) {
    let inspected = || inspect(binary, image.folder.path(), &image.acknowledged);
    // An image that cannot even be checked has lost something.
    let losses = panic::catch_unwind(AssertUnwindSafe(inspected)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().cloned();
        let literal = panic.downcast_ref::<&str>().map(|literal| (*literal).to_owned());
        vec![format!(
            "the image cannot be looked at: {}",
            message.or(literal).unwrap_or_default()
        )]
    });
    let mut report = report.lock().unwrap();
    report.compared += image.acknowledged.orders() as u64;
    report.images_with_losses += u64::from(!losses.is_empty());
    let (moment, unsynced) = (image.moment, image.unsynced);
    let told = losses
        .into_iter()
        .map(|lost| format!("at operation {moment}, unsynced {unsynced:?}: {lost}"));
    report.losses.extend(told);
}
