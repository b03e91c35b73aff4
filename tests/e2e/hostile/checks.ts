// What must hold of a page, whatever is in it.
import type { Locator, Page } from "@playwright/test";
import { NAMES } from "./corpus";

/** What the prose of a comment may hold, and of a post besides. */
const ELEMENTS =
  "a abbr b blockquote br cite code dd del dfn dl dt em hr i ins kbd li mark ol p pre q s samp small strong sub sup u ul var".split(" ");
const OF_POSTS =
  "caption details div figcaption figure h2 h3 h4 h5 h6 img section span summary table tbody td tfoot th thead time tr".split(" ");
const ATTRIBUTES = "alt cite datetime dir href lang src title".split(" ");
const ATTRIBUTES_OF_POSTS = "colspan height rowspan scope width".split(" ");

export type Allowed = { elements: string[]; attributes: string[] };
export const IN_COMMENTS: Allowed = { elements: ELEMENTS, attributes: [...ATTRIBUTES, "rel"] };
export const IN_POSTS: Allowed = {
  elements: [...ELEMENTS, ...OF_POSTS],
  attributes: [...ATTRIBUTES, ...ATTRIBUTES_OF_POSTS],
};

/** Everything inside `roots` that has no business there: elements, attributes and where links lead. */
export function strangers(roots: Element[], { elements, attributes }: Allowed): string[] {
  return roots
    .flatMap((root) => [...root.querySelectorAll("*")])
    .flatMap((element) => {
      const found = [];
      // What the client itself puts in the place of an image of a comment.
      const isOffer = element.matches("button[type=button][data-image][data-alt]") && element.attributes.length === 3;
      if (isOffer && !element.childElementCount) return [];
      const isHtml = element.namespaceURI === "http://www.w3.org/1999/xhtml";
      if (!isHtml || !elements.includes(element.localName)) found.push(`<${element.localName}>`);
      for (const name of element.getAttributeNames()) {
        if (!attributes.includes(name)) found.push(`${element.localName} ${name}`);
      }
      if (element.shadowRoot) found.push(`${element.localName} with a shadow root`);
      // An address on anything else leads nowhere.
      const isLink = element.matches("a[href], area");
      if (isLink && !["http:", "https:", "mailto:"].includes((element as HTMLAnchorElement).protocol)) {
        found.push(`link to ${element.getAttribute("href")}`);
      }
      return found;
    });
}

/** Links of readers that do not say whose they are, or lead elsewhere than to the web. */
export function badLinks(links: Element[]): string[] {
  return links
    .map((link) => link as HTMLAnchorElement)
    .filter(({ protocol, relList }) => {
      const isMarked = ["nofollow", "ugc", "noopener"].every((word) => relList.contains(word));
      return !isMarked || !["http:", "https:", "mailto:"].includes(protocol);
    })
    .map((link) => link.outerHTML.slice(0, 200));
}

/**
 * What a payload could take from the page or do to it from inside: which things its names stand
 * for, how it looks outside of the conversation, and what it has loaded. Taken of a harmless page
 * and of a hostile one, it is to be the same.
 */
export function stateOf(page: Page): Promise<object> {
  return page.evaluate((names) => {
    const kind = (value: unknown) => Object.prototype.toString.call(value);
    const known = (object: object) =>
      names.map((name) => `${name}: ${kind((object as unknown as Record<string, unknown>)[name])}`);
    const canary = document.querySelector<HTMLElement>("#canary") ?? document.createElement("aside");
    if (!canary.isConnected) {
      canary.id = "canary";
      canary.textContent = "canary";
      canary.lang = "en";
      document.body.append(canary);
    }
    const look = (element: Element | null, properties: Iterable<string>) => {
      const style = element && getComputedStyle(element);
      return style && [...properties].map((name) => `${name}: ${style.getPropertyValue(name)}`);
    };
    // Not the whole style: the height of what holds the conversation is that of the conversation.
    const plain =
      "background-color background-image color display font-family font-size position visibility opacity z-index " +
      "direction text-align pointer-events padding-left margin-top border-top-width";
    const outside = ["html", "body", "main", "h1", "h2#causerie-conversation", "textarea", ".write button[type=submit]"];
    const own = (name: string) =>
      (document as unknown as Record<string, unknown>)[name] === (Document.prototype as unknown as Record<string, unknown>)[name];
    return {
      window: known(window),
      document: known(document),
      methods: ["getElementById", "querySelector", "createElement", "createTextNode", "addEventListener"].map(own),
      root: [...document.querySelectorAll('[id="causerie"]')].map((root) => root.localName),
      isFound: document.getElementById("causerie") === document.querySelector("main"),
      body: document.body instanceof HTMLBodyElement && document.body === document.documentElement.lastElementChild,
      forms: document.forms.length,
      named: document.querySelectorAll("[name]:not(head *)").length,
      frames: window.length,
      base: document.querySelectorAll("base").length,
      metas: document.querySelectorAll("meta").length,
      sheets: [document.styleSheets.length, document.adoptedStyleSheets.length],
      inBody: document.querySelectorAll("body :is(style, link, script, meta, base, object, embed, iframe, [style])").length,
      canary: look(canary, getComputedStyle(canary)),
      outside: outside.map((selector) => [selector, look(document.querySelector(selector), plain.split(" "))]),
      language: document.documentElement.lang,
    };
    // The one that follows the reader.
  }, NAMES.filter((name) => name !== "activeElement"));
}

/** The ids in the page, without those of the rows. */
export function otherIds(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("[id]:not(li.comment)")].map(({ id }) => id).sort(),
  );
}

/** The strangers in the elements that `locator` leads to, in whatever tree they are. */
export function found(locator: Locator, allowed: Allowed): Promise<string[]> {
  return locator.evaluateAll(strangers, allowed);
}
