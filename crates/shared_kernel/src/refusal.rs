//! A rule's refusal: which rule, of which kind, with its facts.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{Money, Timestamp};

/// Why a rule refused. Decides the status an HTTP caller sees: `Value` is 422, `State` is 409.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// What was asked is wrong, and would be wrong at any time.
    Value,
    /// It is wrong now: the thing is not in a state that allows it.
    State,
}

/// One fact of a refusal, as a caller sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Fact {
    /// A word or an id.
    Text(String),
    /// A count.
    Number(i64),
    /// An amount of money.
    Money(Money),
    /// A point in time.
    Time(Timestamp),
    /// Several things, each with facts of its own.
    List(Vec<Facts>),
}

/// Facts by name, in the order given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts(pub Vec<(&'static str, Fact)>);

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, fact) in &self.0 {
            map.serialize_entry(name, fact)?;
        }
        map.end()
    }
}

macro_rules! fact_from {
    ($($source:ty => $variant:ident),*) => {$(
        impl From<$source> for Fact {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
fact_from!(String => Text, &str => Text, i64 => Number, u32 => Number, Money => Money, Timestamp => Time);

/// What the error of a rule becomes: a value that every layer can pass on without knowing the rule.
///
/// Kind and code are chosen beside the rule, so a new rule changes no other layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Whether the value or the state is wrong.
    pub kind: RefusalKind,
    /// The rule's stable code, in snake case, as in `order_total_limit`.
    pub code: &'static str,
    /// A sentence for a person: what was found and what was expected.
    pub detail: String,
    /// The error's facts.
    pub facts: Facts,
}

impl Refusal {
    /// A refusal whose detail is the error's own message.
    pub fn new(kind: RefusalKind, code: &'static str, error: &impl fmt::Display) -> Self {
        Self {
            kind,
            code,
            detail: error.to_string(),
            facts: Facts::default(),
        }
    }

    /// The same, with one fact more.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.facts.0.push((name, fact.into()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Refusal {}
