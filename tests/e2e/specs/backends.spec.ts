// The same of every back end: what a reader can rely on, whatever keeps the blog's comments.
import type { Page } from "@playwright/test";
import type { Backend, Seed, Stored, Thread } from "../backends/backend";
import { type Name, type Backends, expect, need, test } from "../embed";
import { arrived, Composer, conversation, FAILED_REQUEST, ids, row, rows, unsent } from "../fixtures";

/** What the back ends differ in. */
const BACKENDS: {
  name: Name;
  /** How many levels of answers it keeps. */
  levels: number;
  /** Whether a post can be closed to comments. */
  closes: boolean;
  /** Whether a new comment is published at once, where nobody moderates. */
  publishes: boolean;
  /** Whether it holds comments for a moderator, and can publish them. */
  moderates: boolean;
  /** Whether the reader is asked before a comment is sent again that may have arrived. */
  asksFirst: boolean;
}[] = [
  { name: "causerie", levels: 12, closes: true, publishes: true, moderates: true, asksFirst: false },
  { name: "wordpress", levels: 12, closes: true, publishes: true, moderates: true, asksFirst: false },
  { name: "isso", levels: 2, closes: false, publishes: true, moderates: true, asksFirst: false },
  // Whoever reads what it takes writes it into the file one day.
  { name: "static", levels: 12, closes: true, publishes: false, moderates: false, asksFirst: true },
];

const AWAITING = "Awaiting moderation. Only you see this.";

/** What a browser says of its own when a server is not there, or does not let the page in. */
const NO_CONNECTION = [FAILED_REQUEST, /ERR_CONNECTION_REFUSED/];
const REFUSED_ORIGIN = [FAILED_REQUEST, /blocked by CORS policy/];

for (const { name, levels, closes, publishes, moderates, asksFirst } of BACKENDS) {
  const backendOf = (backends: Backends): Backend => need<Backend>(backends[name]);

  test.describe(name, () => {
    test("twelve comments, each an answer to the one above as far as the server keeps that", async ({
      page,
      backends,
      host,
    }) => {
      const backend = backendOf(backends);
      const thread = await backend.post({ comments: chain(12, levels) });
      await page.goto(await host.page(backend.attributes(thread)));
      await expect(rows(page)).toHaveCount(12);
      await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("12 comments");
      expect(await ids(page)).toEqual(Object.values(thread.ids));
      for (let at = 0; at < 12; at++) {
        const shown = row(page, thread.ids[`c${at}`]);
        await expect(shown).toContainText(`What c${at} has to say.`);
        await expect(shown).toContainText(`Guest ${at}`);
        // The page gives up indenting before the server gives up answers.
        const depth = Math.min(at, levels - 1);
        await expect(shown).toHaveAttribute("data-depth", depth < 5 ? `${depth}` : /\d/);
        if (depth > 0) await expect(shown).toContainText("in reply to");
      }
    });

    test("a thousand comments, each once", async ({ page, backends, host }) => {
      const backend = backendOf(backends);
      const seeds = Array.from({ length: 1000 }, (_, at): Seed => ({ id: `c${at}` }));
      const thread = await backend.post({ comments: seeds });
      await page.goto(await host.page(backend.attributes(thread)));
      await expect(rows(page)).toHaveCount(1000, { timeout: 20_000 });
      await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("1,000 comments");
      expect((await ids(page)).sort()).toEqual(Object.values(thread.ids).sort());
    });

    test("a thread without comments invites to write the first", async ({ page, backends, host }) => {
      const backend = backendOf(backends);
      const thread = await backend.post();
      await page.goto(await host.page(backend.attributes(thread)));
      await expect(page.getByText("Nobody has answered yet. You could be the first.")).toBeVisible();
      await expect(Composer.root(page).text).toBeVisible();
    });

    test("a comment is stored once, and is there after a reload", async ({ page, backends, host }) => {
      const backend = backendOf(backends);
      const thread = await backend.post();
      await page.goto(await host.page(backend.attributes(thread)));
      await write(Composer.root(page), "The first word.");
      await expect(arrived(page)).toHaveCount(1);
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText("The first word.");
      await expect(rows(page)).toContainText("Ada");
      await expect(rows(page).getByText(AWAITING)).toHaveCount(publishes ? 0 : 1);
      await expect(Composer.root(page).text).toHaveValue("");

      const stored = await backend.stored(thread);
      expect(stored.map(told)).toEqual([{ name: "Ada", parent: null, held: !publishes }]);
      expect(stored[0].content).toContain("The first word.");

      await page.reload();
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText("The first word.");
      await expect(Composer.root(page).text).toHaveValue("");
      expect(await backend.stored(thread)).toHaveLength(1);
    });

    test("an answer is stored with the comment that it answers", async ({ page, backends, host }) => {
      const backend = backendOf(backends);
      const thread = await backend.post({ comments: [{ id: "first" }, { id: "second" }] });
      await page.goto(await host.page(backend.attributes(thread)));
      await write(await Composer.reply(page, thread.ids.first), "An answer to the first.");
      const answer = rows(page).filter({ hasText: "An answer to the first." });
      await expect(answer).toHaveAttribute("data-depth", "1");
      await expect(arrived(page)).toHaveCount(3);
      await expect(rows(page)).toHaveCount(3);

      const stored = await newIn(backend, thread);
      expect(stored.map(told)).toEqual([{ name: "Ada", parent: thread.ids.first, held: !publishes }]);

      await page.reload();
      await expect(answer).toHaveAttribute("data-depth", "1");
      // Below the first, and above the second.
      expect((await ids(page)).indexOf((await answer.getAttribute("id"))!.replace("comment-", ""))).toBe(1);
      await expect(rows(page)).toHaveCount(3);
    });

    test("a comment that waits for a moderator is shown to its author alone", async ({
      page,
      browser,
      backends,
      host,
      complaints,
    }) => {
      const backend = backendOf(backends);
      const thread = await backend.post({ accepts: moderates ? "moderated" : "open" });
      const address = await host.page(backend.attributes(thread));
      await page.goto(address);
      await write(Composer.root(page), "May I?");
      await expect(rows(page)).toContainText(AWAITING);
      await expect(rows(page)).toContainText("May I?");
      const stored = await backend.stored(thread);
      expect(stored.map(({ name, held }) => ({ name, held }))).toEqual([{ name: "Ada", held: true }]);

      await page.reload();
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText(AWAITING);
      await expect(rows(page)).toContainText("May I?");

      const context = await browser.newContext();
      await complaints.watch(context);
      const other = await context.newPage();
      await other.goto(address);
      await expect(Composer.root(other).text).toBeVisible();
      await expect(rows(other)).toHaveCount(0);
      await context.close();

      if (!backend.publish) return;
      await backend.publish(thread, stored[0].id);
      await page.reload();
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText("May I?");
      await expect(rows(page)).not.toContainText("Awaiting moderation");
    });

    if (closes) {
      test("where comments are closed a sentence stands for the form", async ({ page, backends, host }) => {
        const backend = backendOf(backends);
        const thread = await backend.post({ accepts: "closed", comments: [{ id: "old" }] });
        await page.goto(await host.page(backend.attributes(thread)));
        await expect(rows(page)).toHaveCount(1);
        await expect(page.getByText("Comments are closed")).toBeVisible();
        await expect(page.getByRole("textbox")).toHaveCount(0);
        await expect(page.getByRole("button", { name: /^Reply/ })).toHaveCount(0);
      });
    } else {
      test("comments are never closed, and the form is always there", async ({ page, backends, host }) => {
        const backend = backendOf(backends);
        await expect(backend.post({ accepts: "closed" })).rejects.toThrow("found a closed one");
        const thread = await backend.post({ comments: [{ id: "old", published: "2001-01-01T00:00:00Z" }] });
        await page.goto(await host.page(backend.attributes(thread)));
        await expect(rows(page)).toHaveCount(1);
        await expect(Composer.root(page).text).toBeVisible();
      });
    }

    test("a server that is down is named as such, and can be tried again", async ({
      page,
      backends,
      host,
      proxyFor,
      complaints,
    }) => {
      complaints.allow(...NO_CONNECTION);
      const backend = backendOf(backends);
      const thread = await backend.post({ comments: [{ id: "a" }, { id: "b" }] });
      const proxy = await proxyFor(thread.origin);
      await proxy.stop();
      await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
      await expect(page.getByRole("alert")).toContainText("No connection");
      // An empty thread never stands for a failure.
      await expect(page.getByText("Nobody has answered yet.")).toHaveCount(0);
      await retry(page).click();
      await expect(page.getByRole("alert")).toContainText("No connection");
      await proxy.start();
      await retry(page).click();
      await expect(rows(page)).toHaveCount(2);
      await expect(page.getByRole("alert")).toHaveCount(0);
    });

    test("a server that goes away meanwhile costs no text", async ({ page, backends, host, proxyFor, complaints }) => {
      complaints.allow(...NO_CONNECTION);
      const backend = backendOf(backends);
      const thread = await backend.post();
      const proxy = await proxyFor(thread.origin);
      await page.clock.install();
      await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
      await expect(Composer.root(page).text).toBeVisible();
      await proxy.stop();
      await write(Composer.root(page), "Are you still there?");
      const waiting = unsent(page, asksFirst ? "unsure" : "waiting");
      await expect(waiting).toContainText("Are you still there?");
      await expect(waiting.getByRole("status")).toContainText(
        asksFirst ? "The connection broke" : "The server cannot be reached. Your comment goes out by itself.",
      );
      await expect(Composer.root(page).text).toHaveValue("");
      // Nor does a reload, with the server still away.
      await page.reload();
      await expect(page.getByRole("alert")).toContainText("No connection");
      await proxy.start();
      await retry(page).click();
      await expect(rows(page)).toContainText("Are you still there?");
      await page.clock.fastForward(15_000);
      if (asksFirst) await unsent(page, "unsure").getByRole("button", { name: "Send now" }).click();
      await expect(arrived(page)).toContainText("Are you still there?");
      await expect(rows(page)).toHaveCount(1);
      expect(await backend.stored(thread)).toHaveLength(1);
    });

    test("while a server is slow a skeleton holds the place", async ({ page, backends, host, proxyFor }) => {
      const backend = backendOf(backends);
      const thread = await backend.post({ comments: [{ id: "a" }, { id: "b" }] });
      const proxy = await proxyFor(thread.origin);
      proxy.delay(1_500);
      await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
      await expect(page.locator(".skeleton")).toBeVisible();
      await expect(page.getByText("Nobody has answered yet.")).toHaveCount(0);
      await expect(page.getByRole("alert")).toHaveCount(0);
      await expect(rows(page)).toHaveCount(2, { timeout: 15_000 });
      await expect(page.locator(".skeleton")).toHaveCount(0);
    });

    test("a server that does not let the page in: a line for the reader, with a way on", async ({
      page,
      backends,
      host,
      complaints,
    }) => {
      complaints.allow(...REFUSED_ORIGIN);
      const backend = backendOf(backends);
      const thread = await backend.post({ comments: [{ id: "a" }] });
      const address = await host.page(backend.attributes(thread));
      await page.goto(address.replace(host.origin, host.foreignOrigin));
      await expect(page.getByRole("alert")).toContainText("No connection");
      await expect(retry(page)).toBeVisible();
      // What the reader cannot do anything about is for the blogger.
      await expect(page.getByText(/CORS|Access-Control|Origin/)).toBeHidden();
      await expect(rows(page)).toHaveCount(0);
    });
  });
}

test.describe("wordpress, where it differs", () => {
  test("a thread may be named by the post's slug", async ({ page, backends, host }) => {
    const wordpress = need(backends.wordpress);
    const thread = await wordpress.post({ comments: [{ id: "a" }] });
    await page.goto(await host.page({ ...wordpress.attributes(thread), thread: thread.slug! }));
    await expect(rows(page)).toHaveCount(1);
    await write(Composer.root(page), "By its name.");
    await expect(arrived(page)).toHaveCount(2);
    expect(await newIn(wordpress, thread)).toHaveLength(1);
  });

  test("a site without readable addresses is reached by ?rest_route=", async ({ page, backends, host }) => {
    const wordpress = need(backends.wordpress);
    const thread = await wordpress.post({ comments: Array.from({ length: 150 }, (_, at): Seed => ({ id: `c${at}` })) });
    await page.goto(await host.page(wordpress.plainAttributes(thread)));
    await expect(rows(page)).toHaveCount(150);
    await write(await Composer.reply(page, thread.ids.c0), "Plainly.");
    await expect(arrived(page)).toHaveCount(151);
    await expect(rows(page)).toHaveCount(151);
    expect((await newIn(wordpress, thread)).map(told)).toEqual([{ name: "Ada", parent: thread.ids.c0, held: false }]);
  });

  for (const accepts of ["open", "moderated"] as const) {
    test(`guests whom REST refuses use the classic form, where the page is WordPress's own (${accepts})`, async ({
      page,
      backends,
      complaints,
    }) => {
      // The refusal comes first, and the browser tells it.
      complaints.allow(/status of 401/);
      const wordpress = need(backends.wordpress);
      complaints.expectOrigins(wordpress.url);
      const thread = await wordpress.post({ guests: false, accepts, comments: [{ id: "a" }] });
      await page.goto(wordpress.page(thread));
      await write(await Composer.reply(page, thread.ids.a), "By the form.");
      const shown = rows(page).filter({ hasText: "By the form." });
      await expect(arrived(page)).toHaveCount(2);
      await expect(shown).toHaveAttribute("data-depth", "1");
      await expect(shown.getByText(AWAITING)).toHaveCount(accepts === "open" ? 0 : 1);
      const stored = await newIn(wordpress, thread);
      expect(stored.map(told)).toEqual([{ name: "Ada", parent: thread.ids.a, held: accepts === "moderated" }]);
      await page.reload();
      await expect(shown).toHaveCount(1);
      await expect(rows(page)).toHaveCount(2);
    });
  }

  test("guests who may not comment from elsewhere are told so, and keep their text", async ({
    page,
    backends,
    host,
    complaints,
  }) => {
    complaints.allow(/status of 401/);
    const wordpress = need(backends.wordpress);
    const thread = await wordpress.post({ guests: false });
    await page.goto(await host.page(wordpress.attributes(thread)));
    await write(Composer.root(page), "Let me in.");
    await expect(Composer.root(page).root.getByRole("alert")).toContainText("Guests may not comment here");
    await expect(Composer.root(page).text).toHaveValue("Let me in.");
    expect(await wordpress.stored(thread)).toHaveLength(0);
  });

  test("its pause of 15 seconds between two comments is waited for", async ({ page, backends, host, complaints }) => {
    test.setTimeout(60_000);
    complaints.allow(/status of 400/);
    const wordpress = need(backends.wordpress);
    const thread = await wordpress.post({ flood: true });
    await page.goto(await host.page(wordpress.attributes(thread)));
    await write(Composer.root(page), "One.");
    await expect(arrived(page)).toHaveCount(1);
    await write(Composer.root(page), "Two.");
    const waiting = unsent(page, "waiting");
    await expect(waiting.getByRole("status")).toContainText("The server asks to wait, or has a problem.");
    await expect(waiting).toContainText(/Next try in 1\d seconds/);
    await expect(waiting).toContainText("Two.");
    await expect(arrived(page)).toHaveCount(2, { timeout: 30_000 });
    expect((await wordpress.stored(thread)).map(({ content }) => content)).toEqual(["One.", "Two."]);
  });
});

test.describe("static, where it differs", () => {
  test("what takes comments may want a form", async ({ page, backends, host }) => {
    const files = backends.static;
    const thread = await files.post({ comments: [{ id: "a" }] });
    await page.goto(await host.page({ ...files.attributes(thread), "submit-as": "form" }));
    await write(await Composer.reply(page, "a"), "In fields.");
    await expect(arrived(page)).toHaveCount(2);
    expect(files.sent(thread).map(({ type }) => type.split(";")[0])).toEqual(["application/x-www-form-urlencoded"]);
    expect((await newIn(files, thread)).map(told)).toEqual([{ name: "Ada", parent: "a", held: true }]);
  });

  test("where nothing takes comments there is no form", async ({ page, backends, host }) => {
    const files = backends.static;
    const thread = await files.post({ comments: [{ id: "a" }] });
    const { submit: _, ...attributes } = files.attributes(thread);
    await page.goto(await host.page(attributes));
    await expect(rows(page)).toHaveCount(1);
    await expect(page.getByRole("textbox")).toHaveCount(0);
  });
});

/** Comments of which each answers the one before, with all further ones on the last level. */
function chain(length: number, levels: number): Seed[] {
  return Array.from({ length }, (_, at) => ({ id: `c${at}`, parent: at ? `c${Math.min(at, levels - 1) - 1}` : undefined }));
}

async function write(composer: Composer, text: string) {
  await composer.fill("Ada", text);
  await composer.email.fill("ada@mail.example");
  await composer.send.click();
}

function retry(page: Page) {
  return page.getByRole("button", { name: "Try again" });
}

/** What was not there when the test began. */
async function newIn(backend: Backend, thread: Thread): Promise<Stored[]> {
  const known = Object.values(thread.ids);
  return (await backend.stored(thread)).filter(({ id }) => !known.includes(id));
}

function told({ name, parent, held }: Stored) {
  return { name, parent, held };
}
