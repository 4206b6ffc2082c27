//! accounts_infra
