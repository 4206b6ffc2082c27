//! ordering_infra
