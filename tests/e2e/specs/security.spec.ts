import type { Locator, Page } from "@playwright/test";
import { FEED, expect, row, rows, settle, test, withoutPolicy } from "../fixtures";

/** What must not run, load, style, identify or submit anything. `ran` is what they all try to call. */
const HOSTILE = [
  `<script>ran(1)</script>`,
  `<script src="/causerie.js?hostile"></script>`,
  `<script type="module">ran(2)</script>`,
  `<img src=x onerror=ran(3)>`,
  `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" onload=ran(4)>`,
  `<svg onload=ran(5)></svg>`,
  `<svg><script>ran(6)</script></svg>`,
  `<svg><animate onbegin=ran(7) attributeName=x dur=1s></svg>`,
  `<svg><a xlink:href="javascript:ran(8)"><text y=20>click</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload=ran(9) />#x"></use></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=ran(10)&gt;">`,
  `<math href="javascript:ran(11)">click</math>`,
  `<a href="javascript:ran(12)">click</a>`,
  `<a href=" JaVaScRiPt:ran(13)">click</a>`,
  `<a href="java&#9;script:ran(14)">click</a>`,
  `<a href="java&#10;script:ran(15)">click</a>`,
  `<a href="&#1;javascript:ran(16)">click</a>`,
  `<a href="data:text/html,<script>ran(17)</script>">click</a>`,
  `<a href="vbscript:ran(18)">click</a>`,
  `<a href="blob:https://evil.example/1">click</a>`,
  `<a href="file:///etc/passwd">click</a>`,
  `<a href="https://fine.example/" onclick="ran(19)" target="_blank" ping="https://evil.example/">fine</a>`,
  `<a href="//evil.example/path">protocol-relative</a>`,
  `<iframe src="javascript:ran(20)"></iframe>`,
  `<iframe srcdoc="<script>parent.ran(21)</script>"></iframe>`,
  `<object data="javascript:ran(22)"></object>`,
  `<embed src="javascript:ran(23)">`,
  `<form action="javascript:ran(24)"><input name=q><button>Go</button></form>`,
  `<button formaction="javascript:ran(25)">Go</button>`,
  `<input autofocus onfocus=ran(26)>`,
  `<details open ontoggle=ran(27)><summary>s</summary></details>`,
  `<video autoplay><source onerror=ran(28) src=x></video>`,
  `<audio src=x onerror=ran(29)></audio>`,
  `<body onload=ran(30)>`,
  `<style>@import "https://evil.example/a.css"; * { display: none !important }</style>`,
  `<link rel=stylesheet href="https://evil.example/b.css">`,
  `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
  `<base href="https://evil.example/">`,
  `<p id="causerie" class="causerie notice" style="position:fixed;inset:0" name="body" data-endpoint="https://evil.example/">covered</p>`,
  `<p id=comment-first tabindex=1 contenteditable accesskey=x role=alert aria-label=x part=x slot=x is=x>named</p>`,
  `<img name=getElementById><a id=location href=//evil.example>clobber</a>`,
  `<template><img src=x onerror=ran(31)></template>`,
  `<noscript><p title="</noscript><img src=x onerror=ran(32)>"></noscript>`,
  `<!--><img src=x onerror=ran(33)>-->`,
  `<x-element onpointerenter=ran(34)>custom</x-element>`,
  `<template shadowrootmode=open><script>ran(35)</script></template>`,
  `<marquee onstart=ran(36)>old</marquee>`,
  `</div></li></ol><h1 onclick=ran(37)>broken out</h1>`,
];

/** What may stand in the text of a comment. */
const ELEMENTS =
  "a abbr b blockquote br cite code dd del dfn dl dt em hr i ins kbd li mark ol p pre q s samp small strong sub sup u ul var".split(" ");
/** What a post may hold besides. */
const OF_POSTS =
  "caption details div figcaption figure h2 h3 h4 h5 h6 img section span summary table tbody td tfoot th thead time tr".split(" ");
const ATTRIBUTES = "cite datetime dir href lang title rel".split(" ");
const ATTRIBUTES_OF_POSTS = "alt colspan height rowspan scope src width".split(" ");

/** Everything in `prose` that is not among what may be there. */
function strangers(prose: Locator, elements: string[], attributes: string[]) {
  return prose.evaluateAll(
    (all, [elements, attributes]) =>
      all
        .flatMap((prose) => [...prose.querySelectorAll("*")])
        .flatMap((element) => [
          ...(elements.includes(element.localName) ? [] : [`<${element.localName}>`]),
          ...element
            .getAttributeNames()
            .filter((name) => !attributes.includes(name))
            .map((name) => `${element.localName} ${name}`),
        ]),
    [elements, attributes] as const,
  );
}

/** Where the links in `prose` lead, as the browser understands them. */
function protocols(prose: Locator) {
  return prose.evaluateAll((all) => [
    ...new Set(
      all
        .flatMap((prose) => [...prose.querySelectorAll("a[href], area, [xlink\\:href]")])
        .map((link) => (link as HTMLAnchorElement).protocol),
    ),
  ]);
}

async function nothingRan(page: Page) {
  // Clicks and pointers are tried too.
  for (const link of await page.locator(".prose a").all()) {
    await link.dispatchEvent("pointerenter");
  }
  await page.locator(".prose a:not([href])").evaluateAll((all) => all.forEach((link) => (link as HTMLElement).click()));
  await settle(page);
  expect(await page.evaluate(() => (window as unknown as { calls: unknown[] }).calls)).toEqual([]);
  expect(await page.locator(".causerie").count()).toBe(1);
  await expect(page.locator("iframe, object, embed, .prose script, .prose style, .prose form")).toHaveCount(0);
}

for (const [how, prepare] of [
  ["the browser's sanitizer", () => {}],
  [
    "DOMPurify",
    () => {
      delete (Element.prototype as { setHTML?: unknown }).setHTML;
      delete (ShadowRoot.prototype as { setHTML?: unknown }).setHTML;
    },
  ],
] as const) {
  test.describe(`with ${how}`, () => {
    test.beforeEach(async ({ page }) => {
      await page.addInitScript(() => {
        const calls: unknown[] = [];
        Object.assign(window, { calls, ran: (number: unknown) => calls.push(number) });
      });
      await page.addInitScript(prepare);
      // The policy is the second line of defence. This is about the first.
      await withoutPolicy(page);
    });

    test("it is the one in use", async ({ page }) => {
      const lazy = page.waitForRequest(/lazy\/purify/, { timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      await page.goto("/?post=ask-me-about-owls");
      await expect(rows(page)).toHaveCount(2);
      expect(await page.evaluate(() => "setHTML" in Element.prototype)).toBe(how !== "DOMPurify");
      expect(await page.evaluate(() => Symbol.for("causerie.sanitize") in window)).toBe(how === "DOMPurify");
      if (how === "DOMPurify") expect(await lazy).toBe(true);
      await expect(row(page, "owl02").locator(".prose em")).toHaveText("I");
    });

    test("no comment runs, loads, styles or names anything", async ({ page }) => {
      const comments = HOSTILE.map((html, at) => ({
        id: `h${at}`,
        parent: null,
        author: { name: html, url: "javascript:ran('name')", post_author: false },
        content_html: `<p>before ${at}</p>${html}<p>after</p>`,
        published: "2026-01-01T00:00:00Z",
        status: "published",
      }));
      await page.route(/owls\/comments/, (route) =>
        route.fulfill({ json: { thread: "x", total: comments.length, accepts: "open", comments, next: null } }),
      );
      await page.goto("/?post=ask-me-about-owls");
      await expect(rows(page)).toHaveCount(HOSTILE.length);
      const prose = page.locator("li.comment .prose");
      expect(await strangers(prose, ELEMENTS, ATTRIBUTES)).toEqual([]);
      for (const protocol of await protocols(prose)) expect(["http:", "https:", "mailto:"]).toContain(protocol);
      for (const link of await prose.locator("a[href]").all()) {
        await expect(link).toHaveAttribute("rel", /nofollow.*ugc/);
      }
      await expect(prose.getByRole("link", { name: "fine" })).toHaveAttribute("href", "https://fine.example/");
      // What people meant to say is there.
      await expect(prose.getByText("before 0")).toBeVisible();
      await expect(prose.getByText("covered")).toBeVisible();
      // A name is text.
      await expect(row(page, "h0").getByText("<script>ran(1)</script>")).toBeVisible();
      await expect(page.locator('a[href^="javascript" i]')).toHaveCount(0);
      await nothingRan(page);
    });

    test("an image of a comment is loaded when its reader asks for it", async ({ page, complaints }) => {
      complaints.expectOrigins("https://pictures.example");
      const asked: (string | undefined)[] = [];
      await page.route("https://pictures.example/cat.png", (route) => {
        asked.push(route.request().headers().referer);
        return route.fulfill({ contentType: "image/svg+xml", body: `<svg xmlns="http://www.w3.org/2000/svg"/>` });
      });
      const html = `<p><img src="https://pictures.example/cat.png" alt="A cat"></p>`;
      const comment = { id: "cat", author: { name: "Ada" }, content_html: html };
      await page.route(/owls\/comments/, (route) =>
        route.fulfill({ json: { thread: "x", total: 1, accepts: "open", comments: [comment], next: null } }),
      );
      await page.goto("/?post=ask-me-about-owls");
      const offer = row(page, "cat").getByRole("button", { name: "Show the image from pictures.example" });
      await expect(offer).toBeVisible();
      expect(asked).toEqual([]);
      await offer.click();
      await expect(row(page, "cat").getByRole("img", { name: "A cat" })).toBeVisible();
      await expect(offer).toBeHidden();
      // Its host learns nothing of the page.
      expect(asked).toEqual([undefined]);
    });

    test("no post does either", async ({ page, complaints }) => {
      // An image of the post may point to a file that is not there.
      complaints.allow(/Failed to load resource.*\/x\)/);
      await page.route(FEED, async (route) => {
        const response = await route.fetch();
        const feed = await response.json();
        Object.assign(feed.items[0], {
          title: `<img src=x onerror=ran("title")>`,
          summary: `<script>ran("summary")</script>`,
          tags: [`<b onclick=ran("tag")>tag</b>`],
          authors: [{ name: `<i>Name</i>`, url: "javascript:ran('author')" }],
          content_html: `<p>The beginning.</p>${HOSTILE.map((html) => `<div>${html}</div>`).join("")}`,
        });
        await route.fulfill({ response, json: feed });
      });
      await page.goto("/?post=an-empty-bench");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(`<img src=x onerror=ran("title")>`);
      const prose = page.locator("article > .prose");
      await expect(prose.getByText("The beginning.")).toBeVisible();
      expect(await strangers(prose, [...ELEMENTS, ...OF_POSTS], [...ATTRIBUTES, ...ATTRIBUTES_OF_POSTS])).toEqual([]);
      for (const protocol of await protocols(prose)) expect(["http:", "https:", "mailto:"]).toContain(protocol);
      await expect(page.locator('a[href^="javascript" i]')).toHaveCount(0);
      await nothingRan(page);
    });
  });
}

test("what a reader sends as HTML is shown as the text it is", async ({ page, blog }) => {
  const id = `s-${Date.now()}`;
  const thread = await blog.post({
    comments: [{ id, content: "I say <script>ran(1)</script> [click](javascript:ran(2)) ![x](https://evil.example/x.png) **strong**" }],
  });
  await page.goto(blog.address(thread));
  const prose = row(page, id).locator(".prose");
  await expect(prose).toContainText("<script>ran(1)</script>");
  await expect(prose.locator("strong")).toHaveText("strong");
  await expect(prose.locator('[href^="javascript"], img')).toHaveCount(0);
});

test("the page comes with the policy that it is written for", async ({ page }) => {
  const response = await page.goto("/");
  const policy = Object.fromEntries(
    (response!.headers()["content-security-policy"] ?? "").split(";").map((directive) => {
      const [name, ...values] = directive.trim().split(/\s+/);
      return [name, values.join(" ")];
    }),
  );
  expect(policy).toMatchObject({
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "require-trusted-types-for": "'script'",
  });
  expect(response!.headers()["x-content-type-options"]).toBe("nosniff");
});

test("the page itself holds no inline script, style or handler", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await expect(rows(page)).toHaveCount(30);
  const inline = await page.locator("html").evaluate((html) =>
    [...html.querySelectorAll("*")]
      .filter(
        (element) =>
          (element.localName === "script" && !element.hasAttribute("src")) ||
          element.localName === "style" ||
          element.getAttributeNames().some((name) => name === "style" || name.startsWith("on")),
      )
      .map((element) => element.outerHTML),
  );
  expect(inline).toEqual([]);
});
