//! Reads JSON into structs, and goes on after an error: one pass finds all of them.
//!
//! A body's struct derives its reader (`Body`): it first takes every field that it has, each as an `Option`, and only then
//! unwraps them all with `?`. A field that was not taken is unknown.

use std::fmt;

use super::json::Json;
use crate::field_errors::{FieldErrors, Wrong};

/// Where in the body a value is: a JSON pointer (RFC 6901), written out only if there is an error.
pub(crate) enum Pointer<'a> {
    Root,
    Field(&'a Pointer<'a>, &'a str),
    Item(&'a Pointer<'a>, usize),
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, name) => {
                write!(
                    formatter,
                    "{parent}/{}",
                    name.replace('~', "~0").replace('/', "~1")
                )
            }
            Self::Item(parent, index) => write!(formatter, "{parent}/{index}"),
        }
    }
}

/// Where a value is read, and where its errors are recorded.
pub(crate) struct Location<'a> {
    at: &'a Pointer<'a>,
    errors: &'a mut FieldErrors,
}

impl<'a> Location<'a> {
    pub(super) const fn root(errors: &'a mut FieldErrors) -> Self {
        Self {
            at: &Pointer::Root,
            errors,
        }
    }

    /// Records that the value is wrong.
    pub(crate) fn refuse(&mut self, wrong: Wrong) {
        self.errors.add(self.at, wrong);
    }

    /// The value, unless it is wrong, which is recorded.
    pub(crate) fn noting<T>(&mut self, read: Result<T, Wrong>) -> Option<T> {
        read.map_err(|wrong| self.refuse(wrong)).ok()
    }

    fn read_within<T: FromJson>(&mut self, at: &Pointer<'_>, json: Json) -> Option<T> {
        let errors = &mut *self.errors;
        T::from_json(json, &mut Location { at, errors })
    }
}

/// A type that callers send.
pub(crate) trait FromJson: Sized {
    /// Reads it. `None` means that an error was recorded.
    fn from_json(json: Json, place: &mut Location<'_>) -> Option<Self>;

    /// The value of an absent field; nothing, when the field is required.
    fn absent() -> Option<Self> {
        None
    }
}

/// May be absent or null.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: Json, place: &mut Location<'_>) -> Option<Self> {
        match json {
            Json::Null => Some(None),
            json => T::from_json(json, place).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: Json, place: &mut Location<'_>) -> Option<Self> {
        let items = match json {
            Json::List(items) => items,
            other => {
                place.refuse(Wrong::type_of(other.type_name(), "a list"));
                return None;
            }
        };
        let at = place.at;
        let mut read = Some(Self::with_capacity(items.len()));
        for (index, item) in items.into_iter().enumerate() {
            let item = place.read_within(&Pointer::Item(at, index), item);
            // One wrong item makes the list wrong, but the others are still checked.
            read = read.zip(item).map(|(mut read, item)| {
                read.push(item);
                read
            });
        }
        read
    }
}

/// An object's fields that were not taken yet.
pub(crate) struct Fields<'a> {
    entries: Vec<(String, Json)>,
    place: Location<'a>,
}

impl Fields<'_> {
    /// Reads an object with `read`, and refuses the fields that it did not take.
    pub(crate) fn read<T>(
        json: Json,
        place: &mut Location<'_>,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let entries = match json {
            Json::Object(entries) => entries,
            other => {
                place.refuse(Wrong::type_of(other.type_name(), "an object"));
                return None;
            }
        };
        let (at, errors) = (place.at, &mut *place.errors);
        let place = Location { at, errors };
        let mut fields = Fields { entries, place };
        let value = read(&mut fields);
        for (name, _) in std::mem::take(&mut fields.entries) {
            fields.refuse(&name, Wrong::unknown());
        }
        value
    }

    /// A field's value. `None` means that an error was recorded: it is absent but required, given twice, or wrong.
    pub(crate) fn take<T: FromJson>(&mut self, name: &str) -> Option<T> {
        let index = self.entries.iter().position(|(found, _)| found == name);
        let Some(index) = index else {
            let absent = T::absent();
            if absent.is_none() {
                self.refuse(name, Wrong::missing());
            }
            return absent;
        };
        let (_, json) = self.entries.remove(index);
        let others = self.entries.len();
        self.entries.retain(|(found, _)| found != name);
        if self.entries.len() < others {
            self.refuse(name, Wrong::duplicate());
            return None;
        }
        self.place.read_within(&Pointer::Field(self.place.at, name), json)
    }

    /// Records that a field's value is wrong.
    pub(crate) fn refuse(&mut self, name: &str, wrong: Wrong) {
        self.place.errors.add(Pointer::Field(self.place.at, name), wrong);
    }
}
