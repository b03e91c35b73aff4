// <causerie-count>: how many comments a thread has. In a script of its own and not in the client,
// because a page of twenty counts shall not load the client for them. It knows of each back end
// just what a number needs; the rest is in crates/causerie-core/src/backend/.

// What was asked for in this moment, by server.
const waiting = new Map();

/** Writes into `element` how many comments the thread of its `settings` has, if that is still wanted by then. */
export function count(element, settings, isWanted) {
  const { backend = "causerie", endpoint, thread } = settings;
  if (!endpoint || !thread || !ASK[backend]) {
    const found = JSON.stringify({ backend, endpoint, thread });
    return fail([{ element, isWanted }], `expected backend, endpoint and thread on <causerie-count>, found ${found}`);
  }
  const key = `${backend} ${endpoint}`;
  if (!waiting.has(key)) {
    waiting.set(key, []);
    setTimeout(() => ask(key, backend, endpoint));
  }
  waiting.get(key).push({ element, thread, isWanted });
}

async function ask(key, backend, endpoint) {
  const asked = waiting.get(key);
  waiting.delete(key);
  const threads = [...new Set(asked.map(({ thread }) => thread))];
  try {
    const counts = await ASK[backend](endpoint.replace(/\/$/, ""), threads);
    const numbers = threads.map((_, at) => counts[at]);
    if (!numbers.every(Number.isInteger)) throw new Error(`expected numbers of comments, found ${JSON.stringify(counts)}`);
    for (const { element, thread, isWanted } of asked) {
      if (isWanted()) show(element, numbers[threads.indexOf(thread)]);
    }
  } catch (error) {
    fail(asked, String(error), endpoint);
  }
}

// Each gives the numbers in the order of the threads.
const ASK = {
  async causerie(endpoint, threads) {
    const query = threads.map((thread) => `thread=${encodeURIComponent(thread)}`).join("&");
    const { counts } = await json(`${endpoint}/counts?${query}`);
    return threads.map((thread) => counts[thread]);
  },

  isso(endpoint, threads) {
    const headers = { "content-type": "application/json" };
    return json(`${endpoint}/count`, { method: "POST", headers, body: JSON.stringify(threads) });
  },

  wordpress(endpoint, threads) {
    const pretty = endpoint.includes("/wp-json");
    const base = pretty
      ? `${endpoint.split("/wp-json")[0]}/wp-json/wp/v2`
      : `${endpoint.split("?rest_route=")[0].replace(/\/$/, "")}/?rest_route=/wp/v2`;
    const url = (path, query) => `${base}/${path}${pretty ? "?" : "&"}${query}`;
    const one = async (thread) => {
      const isId = /^\d+$/.test(thread);
      const found = isId ? [{ id: thread }] : await json(url("posts", `slug=${encodeURIComponent(thread)}&_fields=id`));
      if (!found.length) return 0;
      const response = await answer(url("comments", `post=${found[0].id}&per_page=1&_fields=id`));
      return Number(response.headers.get("x-wp-total"));
    };
    return Promise.all(threads.map(one));
  },

  static(endpoint, threads) {
    const one = async (thread) => {
      const page = await json(endpoint.replace("{thread}", thread));
      return page.total ?? (page.comments ?? page).length;
    };
    return Promise.all(threads.map(one));
  },
};

async function answer(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

const json = async (url, options) => (await answer(url, options)).json();

function show(element, number) {
  const language = element.closest("[lang]")?.lang || undefined;
  element.textContent = new Intl.NumberFormat(language).format(number);
  tell(element, "causerie:count", { count: number });
}

/** What the blogger wrote in the element stays. */
function fail(asked, message, url = "") {
  for (const { element, isWanted } of asked) if (isWanted()) tell(element, "causerie:error", { kind: "count", message, url });
}

function tell(element, name, detail) {
  element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
}
