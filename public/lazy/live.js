// Follows a conversation while it is on the screen: by server-sent events where the back end has
// them, else by asking it from time to time. docs/reliability.md does not depend on it: what is
// missed here comes with the next visit.

/** Milliseconds between two questions to a server, for each piece that the conversation comes in. */
const INTERVAL = 30_000;
/** How much slower it is asked when nothing was touched for so long. */
const SLOWER = 4;
const IDLE = 120_000;
/** Milliseconds after which a server that refused to send events is tried again. */
const REFUSED = 300_000;

const TOUCHES = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove", "scroll"];

/**
 * Calls `take` with the data of each event at `address`, or with nothing when it is time to ask. Gives
 * a function that ends that.
 */
export function follow(address, pieces, take) {
  const ended = new AbortController();
  const { signal } = ended;
  let source;
  let timer;
  let last;
  let asked = Date.now();
  let touched = Date.now();
  let refused = -Infinity;

  function listen() {
    const url = new URL(address, document.baseURI);
    if (last !== undefined) url.searchParams.set("after", last);
    source = new EventSource(url);
    const note = (event) => (last = event.lastEventId);
    source.onmessage = (event) => (note(event), steadily(() => take(event.data)));
    source.addEventListener("reset", (event) => (note(event), take()));
    source.onerror = () => {
      // A line that is cut is joined again by the browser; a refusal is final.
      if (source?.readyState !== EventSource.CLOSED) return;
      refused = Date.now();
      go();
    };
  }

  function ask() {
    asked = Date.now();
    take();
    go();
  }

  /** Goes on as the moment asks for. */
  function go() {
    const listens = address && Date.now() - refused > REFUSED;
    if (source && (document.hidden || source.readyState === EventSource.CLOSED)) {
      source.close();
      source = undefined;
    }
    clearTimeout(timer);
    // Nobody sees it: one of few connections is left to other tabs, and the battery to the reader.
    if (document.hidden || signal.aborted) return;
    if (listens) {
      if (!source) listen();
      return;
    }
    const isIdle = Date.now() - touched > IDLE;
    const wait = asked + INTERVAL * Math.max(pieces, 1) * (isIdle ? SLOWER : 1) - Date.now();
    timer = setTimeout(ask, Math.max(wait, 0));
  }

  document.addEventListener("visibilitychange", go, { signal });
  addEventListener("online", go, { signal });
  const touch = () => {
    const wasIdle = Date.now() - touched > IDLE;
    touched = Date.now();
    if (wasIdle) go();
  };
  for (const event of TOUCHES) addEventListener(event, touch, { signal, passive: true, capture: true });
  go();
  return () => {
    ended.abort();
    source?.close();
    clearTimeout(timer);
  };
}

/** Keeps the field that a reader types in where it is on the screen, whatever `act` changes above it. */
function steadily(act) {
  let field = document.activeElement;
  while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
  const isTyping = field?.matches("input, textarea");
  const top = () => field.getBoundingClientRect().top;
  const before = isTyping && top();
  act();
  if (!isTyping) return;
  // What it changes is drawn before the next frame.
  requestAnimationFrame(() => {
    if (field.isConnected) scrollBy({ top: top() - before, behavior: "instant" });
  });
}
