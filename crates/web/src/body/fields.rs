//! Reads an object's fields one by one, and goes on after a wrong one.
//!
//! A reader takes every field it knows first, each as an `Option`, and only then asks them all for their
//! values with `?`. So one pass finds everything that is wrong; what was not taken is an unknown field.

use std::fmt;

use super::json::Json;
use crate::field_errors::{FieldErrors, Wrong};

/// Where in the body a value stands: a JSON pointer (RFC 6901), written out only when something is wrong there.
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

/// An object's fields that were not taken yet.
pub(crate) struct Fields<'a> {
    entries: Vec<(String, Json)>,
    at: &'a Pointer<'a>,
    errors: &'a mut FieldErrors,
}

impl Fields<'_> {
    /// Reads an object with `read`, and refuses the fields that it did not take.
    pub(super) fn read<T>(
        entries: Vec<(String, Json)>,
        at: &Pointer<'_>,
        errors: &mut FieldErrors,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut fields = Fields { entries, at, errors };
        let value = read(&mut fields);
        for (name, _) in std::mem::take(&mut fields.entries) {
            fields.refuse(&name, Wrong::unknown());
        }
        value
    }

    /// A field that has to be there. `None` means that an error was noted.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Json) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.take(name)?.ok_or_else(Wrong::missing).and_then(read);
        value.map_err(|wrong| self.refuse(name, wrong)).ok()
    }

    /// A field that may be absent or null. The outer `None` means that an error was noted.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Json) -> Result<T, Wrong>,
    ) -> Option<Option<T>> {
        match self.take(name)? {
            None | Some(Json::Null) => Some(None),
            Some(json) => read(json)
                .map(Some)
                .map_err(|wrong| self.refuse(name, wrong))
                .ok(),
        }
    }

    /// A field that has to be there and is an object with fields of its own.
    pub(crate) fn object<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let entries = self.required(name, entries_of)?;
        Fields::read(entries, &Pointer::Field(self.at, name), self.errors, read)
    }

    /// An object that may be absent or null. The outer `None` means that an error was noted.
    pub(crate) fn optional_object<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        let Some(entries) = self.optional(name, entries_of)? else {
            return Some(None);
        };
        Fields::read(entries, &Pointer::Field(self.at, name), self.errors, read).map(Some)
    }

    /// A field that has to be there and is a list of objects, each read by `read`.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Fields<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.required(name, |json| match json {
            Json::List(items) => Ok(items),
            other => Err(Wrong::type_of(other.type_name(), "a list")),
        })?;
        let list = Pointer::Field(self.at, name);
        let mut objects = Some(Vec::with_capacity(items.len()));
        for (index, item) in items.into_iter().enumerate() {
            let at = Pointer::Item(&list, index);
            let object = match item {
                Json::Object(entries) => Fields::read(entries, &at, self.errors, &mut read),
                other => {
                    self.errors
                        .add(&at, Wrong::type_of(other.type_name(), "an object"));
                    None
                }
            };
            // One wrong object spoils the list, but not the looking at the others.
            objects = objects.zip(object).map(|(mut objects, object)| {
                objects.push(object);
                objects
            });
        }
        objects
    }

    /// Notes that a field's value is wrong.
    pub(crate) fn refuse(&mut self, name: &str, wrong: Wrong) {
        self.errors.add(Pointer::Field(self.at, name), wrong);
    }

    /// Takes a field out. The outer `None` means that it was given several times.
    fn take(&mut self, name: &str) -> Option<Option<Json>> {
        let index = self.entries.iter().position(|(found, _)| found == name);
        let Some(index) = index else {
            return Some(None);
        };
        let (_, json) = self.entries.remove(index);
        let others = self.entries.len();
        self.entries.retain(|(found, _)| found != name);
        if self.entries.len() < others {
            self.refuse(name, Wrong::duplicate());
            return None;
        }
        Some(Some(json))
    }
}

fn entries_of(json: Json) -> Result<Vec<(String, Json)>, Wrong> {
    match json {
        Json::Object(entries) => Ok(entries),
        other => Err(Wrong::type_of(other.type_name(), "an object")),
    }
}
