//! Deliveries that have ended, however they did.

use shared_kernel::IdGenerator;

use super::*;
use crate::test_deliveries::{end_each_in_its_own_way, waiting};

#[tokio::test]
async fn deliveries_that_end_under_a_clock_that_is_behind_do_not_look_old() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture.clock.set_by_seconds(-40 * DAY);
    fixture.look_at_the_clock().await;
    let pending = |id| waiting(event(id, 1), fixture.ids.next_id(), &fixture.meta());
    end_each_in_its_own_way(&fixture.context, &[1, 2, 3].map(pending)).await;
    let ended = "SELECT count(*) AS number FROM deliveries, lived_time WHERE ended_at >= stamps_from";
    assert_eq!(fixture.number(ended).await, 3);
    fixture.live_for_days(29).await;
    assert_eq!(
        fixture.number("SELECT count(*) AS number FROM deliveries").await,
        3
    );
    // The clock was set back for good: earlier stamps are ahead of it until it gets there again.
    fixture.live_for_days(42).await;
    assert_eq!(
        fixture.number("SELECT count(*) AS number FROM deliveries").await,
        0
    );
}
