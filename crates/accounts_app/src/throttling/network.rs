//! The network of a request: the part of its address that a caller cannot choose freely.

use std::net::{IpAddr, Ipv6Addr};

/// How many bits of an IPv6 address its owner is free to choose, as a rule.
const FREE_BITS: u32 = 64;

/// An IPv4 address, or the /64 of an IPv6 address: every subscriber has at least that many addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> FREE_BITS << FREE_BITS).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::from(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_64_counts_as_one_and_an_ipv4_address_as_itself_however_it_is_written() {
        assert_eq!(network("2001:db8:0:1::1"), network("2001:db8:0:1:ffff::2"));
        assert_ne!(network("2001:db8:0:1::1"), network("2001:db8:0:2::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
