//! Causerie's reference endpoint: the contract of `docs/contract.md` over one SQLite file, and the
//! built client beside it.
//!
//! [`app`] gives the whole service as a router, so that tests call it without a socket:
//!
//! ```
//! use causerie_server::{AppState, ServiceSettings, app, store::Store};
//!
//! # let folder = tempfile::tempdir()?;
//! let store = Store::open(&folder.path().join("causerie.sqlite"))?;
//! let router = app(AppState::new(store, ServiceSettings::default()));
//! # let _ = router;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod api;
pub mod client;
pub mod demo;
pub mod import;
pub mod markdown;
pub mod moderation;
pub mod problem;
pub mod settings;
pub mod snapshot;
pub mod store;

mod conditional;
mod rate;
mod streams;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::problem::Problem;
use crate::rate::RateLimiter;
pub use crate::settings::ServiceSettings;
use crate::store::Store;
use crate::streams::Streams;

/// What every request may need. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) store: Store,
    pub(crate) settings: Arc<ServiceSettings>,
    pub(crate) limiter: Option<Arc<RateLimiter>>,
    pub(crate) streams: Arc<Streams>,
}

impl AppState {
    /// The state of a service that has had no requests yet.
    pub fn new(store: Store, settings: ServiceSettings) -> Self {
        let (most, most_per_address) = (settings.streams, settings.streams_per_address);
        Self {
            limiter: RateLimiter::per_minute(settings.rate_limit).map(Arc::new),
            streams: Arc::new(Streams::new(store.clone(), most, most_per_address)),
            settings: Arc::new(settings),
            store,
        }
    }

    /// Ends all event streams, which would go on for as long as their clients wish.
    pub fn end_streams(&self) {
        self.streams.end();
    }
}

/// The service: the API under `/api`, the client's files everywhere else.
///
/// To tell addresses apart it wants to be served with `ConnectInfo<SocketAddr>`; without, all
/// requests count as coming from one address.
pub fn app(state: AppState) -> Router {
    let answered = Router::new()
        .nest("/api", api::routes())
        .fallback(client::serve)
        .layer(CatchPanicLayer::custom(|_| {
            Problem::Internal("a request handler panicked".to_owned()).into_response()
        }))
        .layer(axum::middleware::from_fn(conditional::answer));
    api::with_cors(answered, &state.settings.cors_origins)
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(
            header::REFERRER_POLICY,
            "strict-origin-when-cross-origin",
        ))
        .with_state(state)
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
