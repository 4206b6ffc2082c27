//! Where stock does not agree with its ledger and its reservations, as SQL for both engines: one statement, so that all is
//! of one moment.

/// At most `limit` rows of `product_id`, `on_hand`, `reserved`, `version`, `ledger` and `held`, in the order of the products.
/// The first three numbers are NULL where units are held of a product that has no stock item.
pub(crate) fn drifted(limit: u32) -> String {
    format!(
        "WITH held AS (
             SELECT line.product_id, CAST(sum(line.quantity) AS BIGINT) AS units
             FROM reservations JOIN reservation_lines AS line ON line.reservation_id = reservations.id
             WHERE reservations.state = 'held' GROUP BY line.product_id),
         told AS (
             SELECT product_id, CAST(sum(delta) AS BIGINT) AS units FROM ledger_entries GROUP BY product_id)
         SELECT item.product_id, item.on_hand, item.reserved, item.version,
                coalesce(told.units, 0) AS ledger, coalesce(held.units, 0) AS held
         FROM stock_items AS item
         LEFT JOIN told ON told.product_id = item.product_id
         LEFT JOIN held ON held.product_id = item.product_id
         WHERE item.on_hand <> coalesce(told.units, 0) OR item.reserved <> coalesce(held.units, 0)
            OR item.reserved < 0 OR item.reserved > item.on_hand
         UNION ALL
         SELECT held.product_id, NULL, NULL, NULL, 0, held.units
         FROM held WHERE NOT EXISTS (SELECT 1 FROM stock_items AS item WHERE item.product_id = held.product_id)
         ORDER BY 1 LIMIT {limit}"
    )
}
