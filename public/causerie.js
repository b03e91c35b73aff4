// The boot script, the one file with a stable name: it defines <causerie-thread>, <causerie-post>
// and <causerie-count>, starts the standalone page, and loads all else only when it is needed.
// docs/embedding.md describes what a page can ask of it.

// The client for each back end, script and module, and the style. The build writes the names and
// digests of the hashed files here.
const CLIENTS = {
  causerie: [["causerie-page.js", ""], ["causerie-page_bg.wasm", ""]],
  wordpress: [["causerie-page.js", ""], ["causerie-page_bg.wasm", ""]],
  isso: [["causerie-page.js", ""], ["causerie-page_bg.wasm", ""]],
  static: [["causerie-page.js", ""], ["causerie-page_bg.wasm", ""]],
};
const STYLE = ["causerie.css", ""];
const BASE = new URL("./", import.meta.url).href;
const NAMES = ["backend", "endpoint", "feed", "post", "thread", "submit", "submit-as", "view", "sort", "moderated", "config"];
const NEAR = "800px";

const at = (name) => BASE + name;

const loading = {};
let isLoaded = false;
let sheet;
let isMeasured = false;

/** The style of all embeds, fetched once, and again after a failure. Without it they are plain. */
function style() {
  return (sheet ??= loadStyle().catch((error) => {
    sheet = undefined;
    console.error(error);
  }));
}

async function loadStyle() {
  const [name, integrity] = STYLE;
  const response = await fetch(at(name), { integrity, credentials: "same-origin" });
  return new CSSStyleSheet().replace(await response.text());
}

/** The client for a back end, loaded once for all elements of the page, and again after a failure. */
function client(backend) {
  return (loading[backend] ??= load(backend).catch((error) => {
    delete loading[backend];
    throw error;
  }));
}

async function load(backend) {
  const [[script, scriptDigest], [module, moduleDigest]] = CLIENTS[backend];
  if (scriptDigest && !document.querySelector(`link[href$="${script}"]`)) {
    // An import has no digest of its own; it takes what was loaded before under one.
    const link = element("link", { rel: "modulepreload", href: at(script), integrity: scriptDigest, crossOrigin: "anonymous" });
    document.head.append(link);
  }
  const bytes = fetch(at(module), { integrity: moduleDigest, credentials: "same-origin" });
  // It takes a browser long the first time, and the line is what is waited for.
  globalThis.requestIdleCallback?.(() => formats());
  const [glue, device] = await Promise.all([import(at(script)), import(at("device.js")), sanitizer()]);
  await glue.default({ module_or_path: bytes });
  isLoaded = true;
  return (drawn, ...given) => glue.mount(...given, BASE, { device, formats, follow, drawn, keepPlace, restorePlace, takeAhead });
}


/** How numbers, plurals and moments, in milliseconds since 1970, are written in the language `tag`. */
function formats(tag) {
  try {
    Intl.getCanonicalLocales(tag);
  } catch {
    // A page may call its language anything.
    tag = "en";
  }
  const numbers = new Intl.NumberFormat(tag);
  const plurals = new Intl.PluralRules(tag);
  const ages = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: "long" });
  const moments = new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "short" });
  // Out of their range there is nothing to say.
  const written = (format, ms) => (Math.abs(ms) > 8.64e15 ? "" : format.format(ms));
  return {
    number: (n) => numbers.format(n),
    plural: (n) => plurals.select(n),
    ago(seconds) {
      const [length, unit] = UNITS.find(([length]) => seconds >= length);
      return ages.format(-Math.floor(seconds / length), unit);
    },
    date: (ms) => written(dates, ms),
    dateTime: (ms) => written(moments, ms),
  };
}

const UNITS = [
  [31_556_952, "year"],
  [2_629_746, "month"],
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** Follows a conversation, see lazy/live.js, and gives a function that ends that. */
function follow(...given) {
  let isOver = false;
  let end = () => (isOver = true);
  import(at("lazy/live.js")).then(({ follow }) => {
    if (!isOver) end = follow(...given);
  }, console.warn);
  return () => end();
}

let places;
/** Where the reader is in the client's own page, see lazy/places.js. Who has not moved is at its top. */
async function findPlaces() {
  return (places ??= await import(at("lazy/places.js")));
}

function keepPlace(entry) {
  places?.keep(entry);
}

function restorePlace(entry) {
  findPlaces().then(
    ({ restore }) => restore(entry),
    () => scrollTo(0, 0),
  );
}

/** Goes from comment to comment by J and K, see lazy/keys.js. */
function walk({ key, target, currentTarget, ctrlKey, metaKey, altKey }) {
  const by = { j: 1, k: -1 }[key?.toLowerCase()];
  if (!by || ctrlKey || metaKey || altKey || target.matches("input, textarea, select")) return;
  import(at("lazy/keys.js")).then(({ walk }) => walk(currentTarget, by), console.warn);
}

/** Shows the image of a comment whose button was pressed, see lazy/image.js. */
function showImage({ target }) {
  if (target.matches("[data-image]")) import(at("lazy/image.js")).then(({ show }) => show(target), console.warn);
}

/** Most browsers sanitize HTML themselves, see lazy/sanitizer.js. */
async function sanitizer() {
  if ("setHTML" in Element.prototype) return;
  document.head.append(element("link", { rel: "modulepreload", href: at("lazy/purify.min.js") }));
  await import(at("lazy/sanitizer.js"));
}

/** What the blogger wrote on `host`, over what is in the file that it names. */
async function settings(host, more) {
  const own = {};
  for (const name of NAMES) {
    const value = host.getAttribute(name) ?? host.getAttribute(`data-${name}`);
    if (value !== null) own[name] = value.trim();
  }
  const file = own.config ? await (await fetch(own.config)).json() : {};
  const page = document.querySelector('link[rel="canonical"]')?.href || location.href;
  const title = host.getAttribute("thread-title") || document.title;
  return { page, title, ...file, ...more, ...own };
}

/** What was asked for ahead of the client, by its address. */
const ahead = {};

/** Requests what the client will ask for first, while it loads. */
function askAhead(chosen) {
  if (isLoaded) return;
  const { backend = "causerie", endpoint, feed, shows } = chosen;
  const key = shows ? chosen.thread : new URLSearchParams(location.search).get("post");
  const addresses = [shows === "thread" ? undefined : feed];
  // As the client asks: other back ends are told apart there, not here.
  if (backend === "causerie" && endpoint && key && /^[\w.-]+$/.test(key)) {
    addresses.push(`${endpoint.replace(/\/+$/, "")}/posts/${key}/comments?limit=100`);
  }
  for (const address of addresses) {
    // What fails here is asked for again.
    if (address) ahead[address] ??= ask(address).catch(() => {});
  }
}

/** A response that has its text already: who asks for it need not wait for the next task, and a frame before it. */
async function ask(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  return Object.assign(response, { text: async () => text });
}

/** Hands over what was asked for ahead, once. */
function takeAhead(address) {
  const asked = ahead[address];
  delete ahead[address];
  return asked;
}

/** Shows in `inside` what `host` asks for, and gives a function that takes it down. */
async function mount(host, inside, more) {
  const data = host.querySelector("script[data-causerie-snapshot]");
  // What a snapshot shows stays until the client shows the same.
  const shown = data && inside.querySelector(".causerie");
  try {
    const chosen = await settings(host, more);
    if (!data) askAhead(chosen);
    // One that knows no such back end says which there are.
    const loading = client(Object.hasOwn(CLIENTS, chosen.backend) ? chosen.backend : "causerie");
    const [show, takeover] = await Promise.all([loading, shown && import(at("lazy/takeover.js"))]);
    const stage = shown ? element("div", { hidden: true }) : inside;
    inside.addEventListener("keydown", walk);
    inside.addEventListener("click", showImage);
    // The client calls it while it draws, and again for what comes later.
    const drawn = () =>
      queueMicrotask(() => {
        data?.remove();
        if (shown && stage.isConnected) takeover.takeOver(shown, stage);
      });
    return () => {
      if (shown) inside.append(stage);
      return show(drawn, host, stage, JSON.stringify(chosen));
    };
  } catch (error) {
    console.error(error);
    return () => sayThatItFailed(host, inside, shown);
  }
}

class Conversation extends HTMLElement {
  static observedAttributes = [...NAMES, "thread-title", "lang", "theme"];
  static shows = "thread";
  #inside;
  #takeDown;
  // Counts what was asked for, so that what comes too late is dropped.
  #asked = 0;
  #isNear = false;

  connectedCallback() {
    elements.add(this);
    if (this.#isNear) return;
    // A link to a comment leads into a thread, wherever it is on the page.
    if (leadsToComment()) this.start();
    else near.observe(this);
  }

  /** Loads and shows what was too far away so far. */
  come() {
    if (!this.#isNear) this.start();
  }

  disconnectedCallback() {
    // One that is only moved is back before this runs, with what was typed in it.
    queueMicrotask(() => {
      if (this.isConnected) return;
      near.unobserve(this);
      elements.delete(this);
      this.#isNear = false;
      this.#asked++;
      this.#clear();
    });
  }

  connectedMoveCallback() {}

  attributeChangedCallback(name, before, after) {
    if (!this.#isNear || before === after) return;
    if (name === "theme") this.paint();
    else this.start();
  }

  /** Loads and shows, in place of what is shown. Several changes at once are one. */
  async start() {
    this.#isNear = true;
    const asked = ++this.#asked;
    await null;
    if (asked !== this.#asked) return;
    const isReady = this.#prepare();
    const show = await mount(this, this.#inside, { shows: this.constructor.shows });
    await isReady;
    if (asked !== this.#asked) return;
    this.#clear();
    this.paint();
    this.#takeDown = show();
  }

  /** The theme that the attribute names, else that of the page around. */
  paint() {
    if (!this.#inside) return;
    const theme = this.getAttribute("theme");
    const chosen = theme === "light" || theme === "dark" ? theme : surroundings(this);
    if (this.#inside.dataset.theme !== chosen) this.#inside.dataset.theme = chosen;
  }

  #clear() {
    this.#takeDown?.();
    this.#takeDown = undefined;
  }

  /** The shadow tree, made once, with its style. */
  async #prepare() {
    if (this.#inside) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const ofSnapshot = shadow.querySelector(".embed");
    this.#inside = ofSnapshot ?? element("div", { className: "embed", hidden: true });
    if (ofSnapshot) this.paint();
    else shadow.replaceChildren(this.#inside);
    const styled = await style();
    if (styled) {
      shadow.adoptedStyleSheets = [styled];
      shadow.querySelector("link")?.remove();
    }
    this.#inside.hidden = false;
    if (!styled || isMeasured) return;
    isMeasured = true;
    // Not the page's rem, which many sites set to ten pixels: the reader's own medium size.
    styled.insertRule(`:host { --causerie-rem: ${getComputedStyle(this.#inside).fontSize} }`);
  }
}

class Post extends Conversation {
  static shows = "post";
}

class Count extends HTMLElement {
  static observedAttributes = ["backend", "endpoint", "thread", "config", "lang"];
  #asked = 0;

  connectedCallback() {
    this.attributeChangedCallback();
  }

  async attributeChangedCallback() {
    const asked = ++this.#asked;
    await null;
    const isWanted = () => asked === this.#asked && this.isConnected;
    if (!isWanted()) return;
    const { count } = await import(at("lazy/count.js"));
    count(this, await settings(this), isWanted);
  }
}

const elements = new Set();
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.start();
    }
  },
  { rootMargin: NEAR },
);

const leadsToComment = () => location.hash.startsWith("#comment-");
addEventListener("hashchange", () => {
  if (leadsToComment()) for (const element of elements) element.come();
});

function paintAll() {
  for (const element of elements) element.paint();
}

/** How light a color is that the browser has computed, from 0 to 1; nothing where one sees through it. */
function lightness(color) {
  const kind = color.split("(")[0];
  const numbers = color.replace(/[a-z][\w-]*/gi, "").match(/-?[\d.]+/g) ?? [];
  const [first, second, third, alpha = 1] = numbers.map(Number);
  if (first === undefined || alpha <= 0.5) return;
  if (kind.startsWith("ok")) return first;
  if (kind === "lab" || kind === "lch") return first / 100;
  return (first * 0.3 + second * 0.6 + third * 0.1) / (kind === "color" ? 1 : 255);
}

/** Whether the page around `node` is light or dark: by the first background that covers it. */
function surroundings(node) {
  for (let around = node; around instanceof Element; around = around.parentElement ?? around.getRootNode().host) {
    const light = lightness(getComputedStyle(around).backgroundColor);
    if (light !== undefined) return light < 0.5 ? "dark" : "light";
  }
  // Nothing is painted: it is the browser's own canvas.
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const mayBeDark = scheme.includes("dark") && (!scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
  return mayBeDark ? "dark" : "light";
}

// A site's own switch sets a class or an attribute somewhere, or changes its style sheets; its colors
// may take a moment to change.
let isDue = false;
function repaint() {
  if (isDue || !elements.size) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    paintAll();
  });
}
const switches = new MutationObserver(repaint);
const attributeFilter = ["class", "style", "theme", "data-theme", "data-bs-theme", "data-color-mode", "data-color-scheme", "data-mode", "media", "disabled"];
switches.observe(document.documentElement, { attributes: true, attributeFilter, subtree: true });
switches.observe(document.head, { childList: true });
document.addEventListener("transitionend", repaint);
document.addEventListener("load", ({ target }) => target.localName === "link" && repaint(), true);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

addEventListener("causerie:error", ({ target, detail }) => {
  const call = ({ examine }) => examine(target, detail);
  // Where not even the doctor can be had, the line is cut.
  import(at("lazy/doctor.js")).then(call, () => console.warn("Causerie's doctor: offline. Nothing can be loaded.", detail.url));
});
if (new URLSearchParams(location.search).has("causerie-doctor")) {
  addEventListener("causerie:ready", async ({ target }) => (await import(at("lazy/doctor.js"))).praise(target));
}

customElements.define("causerie-thread", Conversation);
customElements.define("causerie-post", Post);
customElements.define("causerie-count", Count);

const page = document.getElementById("causerie");
if (page) {
  // For the scroll bars, and what shows beyond the ends of the page.
  const paint = () => (document.documentElement.style.colorScheme = page.dataset.theme ?? "");
  paint();
  new MutationObserver(paint).observe(page, { attributeFilter: ["data-theme"] });
  addEventListener("scroll", () => findPlaces().catch(console.warn), { once: true });
  mount(page, page).then((show) => show());
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// In the one place that speaks before the client's catalogues are there.
function sayThatItFailed(host, inside, shown) {
  const language = host.closest("[lang]")?.lang || navigator.language;
  const french = language.startsWith("fr");
  const [title, text, action] = french
    ? ["Cette page n’a pas pu démarrer", "La connexion a peut-être été coupée, ou le navigateur est trop ancien.", "Réessayer"]
    : ["This page could not start", "The connection may have been lost, or the browser may be too old.", "Try again"];
  const isEmbed = host !== inside;
  const again = element("a", { href: location.href, textContent: action });
  const notice = element(
    "div",
    { className: "notice", role: "alert" },
    element(isEmbed ? "p" : "h1", { className: "title", textContent: title }),
    element("p", { textContent: text }),
    again,
  );
  notice.dataset.tone = "problem";
  const view = element("div", { className: "causerie", lang: french ? "fr" : "en" }, notice);
  // What a snapshot shows can be read all the same.
  if (shown) inside.append(view);
  else inside.replaceChildren(view);
  if (!isEmbed) document.documentElement.lang ||= view.lang;
  // An embed tries again by itself; the page around it stays as it is.
  again.onclick = (event) => {
    if (!isEmbed) return;
    event.preventDefault();
    host.start();
  };
  return () => view.remove();
}
