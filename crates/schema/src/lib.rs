//! JSON Schema of what contexts answer and callers send, out of the structs themselves.
//!
//! [`HasSchema`] is derived where a struct is declared, so that its JSON and its schema are one declaration: the field's
//! name, whether it may be absent or null, and its doc comment are the struct's own; a limit is the constant that the
//! rule checks. What a derive cannot see, an attribute of the field says:
//!
//! ```
//! use schema::{Components, HasSchema};
//!
//! const MOST_LINES: usize = 50;
//!
//! /// An order.
//! #[derive(HasSchema)]
//! #[schema(name = "Order", example({"lines": ["a kettle"], "note": null}))]
//! struct OrderView {
//!     /// In the order in which they were added.
//!     #[schema(max_items = MOST_LINES)]
//!     lines: Vec<String>,
//!     note: Option<String>,
//! }
//!
//! let mut components = Components::default();
//! assert_eq!(OrderView::schema(&mut components)["$ref"], "#/components/schemas/Order");
//! let order = &components.into_schemas()["Order"];
//! assert_eq!(order["properties"]["lines"]["maxItems"], 50);
//! assert_eq!(order["properties"]["note"]["type"], serde_json::json!(["string", "null"]));
//! ```
//!
//! Deliberately not here: HTTP. Web decides which of these a route takes and answers.

mod components;
mod kernel_events;
mod kernel_values;
mod object;

pub use components::Components;
pub use object::{Object, as_nullable, with};
/// The derives: `HasSchema` for what is answered, `Body` and `FormBody` for what is sent. Their attributes are described in [`schema_derive`].
pub use schema_derive::{Body, FormBody, HasSchema};
/// The crates that schemas are made with.
pub use serde_json::{Value, json};

/// A type whose JSON has a schema.
pub trait HasSchema {
    /// The schema of a value's place: a reference to its component, which is added if it is missing, or the schema itself.
    fn schema(components: &mut Components) -> Value;
}

/// No JSON at all.
impl HasSchema for () {
    fn schema(_: &mut Components) -> Value {
        Value::Null
    }
}

impl<T: HasSchema> HasSchema for Vec<T> {
    fn schema(components: &mut Components) -> Value {
        json!({"type": "array", "items": T::schema(components)})
    }
}

macro_rules! plain_values {
    ($($kind:ty => $schema:tt;)*) => {$(
        impl HasSchema for $kind {
            fn schema(_: &mut Components) -> Value {
                json!($schema)
            }
        }
    )*};
}

plain_values! {
    bool => {"type": "boolean"};
    String => {"type": "string"};
    &'static str => {"type": "string"};
    u16 => {"type": "integer", "format": "int32", "minimum": 0};
    u32 => {"type": "integer", "format": "int32", "minimum": 0};
    u64 => {"type": "integer", "format": "int64", "minimum": 0};
    i64 => {"type": "integer", "format": "int64"};
    f64 => {"type": "number", "format": "double"};
    Value => {"type": "object"};
}
