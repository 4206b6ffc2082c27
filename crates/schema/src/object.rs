//! The schema of an object, field by field. Derives use it.

use serde_json::{Map, Value, json};

use crate::Components;

/// An object's schema while it is put together.
#[derive(Debug, Default)]
pub struct Object {
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl Object {
    /// Adds a field.
    pub fn field(&mut self, name: &str, required: bool, schema: Value) {
        if required {
            self.required.push(name.into());
        }
        self.properties.insert(name.to_owned(), schema);
    }

    /// Adds the fields of another object, which are beside this one's own in the JSON; `required`, if they are always there.
    pub fn flattened(&mut self, components: &Components, required: bool, schema: Value) {
        let mut other = components.resolved(schema);
        if let Value::Object(properties) = other["properties"].take() {
            self.properties.extend(properties);
        }
        if let (true, Value::Array(names)) = (required, other["required"].take()) {
            self.required.extend(names);
        }
    }

    /// The schema, with further keys.
    #[must_use]
    pub fn schema(self, description: &str, more: Value) -> Value {
        let mut schema = json!({"type": "object"});
        if !self.properties.is_empty() {
            schema["properties"] = self.properties.into();
        }
        if !self.required.is_empty() {
            schema["required"] = self.required.into();
        }
        with(schema, description, more)
    }
}

/// The schema with a description, if there is one, and with all of `more`, which wins where both have a key.
#[must_use]
pub fn with(mut schema: Value, description: &str, more: Value) -> Value {
    if !description.is_empty() {
        schema["description"] = description.into();
    }
    if let (Value::Object(schema), Value::Object(more)) = (&mut schema, more) {
        schema.extend(more);
    }
    schema
}

/// The schema of what may be null as well.
#[must_use]
pub fn as_nullable(mut schema: Value) -> Value {
    match schema.get("type") {
        Some(Value::String(kind)) => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        _ => json!({"oneOf": [schema, {"type": "null"}]}),
    }
}
