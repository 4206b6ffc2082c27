//! Whether stock is asked for a line of an order.

use serde::{Deserialize, Serialize};

/// Whether inventory is asked to reserve stock for a line. As JSON a boolean, `stock`, which is absent where stock is asked for: lines
/// from before there was a choice have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum LineStock {
    /// Inventory is asked, and the order ships only with it.
    #[default]
    Asked,
    /// There is nothing to reserve: the line is a fee or a service.
    NotAsked,
}

impl LineStock {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Asked, Self::NotAsked];

    /// Whether inventory is asked.
    pub const fn is_asked(&self) -> bool {
        matches!(self, Self::Asked)
    }
}

impl From<bool> for LineStock {
    fn from(asked: bool) -> Self {
        if asked { Self::Asked } else { Self::NotAsked }
    }
}

impl From<LineStock> for bool {
    fn from(stock: LineStock) -> Self {
        stock.is_asked()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_a_boolean_in_json_and_read_back() {
        for (stock, written) in [
            (LineStock::Asked, json!(true)),
            (LineStock::NotAsked, json!(false)),
        ] {
            assert_eq!(serde_json::to_value(stock).unwrap(), written);
            assert_eq!(serde_json::from_value::<LineStock>(written).unwrap(), stock);
        }
        assert!(serde_json::from_value::<LineStock>(json!("no")).is_err());
    }
}
