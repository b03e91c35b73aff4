// For browsers that do not sanitize HTML themselves: DOMPurify, where the client finds it.

// It takes a global name, which may be in use on this page, by one that is set up in its own way.
const theirs = Object.getOwnPropertyDescriptor(globalThis, "DOMPurify");
await import("./purify.min.js");
const purify = globalThis.DOMPurify;
delete globalThis.DOMPurify;
if (theirs) Object.defineProperty(globalThis, "DOMPurify", theirs);

/** Makes a fragment of `html`, with these elements and attributes and no others. */
globalThis[Symbol.for("causerie.sanitize")] = (html, elements, attributes) =>
  purify.sanitize(html, {
    ALLOWED_TAGS: elements,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
