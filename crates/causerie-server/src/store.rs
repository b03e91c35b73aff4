//! The SQLite file: who may open it, how it came to its shape, and the way in and out.

pub mod changes;
pub mod comments;
pub mod posts;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use causerie_core::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};
use tokio::sync::watch;

/// The posts and comments of one blog, in one SQLite file. Cheap to clone.
///
/// One connection writes and a few read, so that readers never wait for a writer. The methods
/// without `blocking` in their name may be called from async code.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    writer: Mutex<Connection>,
    /// Connections at rest. Tokio's blocking threads bound how many there can be at work.
    readers: Mutex<Vec<Connection>>,
    written: watch::Sender<()>,
}

impl Store {
    /// Opens the file at `path`, making it and its folder where they are missing.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(|error| {
                StoreError(format!(
                    "cannot make the folder {} for the database ({error}): choose another place \
                     with --database",
                    folder.display()
                ))
            })?;
        }
        let mut writer = connect(path).map_err(|error| explain(path, &error))?;
        prepare(&mut writer).map_err(|error| match error {
            PrepareError::Sqlite(error) => explain(path, &error),
            PrepareError::Other(text) => StoreError(format!("{} {text}", path.display())),
        })?;
        Ok(Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                writer: Mutex::new(writer),
                readers: Mutex::default(),
                written: watch::Sender::new(()),
            }),
        })
    }

    /// Runs `work` on a snapshot of the database, away from the async threads.
    ///
    /// # Errors
    /// When SQLite fails.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        blocking(move || store.read_blocking(work)).await
    }

    /// Runs `work` in a transaction that is on the disk when this returns, away from the async
    /// threads. Where `work` fails nothing is changed.
    ///
    /// # Errors
    /// When SQLite fails.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        blocking(move || store.write_blocking(work)).await
    }

    /// [`Store::read`], on this thread.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn read_blocking<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let resting = lock(&self.shared.readers).pop();
        let mut connection = match resting {
            Some(connection) => connection,
            None => connect(&self.shared.path)?,
        };
        // One transaction, so that a page and its total are of the same moment.
        let snapshot = connection.transaction()?;
        let result = work(&snapshot)?;
        snapshot.finish()?;
        lock(&self.shared.readers).push(connection);
        Ok(result)
    }

    /// [`Store::write`], on this thread.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn write_blocking<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = lock(&self.shared.writer);
        // Immediate: a transaction that first reads and then writes would fail, not wait, where
        // the command line wrote in between.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        drop(connection);
        self.shared.written.send_replace(());
        Ok(result)
    }

    /// Changes after each write through this store or a clone of it. What other processes write
    /// goes unnoticed here.
    pub fn written(&self) -> watch::Receiver<()> {
        self.shared.written.subscribe()
    }

    /// Moves what the write-ahead log holds into the database file.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        lock(&self.shared.readers).clear();
        let writer = lock(&self.shared.writer);
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// Why the store did not do as wished, as one line for the log or the terminal.
#[derive(Debug)]
pub struct StoreError(String);

impl StoreError {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(format!("the database failed: {error}"))
    }
}

/// The present moment, by the system's clock.
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// Each step brings a database one version further; `PRAGMA user_version` counts them. Never edit
/// a step that was released: append one.
const MIGRATIONS: &[&str] = &[
    include_str!("store/0001.sql"),
    include_str!("store/0002.sql"),
];

/// What `PRAGMA application_id` says in a file of ours ("Caus").
const APPLICATION_ID: i32 = 0x4361_7573;

enum PrepareError {
    Sqlite(rusqlite::Error),
    Other(String),
}

impl From<rusqlite::Error> for PrepareError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn prepare(connection: &mut Connection) -> Result<(), PrepareError> {
    let application: i32 = pragma(connection, "application_id")?;
    let something: Option<i32> = connection
        .query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |row| row.get(0))
        .optional()?;
    if application != APPLICATION_ID && something.is_some() {
        return Err(PrepareError::Other(
            "is the database of another program: choose another file with --database".to_owned(),
        ));
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize = pragma(&transaction, "user_version")?;
    if version > MIGRATIONS.len() {
        return Err(PrepareError::Other(format!(
            "is of format {version}, and this causerie knows none above {}: use the newer causerie",
            MIGRATIONS.len()
        )));
    }
    for step in &MIGRATIONS[version..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()?;
    Ok(())
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A comment is acknowledged only when it would survive a power cut.
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.display();
    StoreError(match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => format!(
            "{path} is no SQLite database: choose another file with --database, or move it away"
        ),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            format!(
                "cannot write the database {path} ({error}): choose another place with --database, \
                 or make its folder writable"
            )
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("the database {path} is locked by another program: stop it, or wait")
        }
        _ => format!("cannot open the database {path}: {error}"),
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError(format!("the database thread failed: {error}"))))
}

/// A panic elsewhere leaves no half-done work behind: its transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
