//! Injecting failures into an installation under load, again and again, and comparing all that is left with all that was answered:
//! into its server ([`kill_servers`]), its database ([`kill_databases`]), and the connections between them ([`cut_connections()`]).
//!
//! Each of 64 clients keeps a [`diary`]: the full body of the last 2xx answer for everything it has changed, and the one
//! command that was under way when the server was killed. Afterwards everything has to be as in the diaries, or exactly as
//! that one command makes it, by the [`model`]. Only its client changes an order or a user, so there is no third case. While the server
//! runs, every command is answered, and one that is refused with a time to retry has done nothing. What other contexts store has to
//! follow from the diaries as well: customers, the address book, and mail, which a server that is never killed takes and counts.
//! Deliberately not here: power losses, which a kill does not imitate ([`power_cuts`](crate::power_cuts)).

mod client;
mod command;
mod cut_connections;
mod deliveries;
mod diary;
mod frontend;
mod inspection;
mod killed_databases;
mod killed_servers;
mod load;
mod model;
mod plan;
mod proxy;
mod random;
mod report;
mod scene;
mod shop;

pub use cut_connections::cut_connections;
pub use killed_databases::kill_databases;
pub use killed_servers::kill_servers;
pub use plan::Plan;
pub(crate) use random::Random;
pub use report::Report;
