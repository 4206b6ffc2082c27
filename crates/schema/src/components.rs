//! The schemas that have a name: each is written once, wherever it is used.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Schemas by name.
#[derive(Clone, Debug, Default)]
pub struct Components(BTreeMap<String, Value>);

impl Components {
    /// A reference to the component `name`, which `make` makes when it is not there yet.
    pub fn named(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // A placeholder, so that a type that contains itself ends here.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = make(self);
            self.0.insert(name.to_owned(), schema);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// A reference to the component `name`, which is one of `names`.
    pub fn names<'a>(
        &mut self,
        name: &str,
        description: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Value {
        self.named(name, |_| {
            let names: Vec<&str> = names.into_iter().collect();
            json!({"type": "string", "description": description, "enum": names})
        })
    }

    /// The schema itself, where `schema` is a reference to one of these.
    #[must_use]
    pub fn resolved(&self, schema: Value) -> Value {
        let name = schema["$ref"]
            .as_str()
            .and_then(|reference| reference.rsplit('/').next());
        match name.and_then(|name| self.0.get(name)) {
            Some(component) => component.clone(),
            None => schema,
        }
    }

    /// All of them.
    #[must_use]
    pub fn into_schemas(self) -> BTreeMap<String, Value> {
        self.0
    }
}
