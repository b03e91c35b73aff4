// Where the reader is in the page, kept for each entry of the history. The browser would restore it
// too, but before the comments are there to scroll to.

/** Milliseconds after which a place that the page does not reach is given up. */
const PATIENCE = 5_000;

history.scrollRestoration = "manual";

/** How far down the reader was when last seen moving, in pixels. */
let top = scrollY;
/** Counts the restorations, so that a new one, or the reader's own move, ends the one before. */
let current = 0;

/** Keeps the reader's place in the entry of the history numbered `entry`. */
export function keep(entry) {
  // A link to a fragment has moved the page already: then only the pixels are known.
  const place = { top, ...(top === scrollY && anchor()) };
  try {
    sessionStorage.setItem(key(entry), JSON.stringify(place));
  } catch {
    // Where nothing can be kept, the reader comes back to the top.
  }
}

/** Goes to the place kept for `entry`, or to the top, as soon as it is there. */
export function restore(entry) {
  const restoration = ++current;
  const until = Date.now() + PATIENCE;
  const place = kept(entry);
  const approach = () => {
    if (current === restoration && !reach(place) && Date.now() < until) requestAnimationFrame(approach);
  };
  requestAnimationFrame(approach);
}

/**
 * The comment in the middle of the window, and how far below the window's edge it begins: better
 * than pixels from the top, because above it things may have another height next time.
 */
function anchor() {
  const row = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("li[id]");
  return row && { id: row.id, offset: row.getBoundingClientRect().top };
}

function kept(entry) {
  try {
    return JSON.parse(sessionStorage.getItem(key(entry))) ?? { top: 0 };
  } catch {
    return { top: 0 };
  }
}

/** Moves the page towards a place. Whether it is reached. */
function reach({ top, id, offset }) {
  if (id === undefined) {
    scrollTo(0, top);
    return scrollY >= top - 1;
  }
  const row = document.getElementById(id);
  if (!row) return false;
  const distance = row.getBoundingClientRect().top - offset;
  scrollBy(0, distance);
  // What comes into view gets its true height only then: look again.
  return Math.abs(distance) < 1;
}

const key = (entry) => `causerie:place:${entry}`;

for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  addEventListener(
    event,
    () => {
      current++;
      // A link may move the page before it is seen to scroll.
      top = scrollY;
    },
    { passive: true },
  );
}
addEventListener("scroll", () => (top = scrollY), { passive: true });
