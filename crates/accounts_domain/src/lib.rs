//! accounts_domain
