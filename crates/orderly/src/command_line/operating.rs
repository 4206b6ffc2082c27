//! The commands by which an operator looks at consumers and dead letters and does something about them.

use clap::{Args, Subcommand};
use operations::records::DeliveryKey;

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLettersCommand {
    /// List deliveries that were given up, the longest held first.
    List(ListArguments),
    /// Show one delivery: its attempts, its event, and what waits behind it.
    Show {
        /// Its name, as in the list: CONSUMER:EVENT-ID.
        #[arg(value_name = "ID")]
        key: DeliveryKey,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try a dead letter again; what waits behind it follows.
    Replay {
        /// Its name, as in the list: CONSUMER:EVENT-ID.
        #[arg(value_name = "ID")]
        key: DeliveryKey,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give a dead letter up for good: its event is never applied, and what waits behind it goes on.
    Discard {
        /// Its name, as in the list: CONSUMER:EVENT-ID.
        #[arg(value_name = "ID")]
        key: DeliveryKey,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConsumersCommand {
    /// List consumers, what they hold and for how long.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hand a consumer nothing until it is resumed; its events wait.
    Pause {
        /// Its name, as in the list.
        #[arg(value_name = "NAME")]
        consumer: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hand a consumer events again, first those that waited.
    Resume {
        /// Its name, as in the list.
        #[arg(value_name = "NAME")]
        consumer: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
