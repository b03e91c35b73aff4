// The doctor: turns a failure into its cause and what to do about it, for the blogger. Loaded when
// something has failed, or when the page's address asks for it: ?causerie-doctor.

const ASKED = new URLSearchParams(location.search).has("causerie-doctor");
const LOCAL = /^(localhost|127\.|\[::1\])/;
/** Minutes that a clock may be off before times and cookies suffer. */
const TOLERATED = 10;

// One report for one cause at one address, however often it fails.
const reported = new Set();
// The last look at each host: what an earlier one finds late may no longer be so.
const lastLook = new WeakMap();

/** Finds out why `url` failed with an error of that `kind`, and reports on `host`. */
export async function examine(host, { kind, message, url }) {
  const isLast = look(host);
  const address = new URL(url || location.href, document.baseURI);
  const finding = (await mixedUp(host, kind, address)) ?? (await find(kind, message, address));
  warn(finding, address, message);
  if (isLast()) show(host, finding, address, message);
}

/** Says that all is well with `host`, which shows its comments. */
export async function praise(host) {
  const isLast = look(host);
  const endpoint = setting(host, "endpoint");
  const address = new URL(endpoint ?? location.href, document.baseURI);
  const { response } = endpoint ? await probe(address) : {};
  const clock = response && (await clockOff(response));
  const finding = clock ?? cause("well", "All is well.", "The comments have come from the server.");
  if (!isLast()) return;
  warn(finding, address, "");
  show(host, finding, address, "");
}

/** Begins to look at `host`. The answer tells whether nothing else has begun since. */
function look(host) {
  const id = Symbol();
  lastLook.set(host, id);
  return () => lastLook.get(host) === id;
}

const setting = (host, name) => host.getAttribute(name) ?? host.getAttribute(`data-${name}`);

/** Whether another kind of server is there than the one that is written, which is easily forgotten. */
async function mixedUp(host, kind, url) {
  if (!["not-found", "status", "wrong-shape", "not-json", "unreachable"].includes(kind)) return;
  const { response } = await probe(url);
  const written = setting(host, "backend") ?? "causerie";
  const there = response && (await whatIsThere(host, response));
  if (!there || there === written) return;
  return cause(
    "wrong-backend",
    `The attribute backend says ${written}, but what answers is ${there}.`,
    `Write backend="${there}", or the address of the other server.`,
  );
}

/** The kind of server that gave this answer, where it can be told. */
async function whatIsThere(host, response) {
  const body = await response.json().catch(() => undefined);
  if (body?.type?.startsWith?.("urn:problem-type:causerie:")) return "causerie";
  if (/^rest_/.test(body?.code)) return "wordpress";
  if (body?.replies) return "isso";
  const endpoint = setting(host, "endpoint")?.replace(/\/$/, "");
  const config = await fetch(`${endpoint}/config`).then((answer) => answer.json()).catch(() => undefined);
  return config?.config && "isso";
}

function cause(name, what, remedy) {
  return { name, what, remedy };
}

async function find(kind, message, url) {
  switch (kind) {
    case "unreachable":
      return unreachable(url);
    case "timed-out":
      return cause("server-slow", "The server has not answered within 30 seconds.", "Look at its load and its log.");
    case "guests-refused":
      return cause(
        "guests-not-allowed",
        "The server takes comments from its own users only.",
        'In WordPress, switch off Settings > Discussion > "Users must be registered and logged in to comment", and add ' +
          "this line to the theme's functions.php: add_filter( 'rest_allow_anonymous_comments', '__return_true' );",
      );
    case "not-json":
      return cause(
        "html-instead-of-json",
        "A web page came where data was expected.",
        "Check the endpoint's address: open it in a browser, it has to show JSON. For WordPress try " +
          "endpoint=\"https://your.site/?rest_route=/\". A login page, a firewall or a security plugin may answer instead.",
      );
    case "wrong-shape":
      return cause(
        "wrong-backend",
        "The server sent data of another kind.",
        "Check that the attribute backend names what runs at the endpoint: causerie, wordpress, isso or static.",
      );
    case "not-found":
      return notFound(url);
    case "too-many":
      return cause("too-many-requests", "The server asks for a pause.", "Nothing is to be done, unless it lasts.");
    case "status":
      return cause("server-error", "The server failed.", "Its log says why.");
    default:
      return cause(kind, message, "See docs/embedding.md.");
  }
}

async function unreachable(url) {
  if (navigator.onLine === false) {
    return cause("offline", "This device has no network.", "Connect it and try again.");
  }
  if (location.protocol === "https:" && url.protocol === "http:" && !LOCAL.test(url.host)) {
    return cause(
      "mixed-content",
      "This page is https, the endpoint is http, and browsers refuse that.",
      "Serve the endpoint by https and write https:// in the attribute endpoint.",
    );
  }
  const { response, isBlocked, isThere } = await probe(url);
  if (isBlocked) {
    return cause(
      "content-security-policy",
      "This page's policy forbids the request.",
      `Add ${url.origin} to connect-src in the Content-Security-Policy of this page.`,
    );
  }
  if (response) {
    return (await clockOff(response)) ?? cause("line-broke", "The server answers now; the line broke before.", "Try again.");
  }
  if (isThere) {
    return cause(
      "cors-origin-not-allowed",
      `The server answers, but does not allow pages of ${location.origin} to read it.`,
      `Check the attribute endpoint first: a wrong address of WordPress looks the same. Then allow ${location.origin} in ` +
        `the server's settings: for Isso under [general] host, for Causerie's own endpoint ` +
        `with --cors-origin ${location.origin}; behind a proxy, see that it passes the Access-Control headers on.`,
    );
  }
  return cause(
    "server-down",
    `Nothing answers at ${url.origin}.`,
    "Start the server, or correct the endpoint's address. A certificate that is not valid looks the same from here.",
  );
}

async function notFound(url) {
  const { response } = await probe(url);
  const isApi = response?.headers.get("content-type")?.includes("json");
  return isApi
    ? cause(
        "wrong-thread",
        "The server is right, but knows no such thread or post.",
        "Check the attribute thread (or post): a post's id or slug for WordPress, the path of the page for Isso, the " +
          "key or the page's address without https:// for Causerie.",
      )
    : cause("wrong-endpoint", "There is a server, but nothing at this address.", "Check the attribute endpoint.");
}

/** Asks again, and if that fails, without wanting to read the answer: a server that is there answers. */
async function probe(url) {
  let isBlocked = false;
  const see = (event) => (isBlocked ||= event.blockedURI.startsWith(url.origin));
  document.addEventListener("securitypolicyviolation", see);
  try {
    const options = { credentials: "omit", cache: "no-store" };
    const response = await fetch(url, options).catch(() => undefined);
    const isThere = !!response || (await fetch(url, { ...options, mode: "no-cors" }).then(() => true, () => false));
    // Violations are reported a task later.
    await new Promise((resolve) => setTimeout(resolve));
    return { response, isBlocked, isThere };
  } finally {
    document.removeEventListener("securitypolicyviolation", see);
  }
}

async function clockOff(response) {
  // Not every server lets its own clock be seen; then that of the page's has to do.
  const dated = response.headers.has("date") ? response : await fetch(location.href, { method: "HEAD" }).catch(() => undefined);
  const theirs = Date.parse(dated?.headers.get("date") ?? "");
  const minutes = Math.round((Date.now() - theirs) / 60_000);
  if (!(Math.abs(minutes) > TOLERATED)) return;
  return cause(
    "clock-off",
    `This device's clock and the server's are ${Math.abs(minutes)} minutes apart.`,
    "Set the one that is wrong: times are shown wrong, and what is allowed for a while ends too early or too late.",
  );
}

function warn({ name, what, remedy }, address, message) {
  const id = `${name} ${address.origin}`;
  if (reported.has(id)) return;
  reported.add(id);
  console.warn(`Causerie's doctor: ${name}. ${what} ${remedy}\n${address.href}\n${message}`);
}

function show(host, { name, what, remedy }, address, message) {
  // A number in a sentence is no place for a report.
  if (!ASKED || host.localName === "causerie-count") return;
  const place = host.shadowRoot?.querySelector(".embed") ?? host;
  place.querySelector("[data-doctor]")?.remove();
  const line = (tag, text, className = "") => Object.assign(document.createElement(tag), { textContent: text, className });
  const view = line("div", "", "causerie");
  const notice = line("div", "", "notice");
  notice.setAttribute("role", "status");
  const details = line("pre", `${address.href}\n${message}`);
  notice.append(line("p", `Doctor: ${name}`, "title"), line("p", what), line("p", remedy), details);
  view.dataset.doctor = name;
  view.lang = "en";
  view.append(notice);
  place.append(view);
}
