// The boot script: starts the client, and says so where that fails. Trunk writes the names of the
// hashed files into its element.

const boot = document.querySelector("script[data-wasm]");

try {
  const [client] = await Promise.all([import(new URL(boot.dataset.js, document.baseURI)), sanitizer()]);
  await client.default({ module_or_path: new URL(boot.dataset.wasm, document.baseURI) });
} catch (error) {
  console.error(error);
  sayThatItFailed();
}

// Most browsers sanitize HTML themselves. The others get DOMPurify, which the client finds by its
// global name.
async function sanitizer() {
  if (!("setHTML" in Element.prototype)) await import("./lazy/purify.min.js");
}

// In the one place that speaks before the client's catalogues are there.
function sayThatItFailed() {
  const french = (document.documentElement.lang || navigator.language).startsWith("fr");
  const [title, text, action] = french
    ? ["Cette page n’a pas pu démarrer", "La connexion a peut-être été coupée, ou le navigateur est trop ancien.", "Réessayer"]
    : ["This page could not start", "The connection may have been lost, or the browser may be too old.", "Try again"];
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.dataset.tone = "problem";
  notice.setAttribute("role", "alert");
  const heading = document.createElement("h1");
  heading.className = "title";
  heading.textContent = title;
  const words = document.createElement("p");
  words.textContent = text;
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = action;
  notice.append(heading, words, again);
  document.documentElement.lang ||= french ? "fr" : "en";
  const view = document.createElement("div");
  view.className = "causerie";
  view.lang = french ? "fr" : "en";
  view.append(notice);
  document.getElementById("causerie")?.replaceChildren(view);
}
