//! Pictures of made-up timelines.

use operations::timeline::TimelineDelivery;
use shared_kernel::{CommandId, CorrelationId, Timestamp};
use uuid::Uuid;

use super::*;

fn event(id: u128, context: &str, deliveries: Vec<TimelineDelivery>) -> TimelineEntry {
    TimelineEntry {
        event_id: EventId::new(Uuid::from_u128(id)),
        event_type: "OrderConfirmed".to_owned(),
        context: context.to_owned(),
        aggregate_type: "order".to_owned(),
        aggregate_id: Uuid::nil(),
        aggregate_version: 1,
        occurred_at: Timestamp::from_microseconds(0).unwrap(),
        command_id: CommandId::new(Uuid::nil()),
        correlation_id: CorrelationId::new(Uuid::nil()),
        caused_by: None,
        actor: "operator".to_owned(),
        traceparent: None,
        private: false,
        published_at: None,
        deliveries,
    }
}

fn delivery(consumer: &str, led_to: Option<u128>) -> TimelineDelivery {
    TimelineDelivery {
        consumer: consumer.to_owned(),
        state: "applied".to_owned(),
        next_attempt_at: None,
        attempts: Vec::new(),
        led_to: led_to
            .map(|id| EventId::new(Uuid::from_u128(id)))
            .into_iter()
            .collect(),
    }
}

#[test]
fn every_box_has_a_place_of_its_own_in_its_contexts_lane() {
    let deliveries = ["stock.orders", "mail.orders", "orders.own"].map(|name| delivery(name, None));
    let story = [
        event(1, "orders", deliveries.into()),
        event(2, "orders", vec![delivery("orders.own", None)]),
        event(3, "stock", Vec::new()),
    ];
    let lanes = lanes(&story);
    assert_eq!(lanes, ["orders", "stock", "mail"]);
    let spots: Vec<Vec<(usize, usize)>> = place(&story, &lanes)
        .iter()
        .map(|placed| {
            let deliveries = placed.deliveries.iter().map(|(_, at)| *at);
            let spots = std::iter::once(placed.at).chain(deliveries);
            spots.map(|at| (at.lane, at.row)).collect()
        })
        .collect();
    assert_eq!(
        spots,
        [
            vec![(0, 0), (1, 0), (2, 1), (0, 2)],
            vec![(0, 3), (0, 4)],
            vec![(1, 5)]
        ]
    );
}

#[test]
fn an_arrow_leads_to_each_delivery_and_on_to_what_that_led_to() {
    let story = [
        event(1, "orders", vec![delivery("stock.orders", Some(2))]),
        event(2, "stock", Vec::new()),
    ];
    let picture = picture(&story).into_string();
    for line in ["M206 58H226", "M226 58H216V118H226"] {
        assert!(picture.contains(&format!("d=\"{line}\"")), "{line}: {picture}");
    }
    assert_eq!(picture.matches("marker-end").count(), 2);
}
