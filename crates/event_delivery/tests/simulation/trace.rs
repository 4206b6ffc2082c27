//! What happened in a run, as short lines: the last ones for people to read, and all of them as one number that shows whether two
//! runs were the same.

use std::{
    collections::VecDeque,
    fmt,
    hash::{Hash, Hasher},
};

use crate::{fault::Fault, subscribers};

/// Lines that are kept.
const KEPT: usize = 60;

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    Fault(Fault),
    Committed,
    Marked,
    Handed,
    Pending,
    Began,
    Ended,
    OutcomeMarked,
    HandlerCalled,
    Applied,
    AppliedBefore,
    Gap,
    Started,
    Leads,
    ConsumerBegan,
    Resumed,
    FaultsStop,
}

/// The consumer and the event that it happened to, if there are any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct About {
    pub(crate) process: Option<usize>,
    pub(crate) consumer: Option<usize>,
    /// An aggregate and its version.
    pub(crate) event: Option<(usize, u32)>,
    pub(crate) note: i64,
}

impl About {
    pub(crate) fn process(process: usize) -> Self {
        Self {
            process: Some(process),
            ..Self::default()
        }
    }

    pub(crate) fn event(aggregate: usize, version: u32) -> Self {
        Self {
            event: Some((aggregate, version)),
            ..Self::default()
        }
    }

    pub(crate) fn consumer(consumer: usize) -> Self {
        Self {
            consumer: Some(consumer),
            ..Self::default()
        }
    }

    pub(crate) const fn at(mut self, consumer: usize) -> Self {
        self.consumer = Some(consumer);
        self
    }

    pub(crate) const fn by(mut self, process: usize) -> Self {
        self.process = Some(process);
        self
    }

    pub(crate) const fn with(mut self, note: i64) -> Self {
        self.note = note;
        self
    }
}

#[derive(Clone, Copy, Debug, Hash)]
struct Line {
    at: u64,
    what: What,
    about: About,
}

/// Everything that happened, in order.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    last: VecDeque<Line>,
    sum: Sum,
    lines: u64,
}

impl Trace {
    pub(crate) fn add(&mut self, at: u64, what: What, about: About) {
        let line = Line { at, what, about };
        line.hash(&mut self.sum);
        self.lines += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// A number that two runs share only when the same happened in both.
    pub(crate) const fn sum(&self) -> u64 {
        self.sum.0
    }

    pub(crate) const fn lines(&self) -> u64 {
        self.lines
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { at, what, about } in &self.last {
            write!(formatter, "{:>9.3} s", *at as f64 / 1000.0)?;
            match about.process {
                Some(process) => write!(formatter, "  process {process}")?,
                None => write!(formatter, "           ")?,
            }
            write!(formatter, "  {:<28}", format!("{what:?}"))?;
            if let Some((aggregate, version)) = about.event {
                write!(formatter, " aggregate {aggregate} version {version}")?;
            }
            if let Some(consumer) = about.consumer {
                write!(formatter, " at {}", subscribers::NAMES[consumer])?;
            }
            if about.note != 0 {
                write!(formatter, " ({})", about.note)?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

/// A quick hash that is the same in each build (that of Firefox, "FxHash").
#[derive(Debug, Default)]
struct Sum(u64);

impl Hasher for Sum {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517C_C1B7_2722_0A95);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}
