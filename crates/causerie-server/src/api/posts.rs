//! `GET /feed.json`, `GET /posts/{thread}` and `GET /counts`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Thread, with_type};
use crate::problem::Problem;
use crate::store::posts::{self, StoredPost};
use crate::{AppState, ServiceSettings};

pub(crate) async fn feed(State(state): State<AppState>) -> Result<Response, Problem> {
    let read = |connection: &_| Ok((posts::blog(connection)?, posts::list(connection)?));
    let (blog, posts) = state.store.read(read).await?;
    Ok(with_type(
        "application/feed+json",
        Json(feed_json(&state.settings, blog, posts)),
    ))
}

pub(crate) async fn post(
    State(state): State<AppState>,
    Thread(thread): Thread,
) -> Result<Json<Map<String, Value>>, Problem> {
    let find = move |connection: &_| posts::find(connection, &thread);
    let post = state.store.read(find).await?;
    post.map(item_json).map(Json).ok_or(Problem::ThreadNotFound)
}

/// The most threads that one request may ask the counts of.
const COUNTS_MAX: usize = 100;

/// How many comments each `thread` of the query has; one that is not there has none.
pub(crate) async fn counts(
    State(state): State<AppState>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(query) = query.map_err(|error| Problem::InvalidQuery(error.body_text()))?;
    let threads = query.into_iter().filter(|(name, _)| name == "thread");
    let threads: Vec<_> = threads.map(|(_, thread)| thread).collect();
    if !(1..=COUNTS_MAX).contains(&threads.len()) {
        return Err(Problem::InvalidQuery(format!(
            "thread: 1 to {COUNTS_MAX} of them, found {}",
            threads.len()
        )));
    }
    let count = move |connection: &_| {
        let mut counts = Map::new();
        for thread in threads {
            let post = posts::find(connection, &thread)?;
            let count = post.map_or(0, |post| post.comment_count);
            counts.insert(thread, json!(count));
        }
        Ok(counts)
    };
    let counts = state.store.read(count).await?;
    Ok(Json(json!({ "counts": counts })))
}

/// [JSON Feed 1.1](https://www.jsonfeed.org/version/1.1/).
fn feed_json(
    settings: &ServiceSettings,
    blog: Map<String, Value>,
    posts: Vec<StoredPost>,
) -> Map<String, Value> {
    let mut feed = Map::from_iter([
        (
            "version".to_owned(),
            json!("https://jsonfeed.org/version/1.1"),
        ),
        ("title".to_owned(), json!("Causerie")),
    ]);
    feed.extend(blog);
    if let Some(title) = &settings.title {
        feed.insert("title".to_owned(), json!(title));
    }
    if let Some(base) = &settings.base_url {
        feed.insert("home_page_url".to_owned(), json!(format!("{base}/")));
        feed.insert(
            "feed_url".to_owned(),
            json!(format!("{base}/api/feed.json")),
        );
    }
    let items = posts
        .into_iter()
        .map(|post| item_json(post).into())
        .collect();
    feed.insert("items".to_owned(), Value::Array(items));
    feed
}

fn item_json(post: StoredPost) -> Map<String, Value> {
    let mut item = post.item;
    let extension = json!({
        "thread": post.thread,
        "comment_count": post.comment_count,
        "accepts": post.accepts.as_str(),
    });
    item.insert("_causerie".to_owned(), extension);
    item
}
