// What this device keeps of comments that are on their way, one record for each in IndexedDB, and
// who of all tabs may send them. docs/reliability.md says what for.

const NAME = "causerie";
const STORE = "outbox";
const CHANGED = "causerie:outbox";
/** Milliseconds after which a store that does not open is none: some private windows never answer. */
const PATIENCE = 3000;

const channel = new BroadcastChannel(CHANGED);
const tellThisTab = () => dispatchEvent(new Event(CHANGED));
channel.onmessage = tellThisTab;

let opening;

function open() {
  return (opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      const database = request.result;
      // Cleared by the reader, or wanted by a newer client: opened again when it is needed.
      database.onclose = () => (opening = undefined);
      database.onversionchange = () => (database.close(), database.onclose());
      // One that opens after all is taken, too late for who has waited.
      resolve((opening = database));
    };
    request.onerror = reject;
    setTimeout(reject, PATIENCE);
  }));
}

/** Runs `work` on the store, and gives what it gives once that is on the disk. */
async function transact(mode, work) {
  const transaction = (await open()).transaction(STORE, mode, { durability: "strict" });
  return new Promise((resolve, reject) => {
    let result;
    work(transaction.objectStore(STORE), (value) => (result = value));
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = transaction.onerror = reject;
  });
}

/** All records. */
export function all() {
  return transact("readonly", (store, give) => {
    store.getAll().onsuccess = ({ target }) => give(target.result);
  });
}

/**
 * Puts `after` in the place of `before`, each a record or nothing; false where another tab was
 * quicker. Where it throws, neither is there.
 */
export async function swap(key, before, after) {
  const isDone = await transact("readwrite", (store, give) => {
    store.get(key).onsuccess = ({ target }) => {
      if (target.result !== before) return give(false);
      if (after === undefined) store.delete(key);
      else store.put(after, key);
      give(true);
    };
  }).catch(async (error) => {
    // What is there would go out again. To remove it works on a full disk, too.
    if (before === undefined || (after !== undefined && (await swap(key, before)))) throw error;
    return false;
  });
  channel.postMessage(0);
  tellThisTab();
  return isDone;
}

/**
 * Makes this tab the one that may send the record `key`: gives a function that ends that, false
 * where another tab is at it, and nothing where the browser cannot tell, as on plain http.
 */
export function lock(key) {
  return new Promise((resolve) => {
    const held = (lock) => lock ? new Promise((release) => resolve(release)) : resolve(false);
    if (navigator.locks) navigator.locks.request(NAME + key, { ifAvailable: true }, held).catch(() => resolve());
    else resolve();
  });
}
