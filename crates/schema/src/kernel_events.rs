//! The schemas of types that both integration events and answers contain.

use serde_json::{Value, json};
use shared_kernel::{
    ProductId, Quantity,
    events::{ReservedLine, Shortage},
};

use crate::{Components, HasSchema, Object, with};

/// Units of one product, over all the lines that an order may have.
const MOST_UNITS_OF_AN_ORDER: u32 = 50 * Quantity::MAXIMUM;
/// Units of one product that may be on hand.
const MOST_UNITS_ON_HAND: u32 = 1_000_000_000;

fn units(least: u32, most: u32, description: &str, components: &mut Components) -> Value {
    with(
        u32::schema(components),
        description,
        json!({"minimum": least, "maximum": most}),
    )
}

impl HasSchema for Shortage {
    fn schema(components: &mut Components) -> Value {
        components.named("Shortage", |components| {
            let name = "The product's name on the order; absent where only inventory's side is told, and of orders from before it was kept.";
            let mut object = Object::default();
            object.field("product_id", true, ProductId::schema(components));
            object.field("product_name", false, with(String::schema(components), name, json!({})));
            let requested = units(1, MOST_UNITS_OF_AN_ORDER, "Units asked for, over all lines.", components);
            object.field("requested", true, requested);
            object.field("available", true, units(0, MOST_UNITS_ON_HAND, "Units there were.", components));
            object.schema("A product of which there was less than an order asked for.", json!({}))
        })
    }
}

impl HasSchema for ReservedLine {
    fn schema(components: &mut Components) -> Value {
        components.named("ReservedLine", |components| {
            let mut object = Object::default();
            object.field("product_id", true, ProductId::schema(components));
            object.field("quantity", true, units(1, MOST_UNITS_OF_AN_ORDER, "", components));
            object.schema("Units of one product, over all lines of an order.", json!({}))
        })
    }
}
