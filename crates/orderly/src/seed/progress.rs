//! How far it is: a bar for a person at a terminal, a line now and then for a log.

use std::{
    cell::Cell,
    io::{self, IsTerminal},
};

use indicatif::{ProgressBar, ProgressStyle};

const BAR: &str = "{bar:40} {human_pos} of {human_len} orders, {per_sec}, {eta} left";
/// Fewer than this are placed before anybody wonders.
const WORTH_A_LINE: u64 = 1_000;
/// How many lines there are from beginning to end.
const LINES: u64 = 10;

/// How many orders are done, of how many.
pub(super) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Anywhere else.
    Lines {
        /// Orders in all.
        total: u64,
        /// Orders that are done.
        done: Cell<u64>,
    },
}

impl Progress {
    /// None of `total` orders.
    pub(super) fn new(total: u64) -> Self {
        if !io::stderr().is_terminal() {
            let done = Cell::new(0);
            return Self::Lines { total, done };
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    /// One order more is done.
    pub(super) fn one_more(&self) {
        match self {
            Self::Bar(bar) => bar.inc(1),
            Self::Lines { total, done } => {
                done.set(done.get() + 1);
                if *total >= WORTH_A_LINE && done.get() % (total / LINES) == 0 {
                    eprintln!("{} of {total} orders", done.get());
                }
            }
        }
    }

    /// All are done; a bar gives its line back.
    pub(super) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
