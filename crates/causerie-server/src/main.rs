//! The command `causerie`: serves a blog's conversation, and looks after it.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use causerie_core::{Accepts, Timestamp};
use causerie_server::import::Import;
use causerie_server::settings::Settings;
use causerie_server::snapshot::{Outcome, Snapshot};
use causerie_server::store::comments::{self, Status};
use causerie_server::store::{Store, changes, now, posts};
use causerie_server::{AppState, app, demo, moderation};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::net::TcpListener;
use url::Url;

/// How long a repeated comment is known by its idempotency key, and how long ago a client may have
/// read a thread and still learn only what changed.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// How long open requests may take once the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    // Every command has a name, else clap had shown the help.
    let Some((_, matches)) = matches.subcommand() else {
        return ExitCode::from(2);
    };
    // It needs neither a database nor the settings of a server.
    if let Command::Snapshot(args) = cli.command {
        return exit_code(snapshot(args));
    }
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .init();
    let settings = match Settings::read(matches) {
        Ok(settings) => settings,
        Err(problems) => {
            report(&problems);
            return ExitCode::from(2);
        }
    };
    exit_code(run(cli.command, settings))
}

fn exit_code(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

/// A blog's conversation on one small server.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// The SQLite file [default: causerie.sqlite].
    #[arg(long, global = true, value_name = "FILE", env = "CAUSERIE_DATABASE")]
    database: Option<String>,
    /// A TOML file whose keys are the names of these flags [default: causerie.toml, if it is there].
    #[arg(long, global = true, value_name = "FILE", env = "CAUSERIE_CONFIG")]
    config: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API and the client.
    Serve(ServeArgs),
    /// Stores posts and comments from JSON Feed files.
    Import {
        /// JSON Feeds whose items may carry comments in `_causerie`.
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Looks after comments.
    #[command(subcommand)]
    Comments(CommentsCommand),
    /// Looks after posts.
    #[command(subcommand)]
    Posts(PostsCommand),
    /// Writes posts and comments as plain HTML into a page with our elements in it.
    Snapshot(SnapshotArgs),
}

#[derive(Args)]
struct SnapshotArgs {
    /// The page, which is changed only where something new is to be written.
    page: PathBuf,
    /// Write another file instead, and leave the page as it is.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The page's public address [default: its canonical link].
    #[arg(long, value_name = "URL", value_parser = web_address)]
    base: Option<Url>,
    /// The most comments of a thread that are written.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    rows: usize,
}

/// Text only: `Settings` reads all of it, so that it can report all problems at once.
#[derive(Args)]
struct ServeArgs {
    /// Where to listen [default: 127.0.0.1:8080]; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", env = "CAUSERIE_LISTEN")]
    listen: Option<String>,
    /// An origin whose pages may use the API, or *; may be repeated.
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "CAUSERIE_CORS_ORIGIN",
        value_delimiter = ','
    )]
    cors_origin: Vec<String>,
    /// Comments per minute and address, 0 for any number [default: 10].
    #[arg(long, value_name = "N", env = "CAUSERIE_RATE_LIMIT")]
    rate_limit: Option<String>,
    /// Readers who get new comments at once, in all, 0 for any number [default: 1000].
    #[arg(long, value_name = "N", env = "CAUSERIE_STREAMS")]
    streams: Option<String>,
    /// Of those, how many may have the same address, 0 for any number [default: 20].
    #[arg(long, value_name = "N", env = "CAUSERIE_STREAMS_PER_ADDRESS")]
    streams_per_address: Option<String>,
    /// Take addresses from X-Forwarded-For: only behind a proxy that writes it.
    #[arg(
        long, value_name = "BOOLEAN", env = "CAUSERIE_TRUST_PROXY",
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    trust_proxy: Option<String>,
    /// The blog's name in the feed [default: that of the imported feed].
    #[arg(long, value_name = "WORDS", env = "CAUSERIE_TITLE")]
    title: Option<String>,
    /// Where readers reach this server, for the links in the feed.
    #[arg(long, value_name = "URL", env = "CAUSERIE_BASE_URL")]
    base_url: Option<String>,
    /// Fill an empty database with a made-up blog.
    #[arg(
        long, value_name = "BOOLEAN", env = "CAUSERIE_DEMO",
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    demo: Option<String>,
}

#[derive(Subcommand)]
enum CommentsCommand {
    /// Lists comments: id, status, time, thread, name, beginning.
    List {
        /// Only those that wait for a decision.
        #[arg(long)]
        held: bool,
        /// Only those of one post.
        #[arg(long)]
        thread: Option<String>,
    },
    /// Publishes comments.
    Approve {
        /// Their ids.
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Neither shows nor counts comments, and keeps them.
    Reject {
        /// Their ids.
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Deletes comments for good; answers to them stay.
    Delete {
        /// Their ids.
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Gives a comment another text; readers see that it was edited, and when.
    Edit {
        /// Its id.
        id: String,
        /// Markdown.
        #[arg(long)]
        text: String,
    },
    /// Answers a comment as the post's author.
    Reply {
        /// The id of what is answered.
        id: String,
        /// Markdown.
        #[arg(long)]
        text: String,
    },
}

#[derive(Subcommand)]
enum PostsCommand {
    /// Lists posts: thread, what it takes, announced comments, title.
    List,
    /// Changes what a post takes.
    Set {
        /// The post's key.
        thread: String,
        /// What it takes from now on.
        #[arg(long, value_parser = ["open", "moderated", "closed"])]
        accepts: String,
    },
}

type Failure = Box<dyn std::error::Error>;

fn run(command: Command, settings: Settings) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match command {
        Command::Serve(_) => serve(settings, &mut out),
        Command::Import { files } => import(&Store::open(&settings.database)?, &files, &mut out),
        Command::Comments(command) => moderate(&existing(&settings.database)?, command, &mut out),
        Command::Posts(PostsCommand::List) => Ok(moderation::list_posts(
            &existing(&settings.database)?,
            &mut out,
        )?),
        Command::Posts(PostsCommand::Set { thread, accepts }) => {
            let accepts = posts::accepts_from_word(&accepts).unwrap_or(Accepts::Closed);
            let store = existing(&settings.database)?;
            Ok(moderation::set_accepts(&store, &thread, accepts)?)
        }
        Command::Snapshot(args) => snapshot(args),
    }
}

fn snapshot(args: SnapshotArgs) -> Result<(), Failure> {
    let snapshot = Snapshot {
        page: args.page,
        output: args.output,
        base: args.base,
        rows: args.rows,
    };
    let file = snapshot.output.as_ref().unwrap_or(&snapshot.page).display();
    let mut out = io::stdout().lock();
    match snapshot.take()? {
        Outcome::Written { comments } => writeln!(out, "{file}: written, {comments} comments")?,
        Outcome::Unchanged => writeln!(out, "{file}: nothing has changed")?,
    }
    Ok(())
}

fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| "expected an http or https address".to_owned())
}

fn moderate(store: &Store, command: CommentsCommand, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        CommentsCommand::List { held, thread } => {
            let only = held.then_some(Status::Held);
            moderation::list_comments(store, thread.as_deref(), only, out)?;
        }
        CommentsCommand::Approve { ids } => {
            moderation::set_status(store, &ids, Status::Published)?;
        }
        CommentsCommand::Reject { ids } => moderation::set_status(store, &ids, Status::Rejected)?,
        CommentsCommand::Delete { ids } => moderation::delete(store, &ids)?,
        CommentsCommand::Edit { id, text } => moderation::edit(store, &id, &text)?,
        CommentsCommand::Reply { id, text } => {
            writeln!(out, "{}", moderation::reply(store, &id, &text)?)?;
        }
    }
    Ok(())
}

fn import(store: &Store, files: &[String], out: &mut impl Write) -> Result<(), Failure> {
    for file in files {
        let in_file = |problems: Vec<String>| {
            let lines = problems.iter().map(|problem| format!("{file}: {problem}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("cannot read {file}: {error}"))?;
        let import = Import::parse(&text).map_err(in_file)?;
        let summary = store.write_blocking(|connection| import.store(connection))?;
        let summary = summary.map_err(in_file)?;
        let (posts, comments) = (summary.posts, summary.comments);
        writeln!(out, "{file}: {posts} posts, {comments} comments")?;
    }
    Ok(())
}

#[tokio::main]
async fn serve(settings: Settings, out: &mut impl Write) -> Result<(), Failure> {
    let store = Store::open(&settings.database)?;
    let long_ago = Timestamp::from_ms(now().ms() - KEPT_MS);
    store
        .write(move |connection| {
            comments::drop_keys_before(connection, long_ago)?;
            changes::drop_before(connection, long_ago)
        })
        .await?;
    if settings.demo {
        demo::seed(&store)?;
    }
    // Before anybody can be served: unheard, the signal would end the process at once.
    let stop_signal = stop_signal()?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let listen = settings.listen;
        match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "{listen} is taken by another program: stop it, or choose another port with \
                 --listen"
            ),
            _ => format!("cannot listen on {listen} ({error}): choose another with --listen"),
        }
    })?;
    writeln!(
        out,
        "Causerie listens on http://{}/",
        listener.local_addr()?
    )?;
    out.flush()?;

    let state = AppState::new(store.clone(), settings.service);
    let app = app(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let signal = async move {
        stop_signal.await;
        state.end_streams();
        stopping.send_replace(true);
    };
    let serving = axum::serve(listener, app).with_graceful_shutdown(signal);
    tokio::select! {
        result = serving.into_future() => result?,
        // Somebody who never finishes a request must not keep the server from stopping.
        () = async {
            let _ = stopped.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(FAREWELL).await;
        } => tracing::warn!("some requests were still open after {FAREWELL:?}"),
    }
    store.checkpoint()?;
    Ok(())
}

/// Ends when the system or the terminal asks the process to stop, from this call on.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the terminal asks the process to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// To moderate a database that is not there is a mistake in its path.
fn existing(database: &Path) -> Result<Store, Failure> {
    if database.is_file() {
        Ok(Store::open(database)?)
    } else {
        let database = database.display();
        Err(format!("there is no database {database}: name it with --database").into())
    }
}

/// Says what is wrong in plain lines on stderr, where nothing is left to do if that fails too.
fn report(error: &dyn std::error::Error) {
    let _ = writeln!(io::stderr(), "{error}");
}
