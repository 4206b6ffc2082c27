//! ordering_app
