//! ordering_domain
