// Puts the client's view where a snapshot is, so that its reader does not notice: what is read stays
// where it is on the screen, what is marked stays marked, and the focus where it is. docs/snapshot.md.

/** Frames in which the page may still move: what comes into view gets its true height only then. */
const FRAMES = 10;

/** Shows what is in `stage` in the place of `shown`, which says the same. */
export function takeOver(shown, stage) {
  const tree = shown.getRootNode();
  const places = placesOnScreen(tree, shown);
  const anchor = places[0] && { place: places[0], top: find(tree, places[0]).getBoundingClientRect().top };
  const days = daysAt(tree, places);
  const marked = markedIn(tree);
  const focus = focusIn(tree);
  const target = targetIn(tree)?.id;
  shown.replaceWith(...stage.childNodes);
  stage.remove();
  // "10 months ago" may need less room than the day: the lines break where they did.
  for (const [place, width] of days) {
    const day = find(tree, place);
    if (day) day.style.minWidth = `${width}px`;
  }
  // A link has led to it already.
  if (target && !targetIn(tree)) tree.getElementById(target)?.setAttribute("data-target", "");
  focus?.(tree);
  if (marked) mark(tree, marked);
  if (anchor) hold(tree, anchor, FRAMES);
}

/** What is on the screen and the client has too, from above. The first of it is what is read. */
function placesOnScreen(tree, shown) {
  const { left, width } = shown.getBoundingClientRect();
  const places = new Set();
  for (let y = 1; y < innerHeight; y += 16) places.add(placeOf(tree.elementFromPoint(left + width / 2, y)));
  places.delete(undefined);
  return [...places];
}

/** The rows' days there, and how wide they are. */
function daysAt(tree, places) {
  const rows = new Set(places.map((place) => find(tree, place).closest("li.comment[id]")));
  rows.delete(null);
  return [...rows].flatMap((row) => {
    const width = row.querySelector(".permalink")?.getBoundingClientRect().width;
    return width ? [[`${selectorOf(row)} .permalink`, width]] : [];
  });
}

const targetIn = (tree) => tree.querySelector("[data-target]");

/** Gives the focus in a tree back to what has it now, as soon as that has another view. */
function focusIn(tree) {
  const focused = tree.activeElement;
  const place = placeOf(focused);
  if (!place) return;
  const around = (tree) => find(tree, place).closest("li.comment[id], .post") ?? find(tree, place);
  const links = (tree) => [...around(tree).querySelectorAll("a")];
  const at = links(tree).indexOf(focused);
  return (tree) => find(tree, place) && (links(tree)[at] ?? around(tree)).focus({ preventScroll: true });
}

/** Scrolls until it is where it was. The reader's own move ends that, or a link that leads elsewhere. */
function hold(tree, anchor, frames) {
  const target = targetIn(tree);
  const moved = new AbortController();
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(event, () => moved.abort(), { signal: moved.signal, passive: true });
  }
  const step = () => {
    const element = find(tree, anchor.place);
    if (!element || moved.signal.aborted || targetIn(tree) !== target) return;
    const distance = element.getBoundingClientRect().top - anchor.top;
    if (Math.abs(distance) >= 0.5) scrollBy({ top: distance, behavior: "instant" });
    if (frames-- > 0) requestAnimationFrame(step);
    else moved.abort();
  };
  step();
}

// Snapshot and client differ in what is around, not in these.
const PLACES = ["li.comment[id] .prose", "li.comment[id]", ".post .prose", ".post h1", ".thread h2"];

/** A selector that finds the same place in both. */
function placeOf(node) {
  const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  for (const selector of PLACES) {
    const place = element?.closest(selector);
    if (!place) continue;
    const row = place.closest("li.comment[id]");
    return row ? selector.replace("li.comment[id]", () => selectorOf(row)) : selector;
  }
}

const selectorOf = (row) => `#${CSS.escape(row.id)}`;

const find = (tree, place) => tree.querySelector(place);

/** The two ends of what is marked, each as a place and the letters before it. */
function markedIn(tree) {
  const selection = (tree.getSelection ?? document.getSelection).call(tree.getSelection ? tree : document);
  if (!selection?.rangeCount || selection.isCollapsed) return;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const ends = [
    [anchorNode, anchorOffset],
    [focusNode, focusOffset],
  ].map(([node, offset]) => {
    const place = placeOf(node);
    if (!place || node.getRootNode() !== tree) return;
    const range = document.createRange();
    range.setStart(find(tree, place), 0);
    range.setEnd(node, offset);
    return { place, letters: range.toString().length };
  });
  return ends.every(Boolean) ? ends : undefined;
}

function mark(tree, ends) {
  const [start, end] = ends.map(({ place, letters }) => {
    const root = find(tree, place);
    const texts = root && document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts?.nextNode()) {
      const { length } = texts.currentNode;
      if (letters <= length) return [texts.currentNode, letters];
      letters -= length;
    }
  });
  if (start && end) document.getSelection().setBaseAndExtent(...start, ...end);
}
