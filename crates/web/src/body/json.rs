//! JSON as it was written: with every field, even one given twice, and with whole numbers distinguished from others.
//!
//! `serde_json::Value` keeps the last of two equal fields and drops the first. Where two readers disagree
//! about that, one value can pass the check while the other is used.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

/// The most levels of nesting that are read.
pub(crate) const DEEPEST: usize = 32;

/// A JSON value.
#[derive(Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    /// A whole number, however it is written: 7.0 is 7, as in JSON Schema. One beyond 64 bits is the nearest that fits.
    Whole(i64),
    /// Any other number. No field accepts one, so its value is not kept.
    Fractional,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Whole(_) | Self::Fractional => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Why bytes are no JSON that is read here.
#[derive(Debug, PartialEq)]
pub(crate) enum Unreadable {
    Malformed(String),
    TooDeep,
}

/// Reads JSON.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, Unreadable> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let json = LevelsLeft(DEEPEST)
        .deserialize(&mut deserializer)
        .and_then(|json| deserializer.end().map(|()| json));
    json.map_err(|error| match error.classify() {
        // The reader below takes every type of value, so this is its own error, and it has only one.
        Category::Data => Unreadable::TooDeep,
        Category::Io | Category::Syntax | Category::Eof => {
            Unreadable::Malformed(format!("found no JSON: {error}"))
        }
    })
}

#[derive(Clone, Copy)]
struct LevelsLeft(usize);

impl LevelsLeft {
    fn one_less<E: de::Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for LevelsLeft {
    type Value = Json;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LevelsLeft {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Whole(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        // Beyond 64 bits every number is a float to the parser, every such float is whole, and `as` takes the nearest.
        Ok(if number.fract() == 0.0 {
            Json::Whole(number as i64)
        } else {
            Json::Fractional
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let inner = self.one_less()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Json, A::Error> {
        let inner = self.one_less()?;
        let mut object = Vec::new();
        while let Some(name) = fields.next_key()? {
            object.push((name, fields.next_value_seed(inner)?));
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_kept_even_one_given_twice() {
        let field = |name: &str, number| (name.to_owned(), Json::Whole(number));
        assert_eq!(
            parse(br#"{"b": 1, "a": 2, "b": 3}"#),
            Ok(Json::Object(vec![field("b", 1), field("a", 2), field("b", 3)]))
        );
    }

    #[test]
    fn numbers_are_whole_or_are_not() {
        for (text, json) in [
            ("7", Json::Whole(7)),
            ("-7", Json::Whole(-7)),
            ("7.0", Json::Whole(7)),
            ("1e2", Json::Whole(100)),
            ("7.5", Json::Fractional),
            ("18446744073709551615", Json::Whole(i64::MAX)),
            ("99999999999999999999", Json::Whole(i64::MAX)),
            ("-99999999999999999999", Json::Whole(i64::MIN)),
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(json), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in [
            "",
            "{",
            "{'a': 1}",
            "{\"a\": 1,}",
            "{} {}",
            "nul",
            "NaN",
            "\"\\ud800\"",
        ] {
            assert!(
                matches!(parse(text.as_bytes()), Err(Unreadable::Malformed(_))),
                "{text:?}"
            );
        }
        assert!(matches!(parse(b"\"\xff\""), Err(Unreadable::Malformed(_))));
    }

    #[test]
    fn thirty_two_levels_are_read_and_one_more_is_not() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parse(nested(32).as_bytes()).is_ok());
        assert_eq!(parse(nested(33).as_bytes()), Err(Unreadable::TooDeep));
        assert_eq!(parse("[".repeat(60_000).as_bytes()), Err(Unreadable::TooDeep));
    }
}
