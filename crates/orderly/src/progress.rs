//! Progress: a bar for a person at a terminal, a line now and then for a log.

use std::{
    cell::Cell,
    io::{self, IsTerminal},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Fewer than this are done so soon that no progress is shown.
const WORTH_A_LINE: u64 = 1_000;
/// How many lines there are from beginning to end.
const LINES: u64 = 10;

/// How many things are done, of how many.
pub(crate) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Anywhere else.
    Lines {
        /// What they are.
        things: &'static str,
        /// All of them.
        total: u64,
        /// Those that are done.
        done: Cell<u64>,
    },
}

impl Progress {
    /// None of `total` things.
    pub(crate) fn new(total: u64, things: &'static str) -> Self {
        if !io::stderr().is_terminal() {
            let done = Cell::new(0);
            return Self::Lines { things, total, done };
        }
        let bar = ProgressBar::new(total);
        let template =
            format!("{{bar:40}} {{human_pos}} of {{human_len}} {things}, {{per_sec}}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    /// So many more are done.
    pub(crate) fn add(&self, more: u64) {
        match self {
            Self::Bar(bar) => bar.inc(more),
            Self::Lines { things, total, done } => {
                let before = done.replace(done.get() + more);
                let a_tenth = (total / LINES).max(1);
                if *total >= WORTH_A_LINE && done.get() / a_tenth > before / a_tenth {
                    eprintln!("{} of {total} {things}", done.get());
                }
            }
        }
    }

    /// All are done; the bar is removed.
    pub(crate) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
