//! A batch taken apart: what is written, and the answers that are waited for.

use super::{Answer, Upkeep};
use message_bus::WriteSet;

use crate::committing::commit_queue::Job;

/// A batch by kind. The answers are in the order of the write sets, then of the upkeep.
pub(super) struct Sorted<R> {
    pub(super) write_sets: Vec<Box<WriteSet<R>>>,
    pub(super) upkeep: Vec<Upkeep>,
    pub(super) answers: Vec<Answer>,
}

impl<R> Sorted<R> {
    pub(super) fn of(batch: Vec<Job<R, Upkeep>>) -> Self {
        let mut write_sets = Vec::with_capacity(batch.len());
        let mut answers = Vec::with_capacity(batch.len());
        let (mut upkeep, mut upkeep_answers) = (Vec::new(), Vec::new());
        for job in batch {
            match job {
                Job::WriteSet { write_set, answer } => {
                    write_sets.push(write_set);
                    answers.push(answer);
                }
                Job::Upkeep { work, answer } => {
                    upkeep.push(work);
                    upkeep_answers.push(answer);
                }
                Job::Stop => {}
            }
        }
        answers.extend(upkeep_answers);
        Self {
            write_sets,
            upkeep,
            answers,
        }
    }
}
