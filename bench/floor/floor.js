// The least that shows what the client shows: no framework, no states, no errors, nothing kept.
// HTML is put in as it comes, for the endpoint has sanitized it.
const key = new URLSearchParams(location.search).get("post");
const comments = `/api/posts/${key}/comments`;
const list = document.querySelector("ol.comments");
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Each comment: its row, the one it answers, its name, how deep it is, how many are below, and the last row of these. */
const known = new Map();

async function load() {
  const first = json(`${comments}?limit=100`);
  json("/api/feed.json").then(showPost);
  let page = await first;
  document.querySelector("h2").textContent = `${page.total.toLocaleString()} comments`;
  add(page.comments);
  while (page.next) {
    page = await json(`${comments}?limit=1000&cursor=${encodeURIComponent(page.next)}`);
    add(page.comments);
  }
}

async function json(address) {
  return (await fetch(address)).json();
}

function showPost({ items }) {
  const post = items.find((item) => item._causerie.thread === key);
  document.title = document.querySelector("h1").textContent = post.title;
  document.querySelector("article .prose").innerHTML = post.content_html;
}

/** Puts the comments where they belong, and then says at those above them how many there are. */
function add(comments) {
  const answered = new Set();
  for (const comment of comments) place(comment, answered);
  for (const above of answered) fold(above);
}

function place(comment, answered) {
  const parent = known.get(comment.parent);
  const own = { parent, name: comment.author.name, depth: parent ? parent.depth + 1 : 0, below: 0 };
  own.row = own.last = row(comment, own);
  known.set(comment.id, own);
  const before = parent?.last;
  before ? before.after(own.row) : list.append(own.row);
  for (let above = parent; above; above = above.parent) {
    above.below++;
    if (above.last === before) above.last = own.row;
    answered.add(above);
  }
}

function row(comment, { parent, depth }) {
  const item = element("li", { class: "comment", id: `comment-${comment.id}`, "data-depth": depth, "aria-level": depth + 1, tabindex: -1 });
  const said = element("div");
  const text = element("div", { class: "prose", dir: "auto" });
  text.innerHTML = comment.content_html;
  said.append(meta(comment, parent), text);
  const actions = element("p", { class: "actions" });
  const reply = element("button", { type: "button", "aria-label": `Reply to ${comment.author.name}` }, "Reply");
  actions.append(reply);
  item.append(said, actions);
  return item;
}

function meta({ id, parent, author, published }, answered) {
  const line = element("p", { class: "meta" });
  const who = element("span", { class: "author" });
  who.append(author.url ? element("a", { href: author.url, rel: "nofollow ugc noopener" }, author.name) : element("bdi", {}, author.name));
  line.append(who);
  if (answered) line.append(element("a", { class: "answers", href: `#comment-${parent}` }, `in reply to ${answered.name}`));
  const link = element("a", { class: "permalink", href: `#comment-${id}` });
  link.append(element("time", { datetime: published }, since(published)));
  line.append(link);
  return line;
}

function since(time) {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS.at(-1);
  return ago.format(Math.trunc(seconds / length), unit);
}

function fold(above) {
  above.button ??= above.row.lastChild.appendChild(element("button", { type: "button", "aria-expanded": "true" }));
  above.button.textContent = `Hide ${above.below} ${above.below === 1 ? "reply" : "replies"}`;
}

function element(name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const attribute in attributes) made.setAttribute(attribute, attributes[attribute]);
  if (text !== undefined) made.textContent = text;
  return made;
}

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = (id) => document.getElementById(id).value;
  const author = { name: value("name"), email: value("email"), url: value("site") };
  const answer = await fetch(comments, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": `${performance.timeOrigin}-${performance.now()}` },
    body: JSON.stringify({ parent: null, author, content: value("text") }),
  });
  add([await answer.json()]);
  list.lastChild.focus();
});

load();
