//! The contract's paths, and what all of them have in common.

mod comments;
mod events;
mod posts;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::AppState;
use crate::problem::Problem;
use crate::settings::Origins;

/// The largest body that is read, in bytes.
pub const BODY_MAX: usize = 64 * 1024;

/// How long a request may take before it counts as failed.
const TIMEOUT: Duration = Duration::from_secs(30);

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The API, to be nested under its base path.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/feed.json", get(posts::feed))
        .route("/counts", get(posts::counts))
        .route("/posts/{thread}", get(posts::post))
        .route(
            "/posts/{thread}/comments",
            get(comments::list).post(comments::add),
        )
        .route("/posts/{thread}/comments/{id}", get(comments::standing))
        .route("/posts/{thread}/events", get(events::follow))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .fallback(async || Problem::NotFound)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn(in_time))
        .layer(CompressionLayer::new())
}

/// `router` with CORS for the origins named in the settings, and not a word about it to any other.
pub(crate) fn with_cors(router: Router<AppState>, origins: &Origins) -> Router<AppState> {
    let allowed = match origins {
        Origins::Any => AllowOrigin::any(),
        Origins::Listed(origins) if origins.is_empty() => return router,
        Origins::Listed(origins) => AllowOrigin::list(origins.iter().cloned()),
    };
    let cors = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::CONTENT_TYPE,
            IDEMPOTENCY_KEY,
            header::IF_NONE_MATCH,
            events::LAST_EVENT_ID,
        ])
        .expose_headers([header::DATE, header::ETAG, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3_600));
    router
        .layer(cors)
        .layer(middleware::map_response(no_cors_for_strangers))
}

/// The layer above tells any origin which methods and headers are allowed, if not to whom.
async fn no_cors_for_strangers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for name in [
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            header::ACCESS_CONTROL_ALLOW_METHODS,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            header::ACCESS_CONTROL_MAX_AGE,
        ] {
            headers.remove(name);
        }
    }
    response
}

/// The `{thread}` of a path, decoded. A key that cannot be one is a thread that is not there.
pub(crate) struct Thread(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Thread {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(Path(thread)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Problem::ThreadNotFound);
        };
        Ok(Self(thread))
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Internal(format!("no answer within {TIMEOUT:?}")).into_response(),
    }
}

/// A JSON answer of another media type than `application/json`.
fn with_type(media_type: &'static str, json: impl IntoResponse) -> Response {
    let mut response = json.into_response();
    let media_type = HeaderValue::from_static(media_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}
