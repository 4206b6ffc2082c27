//! The kinds of a problem's facts: their schemas and examples.

use schema::{Components, HasSchema, Object, Value, json};
use shared_kernel::{Currency, Fact, Money, refusal::Facts};
use uuid::Uuid;

use crate::{
    field_errors::{FieldError, MOST_ERRORS},
    problem,
};

/// The id in examples, as in the schema of ids.
const ID: &str = "0197b2c4-0000-7000-8000-00000000beef";

/// The kind of a fact, with a value of it.
#[derive(Debug)]
pub(crate) enum FactKind {
    /// A word.
    Text(&'static str),
    /// An id.
    Id,
    /// A count.
    Number(i64),
    /// An amount, in dollars.
    Money(&'static str),
    /// Several things, each with these facts.
    List(&'static [(&'static str, FactKind)]),
    /// A fact that some of these problems have.
    Perhaps(&'static FactKind),
    /// The `errors` of a body or a query, which web adds beside the facts.
    Errors,
}

impl FactKind {
    /// Adds the fact to an object's schema, under the name that callers see.
    pub(crate) fn add_to(&self, object: &mut Object, name: &str, components: &mut Components) {
        let required = !matches!(self, Self::Perhaps(_));
        object.field(name, required, self.schema(components));
    }

    fn schema(&self, components: &mut Components) -> Value {
        match self {
            Self::Text(_) => String::schema(components),
            Self::Id => Uuid::schema(components),
            Self::Number(_) => i64::schema(components),
            Self::Money(_) => Money::schema(components),
            Self::List(facts) => {
                let mut object = Object::default();
                for (name, kind) in *facts {
                    kind.add_to(&mut object, name, components);
                }
                json!({"type": "array", "items": object.schema("", json!({}))})
            }
            Self::Perhaps(kind) => kind.schema(components),
            Self::Errors => {
                json!({"type": "array", "maxItems": MOST_ERRORS, "items": FieldError::schema(components)})
            }
        }
    }

    /// An example of a fact of this kind; none for a fact that problems need not have, or that is beside the facts.
    pub(crate) fn example(&self) -> Option<Fact> {
        match self {
            Self::Text(text) => Some((*text).into()),
            Self::Id => Some(ID.into()),
            Self::Number(number) => Some((*number).into()),
            Self::Money(amount) => Money::parse(amount, Currency::Usd).ok().map(Fact::Money),
            Self::List(facts) => {
                let facts = facts
                    .iter()
                    .filter_map(|(name, kind)| Some((*name, kind.example()?)));
                Some(Fact::List(vec![Facts(facts.collect())]))
            }
            Self::Perhaps(_) | Self::Errors => None,
        }
    }
}

/// Adds the facts of a problem to its schema. Those whose names a problem itself has, such as `status`, get another name.
pub(crate) fn add_all(facts: &[(&str, FactKind)], object: &mut Object, components: &mut Components) {
    for (name, kind) in facts {
        match kind {
            FactKind::Errors => kind.add_to(object, name, components),
            kind => kind.add_to(object, &problem::name_on_the_wire(name), components),
        }
    }
}
