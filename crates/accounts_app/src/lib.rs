//! accounts_app
