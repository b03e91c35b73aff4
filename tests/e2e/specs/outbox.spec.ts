// Comments between the press on Send and their arrival, whatever happens on the way.
import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Page, Request, Response } from "@playwright/test";
import type { Backend, Thread } from "../backends/backend";
import { type Backends, expect, need, test } from "../embed";
import {
  answerPost,
  arrived,
  COMMENTS,
  Composer,
  conversation,
  FAILED_REQUEST,
  hold,
  keep,
  kept,
  problem,
  row,
  rows,
  settle,
  unsent,
} from "../fixtures";
import { tag } from "../pages";
import type { Proxy } from "../proxy";

/** The comments that one page, or all pages, send from now on. */
function posts(from: Page | BrowserContext): Request[] {
  const sent: Request[] = [];
  const listen = (request: Request) => void (request.method() === "POST" && sent.push(request));
  // The two have the same event, and no type in common.
  (from as Page).on("request", listen);
  return sent;
}

async function write(composer: Composer, text: string) {
  await composer.fill("Ada", text);
  await composer.email.fill("ada@mail.example");
  await composer.send.click();
}

const button = (page: Page, name: string) => unsent(page).getByRole("button", { name });
const status = (page: Page) => unsent(page).getByRole("status");

/** The line above the conversation that counts what is not sent. */
const line = (page: Page) => conversation(page).getByText(/comments? (is|are) not sent yet/);

/** Answers that make a comment wait which certainly has not arrived. */
const makeWait = (page: Page) => answerPost(page, 429, problem("too-many-requests"), { "retry-after": "600" });

test.describe("what is sent off", () => {
  test("is on the device and in its place before any answer", async ({ page, blog }) => {
    const [first, second] = [`p1-${Date.now()}`, `p2-${Date.now()}`];
    const thread = await blog.post({ comments: [{ id: first }, { id: second }] });
    await page.goto(blog.address(thread));
    const post = await hold(page, COMMENTS, "POST");
    const composer = await Composer.reply(page, first);
    await composer.fill("Ada", "In my place.");
    await composer.send.click();
    await post.arrived;
    // Below the first and above the second.
    await expect(rows(page).nth(1)).toContainText("In my place.");
    await expect(rows(page).nth(1)).toHaveAttribute("aria-level", "2");
    await expect(rows(page).nth(1)).toHaveAttribute("data-outbox", "sending");
    await expect(rows(page).nth(1)).toBeFocused();
    await expect(row(page, first).locator("form")).toHaveCount(0);
    expect(await kept(page)).toMatchObject([{ text: "In my place.", name: "Ada", parent: first, page: thread, state: "sending" }]);
    // It is no comment yet for those who count.
    await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("2 comments");
    post.release();
    await expect(arrived(page)).toHaveCount(3);
    await expect(rows(page).nth(1)).toBeFocused();
    await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("3 comments");
    await expect.poll(() => kept(page)).toEqual([]);
  });

  test("takes no focus from a reader who goes on writing", async ({ page, blog }) => {
    const thread = await blog.post();
    await page.goto(blog.address(thread));
    const post = await hold(page, COMMENTS, "POST");
    const composer = Composer.root(page);
    await composer.fill("Ada", "The first.");
    await composer.send.click();
    await post.arrived;
    await expect(rows(page)).toBeFocused();
    await composer.text.pressSequentially("And anoth");
    post.release();
    await expect(arrived(page)).toHaveCount(1);
    await expect(composer.text).toBeFocused();
    await composer.text.pressSequentially("er.");
    await expect(composer.text).toHaveValue("And another.");
  });

  test("shares nothing with what is typed in the same moment", async ({ page, blog }) => {
    const thread = await blog.post();
    const sent = posts(page);
    await page.goto(blog.address(thread));
    const composer = Composer.root(page);
    await composer.fill("Ada", "The first.");
    await composer.root.evaluate((root) => {
      root.querySelector<HTMLElement>("button[type=submit]")!.click();
      // The first is not yet on the device.
      const text = root.querySelector("textarea")!;
      text.value = "The second.";
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await expect(arrived(page)).toHaveCount(1);
    await expect(composer.text).toHaveValue("The second.");
    await page.reload();
    await expect(arrived(page)).toHaveCount(1);
    await expect(composer.text).toHaveValue("The second.");
    await composer.send.click();
    await expect(arrived(page)).toHaveCount(2);
    expect((await blog.comments(thread)).map(({ content_html }) => content_html)).toEqual(["<p>The first.</p>", "<p>The second.</p>"]);
    const [first, second] = sent.map((request) => request.headers()["idempotency-key"]);
    expect(second).not.toBe(first);
  });

  test("goes out in the end though its page was closed before the server heard of it", async ({ page, context, blog }) => {
    const thread = await blog.post();
    const sent = posts(context);
    await page.goto(blog.address(thread));
    const post = await hold(page, COMMENTS, "POST");
    await write(Composer.root(page), "Bye.");
    await post.arrived;
    await page.close();
    const next = await context.newPage();
    await next.goto(blog.address(thread));
    await expect(arrived(next)).toHaveCount(1);
    await expect(unsent(next)).toHaveCount(0);
    await expect(rows(next)).toContainText("Bye.");
    await expect(Composer.root(next).text).toHaveValue("");
    expect(await blog.comments(thread)).toHaveLength(1);
    expect(sent).toHaveLength(2);
  });

  test("without a connection goes out on the next visit of any page of the blog", async ({ page, context, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const [one, other] = [await blog.post(), await blog.post()];
    await page.goto(blog.address(one));
    await expect(Composer.root(page).text).toBeVisible();
    await context.setOffline(true);
    await write(Composer.root(page), "From the tunnel.");
    await expect(unsent(page, "queued")).toHaveCount(1);
    await page.close();
    await context.setOffline(false);
    const next = await context.newPage();
    const answered = next.waitForResponse((response) => response.request().method() === "POST");
    await next.goto(blog.address(other));
    expect((await answered).status()).toBe(201);
    expect(await blog.comments(one)).toHaveLength(1);
    expect(await blog.comments(other)).toHaveLength(0);
    await expect.poll(() => kept(next)).toEqual([]);
    await expect(rows(next)).toHaveCount(0);
  });

  test("is counted on every page of the blog, and sent from there", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const [one, other] = [await blog.post(), await blog.post()];
    await makeWait(page);
    await page.goto(blog.address(one));
    await expect(line(page)).toBeHidden();
    await write(Composer.root(page), "The first.");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await expect(line(page)).toHaveText("1 comment is not sent yet");
    await page.goto(blog.address(other));
    await expect(line(page)).toHaveText("1 comment is not sent yet");
    await expect(rows(page)).toHaveCount(0);
    await write(Composer.root(page), "The second.");
    await expect(line(page)).toHaveText("2 comments are not sent yet");
    await expect(rows(page)).toHaveCount(1);
    // The page has gone to its row by then, and moves no button under the pointer.
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.unroute(COMMENTS);
    await conversation(page).getByRole("button", { name: "Send now" }).first().click();
    await expect(arrived(page)).toContainText("The second.");
    await expect(line(page)).toBeHidden();
    expect(await blog.comments(one)).toHaveLength(1);
    expect(await blog.comments(other)).toHaveLength(1);
  });

  test("is left to the back end that it is for", async ({ page, backends, host, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const isso = need(backends.isso);
    const [thread, other] = [await backends.causerie.post(), await isso.post()];
    await makeWait(page);
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await write(Composer.root(page), "To the one.");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.unroute(COMMENTS);
    const sent = posts(page);
    await page.goto(await host.page(isso.attributes(other)));
    await expect(Composer.root(page).text).toBeVisible();
    await write(Composer.root(page), "To the other.");
    await expect(arrived(page)).toHaveCount(1);
    await expect(line(page)).toBeHidden();
    expect(sent).toHaveLength(1);
    expect(await kept(page)).toMatchObject([{ text: "To the one.", state: "waiting" }]);
  });

  test("comes back although something else has written beside it", async ({ page, blog }) => {
    const thread = await blog.post();
    await page.goto(blog.address(thread));
    const post = await hold(page, COMMENTS, "POST");
    await write(Composer.root(page), "Sound.");
    await post.arrived;
    await keep(page, { "1": "", "2": "{", "3": "[]", "4": "null", "5": "{}", "6": '{"key":5}', "7": '{"key":"7"}' });
    post.release();
    await expect(arrived(page)).toHaveCount(1);
    await page.reload();
    await expect(arrived(page)).toHaveCount(1);
    await expect(arrived(page)).toContainText("Sound.");
  });
});

/** Opens the page here and in another tab, which it gives. */
async function openTwice(page: Page, context: BrowserContext, address: string) {
  const other = await context.newPage();
  await page.goto(address);
  await other.goto(address);
  await expect(Composer.root(other).text).toBeVisible();
  return other;
}

test.describe("two tabs", () => {
  test("show the same state, and one of them sends", async ({ page, context, blog }) => {
    const thread = await blog.post();
    const sent = posts(context);
    const other = await openTwice(page, context, blog.address(thread));
    const post = await hold(context, COMMENTS, "POST");
    await write(Composer.root(page), "From the one.");
    await post.arrived;
    for (const tab of [page, other]) {
      await expect(unsent(tab, "sending")).toContainText("From the one.");
      await expect(status(tab)).toHaveText("Sending…");
    }
    await expect(rows(other)).not.toBeFocused();
    // Its author watches it.
    expect(sent.map((request) => request.frame().page() === page)).toEqual([true]);
    // Longer than it takes to look again.
    await other.waitForTimeout(2_500);
    post.release();
    for (const tab of [page, other]) {
      await expect(arrived(tab)).toHaveCount(1);
      await expect(rows(tab)).toHaveCount(1);
    }
    await expect(arrived(page)).toBeFocused();
    await expect(conversation(page).getByRole("status").filter({ hasText: "Your comment is published." })).not.toHaveCount(0);
    await expect(arrived(other)).not.toBeFocused();
    expect(sent).toHaveLength(1);
    expect(await blog.comments(thread)).toHaveLength(1);
  });

  test("take over from each other: what one was at when it was closed is done by the other", async ({ page, context, blog }) => {
    const thread = await blog.post();
    const other = await openTwice(page, context, blog.address(thread));
    const [first] = await Promise.all([
      new Promise<Request>((resolve) => {
        // Held for good, and no other.
        context.route(COMMENTS, (route) => (route.request().method() === "POST" ? resolve(route.request()) : route.fallback()), { times: 1 });
      }),
      write(Composer.root(page), "Carry on."),
    ]);
    const [busy, idle] = first.frame().page() === page ? [page, other] : [other, page];
    await expect(unsent(idle, "sending")).toHaveCount(1);
    await busy.close();
    await expect(arrived(idle)).toContainText("Carry on.");
    await expect(unsent(idle)).toHaveCount(0);
    expect(await blog.comments(thread)).toHaveLength(1);
  });

  test("have one draft: what is typed in one appears in the other, and is gone there once sent", async ({ page, context, blog }) => {
    const first = `tab-${Date.now()}`;
    const thread = await blog.post({ comments: [{ id: first }] });
    const other = await openTwice(page, context, blog.address(thread));
    await Composer.root(page).text.pressSequentially("As I ty");
    await expect(Composer.root(other).text).toHaveValue("As I ty");
    await Composer.root(other).text.press("End");
    await Composer.root(other).text.pressSequentially("pe.");
    await expect(Composer.root(page).text).toHaveValue("As I type.");
    const answers = [await Composer.reply(page, first), await Composer.reply(other, first)];
    await answers[0].text.fill("An answer.");
    await expect(answers[1].text).toHaveValue("An answer.");
    await Composer.root(page).name.fill("Ada");
    await Composer.root(page).send.click();
    await expect(arrived(page)).toHaveCount(2);
    await expect(Composer.root(other).text).toHaveValue("");
    await expect(answers[1].text).toHaveValue("An answer.");
    await expect(arrived(other)).toHaveCount(2);
  });

  test("show what the server told before the other tab was seen to send it", async ({ page, context, blog, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    const thread = await blog.post();
    const other = await context.newPage();
    // Hears nothing of the other tab, nor of the network, until it is told so.
    await other.addInitScript(() => {
      const deaf = (event: Event) => document.documentElement.dataset.deaf && event.stopImmediatePropagation();
      for (const name of ["causerie:outbox", "online"]) addEventListener(name, deaf);
    });
    await page.goto(blog.address(thread));
    await other.goto(blog.address(thread));
    await expect(Composer.root(other).text).toBeVisible();
    await context.setOffline(true);
    await write(Composer.root(page), "Too fast to be seen.");
    await expect(unsent(other)).toContainText("Too fast to be seen.");
    await other.evaluate(() => void (document.documentElement.dataset.deaf = "yes"));
    await context.setOffline(false);
    await expect(arrived(page)).toHaveCount(1);
    await expect(conversation(other).getByRole("heading", { level: 2 })).toHaveText("1 comment", { timeout: 20_000 });
    await expect(unsent(other)).toHaveCount(1);
    await other.evaluate(() => {
      delete document.documentElement.dataset.deaf;
      dispatchEvent(new Event("causerie:outbox"));
    });
    await expect(arrived(other)).toContainText("Too fast to be seen.");
    await expect(unsent(other)).toHaveCount(0);
  });

  for (const name of ["causerie", "isso"] as const) {
    test(`send the same draft at once, and it arrives once (${name})`, async ({ page, context, backends, host }) => {
      const backend = need<Backend>(backends[name]);
      const thread = await backend.post();
      const address = await host.page(backend.attributes(thread));
      const other = await context.newPage();
      const sent = posts(context);
      for (const tab of [page, other]) {
        await tab.goto(address);
        await Composer.root(tab).name.fill("Ada");
      }
      await Composer.root(page).text.fill("Twice at once.");
      await expect(Composer.root(other).text).toHaveValue("Twice at once.");
      await Promise.all([page, other].map((tab) => Composer.root(tab).send.click()));
      for (const tab of [page, other]) {
        await expect(arrived(tab)).toHaveCount(1);
        await expect(rows(tab)).toHaveCount(1);
        await expect(Composer.root(tab).text).toHaveValue("");
      }
      expect(await backend.stored(thread)).toHaveLength(1);
      expect(sent).toHaveLength(1);
    });
  }
});

test.describe("two threads on one page", () => {
  test("send a comment of one of them once, and show it there alone", async ({ page, backends, host }) => {
    const [one, other] = [await backends.causerie.post(), await backends.causerie.post()];
    const sent = posts(page);
    const after = tag("causerie-thread", backends.causerie.attributes(other));
    await page.goto(await host.page(backends.causerie.attributes(one), { after }));
    const embeds = page.locator("causerie-thread");
    const composer = (at: number) => new Composer(embeds.nth(at).getByRole("region", { name: "Write a comment" }));
    await expect(composer(1).text).toBeVisible();
    const post = await hold(page, COMMENTS, "POST");
    await write(composer(0), "To the first.");
    await post.arrived;
    await expect(unsent(embeds.nth(0), "sending")).toContainText("To the first.");
    await page.waitForTimeout(2_500);
    post.release();
    await expect(arrived(embeds.nth(0))).toHaveCount(1);
    await expect(embeds.nth(1).locator("li.comment")).toHaveCount(0);
    expect(sent).toHaveLength(1);
    expect(await backends.causerie.stored(one)).toHaveLength(1);
    expect(await backends.causerie.stored(other)).toHaveLength(0);
  });
});

test.describe("where the browser has no locks, as on plain http", () => {
  test.beforeEach(async ({ context }) => {
    await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
  });

  test("two tabs send once", async ({ page, context, blog }) => {
    const thread = await blog.post();
    const sent = posts(context);
    const other = await openTwice(page, context, blog.address(thread));
    const post = await hold(context, COMMENTS, "POST");
    await write(Composer.root(page), "Once.");
    await post.arrived;
    await expect(unsent(other, "sending")).toHaveCount(1);
    await other.waitForTimeout(2_500);
    post.release();
    for (const tab of [page, other]) await expect(arrived(tab)).toHaveCount(1);
    expect(sent).toHaveLength(1);
  });

  test("what a closed page was at goes out a minute later", async ({ page, context, blog }) => {
    const thread = await blog.post();
    await page.goto(blog.address(thread));
    const post = await hold(page, COMMENTS, "POST");
    await write(Composer.root(page), "Bye.");
    await post.arrived;
    await page.close();
    const next = await context.newPage();
    const sent = posts(next);
    await next.clock.install();
    await next.goto(blog.address(thread));
    await expect(unsent(next, "sending")).toContainText("Bye.");
    await next.clock.fastForward(50_000);
    await next.waitForTimeout(1_500);
    // What the browser does with the request of a page that it closes is its own affair.
    expect(sent).toHaveLength(0);
    await next.clock.fastForward(15_000);
    await expect(unsent(next)).toHaveCount(0);
    await expect(arrived(next)).toContainText("Bye.");
    expect(sent).toHaveLength(1);
    expect(await blog.comments(thread)).toHaveLength(1);
  });
});

test.describe("what is refused", () => {
  const REFUSED = problem("invalid-comment", { content: { code: "spam", detail: "no advertisements, please" } });

  test("opens the answer's form again, with the text and the words at the field", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const first = `no-${Date.now()}`;
    const thread = await blog.post({ comments: [{ id: first }] });
    await answerPost(page, 422, REFUSED);
    await page.goto(blog.address(thread));
    await write(await Composer.reply(page, first), "Buy this!");
    const composer = new Composer(row(page, first).locator(".write"));
    await expect(composer.text).toHaveValue("Buy this!");
    await expect(composer.text).toHaveAccessibleDescription(/no advertisements, please/i);
    await expect(composer.text).toBeFocused();
    await expect(composer.name).toHaveValue("Ada");
    await expect(rows(page)).toHaveCount(1);
    await expect.poll(() => kept(page)).toEqual([]);
    // Mended, it is another comment.
    await page.unroute(COMMENTS);
    await composer.text.fill("Read this.");
    await composer.send.click();
    await expect(arrived(page)).toHaveCount(2);
    expect(await blog.comments(thread)).toHaveLength(2);
  });

  test("says so in its row while the reader writes something else, and comes back below that", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await blog.post();
    await answerPost(page, 422, REFUSED);
    const post = await hold(page, COMMENTS, "POST");
    await page.goto(blog.address(thread));
    const composer = Composer.root(page);
    await write(composer, "Buy this!");
    await post.arrived;
    await composer.text.fill("What I really wanted to say");
    post.release();
    await expect(unsent(page, "refused")).toContainText("Buy this!");
    await expect(status(page)).toHaveText(/^Not accepted: no advertisements, please/i);
    await expect(composer.text).toHaveValue("What I really wanted to say");
    await expect(composer.text).toBeFocused();
    await page.reload();
    await expect(status(page)).toHaveText(/^Not accepted: no advertisements, please/i);
    await button(page, "Edit").click();
    await expect(composer.text).toHaveValue("What I really wanted to say\n\nBuy this!");
    await expect(composer.text).toBeFocused();
    await expect(rows(page)).toHaveCount(0);
    await expect.poll(() => kept(page)).toEqual([]);
    await page.reload();
    await expect(composer.text).toHaveValue("What I really wanted to say\n\nBuy this!");
  });

  test("on another page of the blog waits there for its author", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const [one, other] = [await blog.post(), await blog.post()];
    await makeWait(page);
    await page.goto(blog.address(one));
    await write(Composer.root(page), "Too late?");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.unroute(COMMENTS);
    await blog.run("posts", "set", one, "--accepts", "closed");
    await page.goto(blog.address(other));
    await conversation(page).getByRole("button", { name: "Send now" }).click();
    await expect.poll(async () => (await kept(page))[0].state).toBe("refused");
    await expect(line(page)).toHaveText("1 comment is not sent yet");
    await page.goto(blog.address(one));
    await expect(status(page)).toContainText("Comments are closed");
    await expect(rows(page)).toContainText("Too late?");
  });

  test("where comments are closed by now cannot be edited, for there is no form", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await blog.post();
    await makeWait(page);
    await page.goto(blog.address(thread));
    await write(Composer.root(page), "Too late?");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.unroute(COMMENTS);
    await blog.run("posts", "set", thread, "--accepts", "closed");
    await page.reload();
    await button(page, "Send now").click();
    await expect(status(page)).toContainText("Comments are closed");
    await expect(unsent(page, "refused")).toContainText("Too late?");
    await expect(page.getByRole("textbox")).toHaveCount(0);
    await expect(unsent(page).getByRole("button")).toHaveText(["Send now", "Discard"]);
  });

  test("because what it answers is gone comes back to the form for new threads", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const first = `gone-${Date.now()}`;
    const thread = await blog.post({ comments: [{ id: first }, { id: `${first}-2` }] });
    await makeWait(page);
    await page.goto(blog.address(thread));
    await write(await Composer.reply(page, first), "To nobody now.");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await blog.run("comments", "delete", first);
    await page.unroute(COMMENTS);
    await page.reload();
    await button(page, "Send now").click();
    // At once, or when the reader asks for it.
    const edit = unsent(page, "refused").getByRole("button", { name: "Edit" });
    const { text } = Composer.root(page);
    const isBack = async () => (await edit.isVisible()) || (await text.inputValue()) !== "";
    await expect.poll(isBack).toBe(true);
    if (await edit.isVisible()) await edit.click();
    await expect(text).toHaveValue("To nobody now.");
    await expect(unsent(page)).toHaveCount(0);
  });
});

test.describe("the reader", () => {
  test("discards it, and may think again", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await blog.post();
    await makeWait(page);
    await page.goto(blog.address(thread));
    await write(Composer.root(page), "Should I?");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await button(page, "Discard").click();
    await expect(unsent(page, "discarded")).toContainText("Should I?");
    await expect(status(page)).toHaveText("Discarded.");
    await expect(unsent(page).getByRole("button")).toHaveText(["Undo"]);
    await expect(button(page, "Undo")).toBeFocused();
    await page.unroute(COMMENTS);
    await button(page, "Undo").click();
    await expect(arrived(page)).toContainText("Should I?");
    await expect(arrived(page)).toBeFocused();
    expect(await blog.comments(thread)).toHaveLength(1);
  });

  for (const [when, offline] of [["with a connection", false], ["without one", true]] as const) {
    test(`discards it for good after ten seconds, ${when}`, async ({ page, context, blog, complaints }) => {
      complaints.allow(FAILED_REQUEST);
      const thread = await blog.post();
      await page.clock.install();
      if (!offline) await makeWait(page);
      await page.goto(blog.address(thread));
      await expect(Composer.root(page).text).toBeVisible();
      if (offline) await context.setOffline(true);
      await write(Composer.root(page), "Never mind.");
      await button(page, "Discard").click();
      await expect(unsent(page, "discarded")).toHaveCount(1);
      await expect(line(page)).toBeHidden();
      const sent = posts(page);
      await page.unroute(COMMENTS);
      await page.clock.fastForward(11_000);
      await expect(rows(page)).toHaveCount(0);
      await expect.poll(() => kept(page)).toEqual([]);
      await context.setOffline(false);
      await page.reload();
      await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
      await page.clock.fastForward(700_000);
      await expect(rows(page)).toHaveCount(0);
      expect(sent).toEqual([]);
      expect(await blog.comments(thread)).toEqual([]);
    });
  }

  test("takes an answer back to change it, which certainly has not arrived", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const first = `edit-${Date.now()}`;
    const thread = await blog.post({ comments: [{ id: first }] });
    await makeWait(page);
    await page.goto(blog.address(thread));
    await write(await Composer.reply(page, first), "With a tyop.");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await button(page, "Edit").click();
    const composer = new Composer(row(page, first).locator(".write"));
    await expect(composer.text).toHaveValue("With a tyop.");
    await expect(composer.text).toBeFocused();
    await expect(composer.name).toHaveValue("Ada");
    await expect(composer.email).toHaveValue("ada@mail.example");
    await expect(rows(page)).toHaveCount(1);
    await page.unroute(COMMENTS);
    await composer.text.fill("Without a typo.");
    await composer.send.click();
    await expect(arrived(page)).toHaveCount(2);
    expect((await blog.comments(thread)).map(({ content_html }) => content_html)).toContain("<p>Without a typo.</p>");
  });

  test("sends it now by keyboard, and keeps the focus on it", async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await blog.post();
    await makeWait(page);
    await page.goto(blog.address(thread));
    await write(Composer.root(page), "Now.");
    await expect(unsent(page, "waiting")).toBeFocused();
    await page.keyboard.press("Tab");
    while (!(await button(page, "Send now").evaluate((element) => element === document.activeElement))) await page.keyboard.press("Tab");
    await page.unroute(COMMENTS);
    const post = await hold(page, COMMENTS, "POST");
    await page.keyboard.press("Enter");
    await post.arrived;
    await expect(unsent(page, "sending")).toHaveCount(1);
    // Its buttons are gone, and the focus is not.
    await expect(unsent(page, "sending")).toBeFocused();
    post.release();
    await expect(arrived(page)).toBeFocused();
  });
});

test.describe("drafts", () => {
  test("of earlier visits are listed, each with the way to its form", async ({ page, blog }) => {
    const first = `d-${Date.now()}`;
    const thread = await blog.post({ comments: [{ id: first, name: "Grace" }] });
    await page.goto(blog.address(thread));
    await Composer.root(page).text.fill("To all of you");
    await (await Composer.reply(page, first)).text.fill("To Grace");
    await page.reload();
    const list = conversation(page).locator(".summary").filter({ hasText: "2 unsent drafts on this page" });
    await expect(list.getByRole("button")).toHaveCount(2);
    await list.getByRole("button", { name: "Reply to Grace" }).click();
    const answer = new Composer(row(page, first).locator(".write"));
    await expect(answer.text).toBeFocused();
    await expect(answer.text).toHaveValue("To Grace");
    await list.getByRole("button", { name: "Write a comment" }).click();
    await expect(Composer.root(page).text).toBeFocused();
    await expect(Composer.root(page).text).toHaveValue("To all of you");
    // It counts down.
    await Composer.root(page).fill("Ada", "To all of you");
    await Composer.root(page).send.click();
    await expect(arrived(page)).toHaveCount(2);
    await expect(page.getByText("1 unsent draft on this page")).toBeVisible();
  });

  test("whose comment is gone comes to the form for new threads", async ({ page, blog }) => {
    const first = `g-${Date.now()}`;
    const thread = await blog.post({ comments: [{ id: first }, { id: `${first}-2` }] });
    await page.goto(blog.address(thread));
    await (await Composer.reply(page, first)).text.fill("To somebody");
    await blog.run("comments", "delete", first);
    await page.reload();
    await Composer.root(page).text.fill("Already here.");
    await expect(page.getByText("1 unsent draft on this page")).toBeVisible();
    await conversation(page).locator(".summary").getByRole("button", { name: "Write a comment" }).click();
    await expect(Composer.root(page).text).toHaveValue("Already here.\n\nTo somebody");
    await expect(Composer.root(page).text).toBeFocused();
    await page.reload();
    await expect(page.getByText("1 unsent draft on this page")).toBeVisible();
    await expect(Composer.root(page).text).toHaveValue("Already here.\n\nTo somebody");
  });

  test("that nobody touched for three months are dropped", async ({ page, blog }) => {
    const [old, newer] = [await blog.post(), await blog.post()];
    const day = 86_400_000;
    await page.clock.setFixedTime(Date.now() - 91 * day);
    await page.goto(blog.address(old));
    await Composer.root(page).text.fill("Of last season");
    await page.clock.setFixedTime(Date.now() - 89 * day);
    await page.goto(blog.address(newer));
    await Composer.root(page).text.fill("Of last month");
    await page.clock.setFixedTime(Date.now());
    await page.goto(blog.address(newer));
    await expect(Composer.root(page).text).toHaveValue("Of last month");
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("Of last season");
    await page.goto(blog.address(old));
    await expect(Composer.root(page).text).toHaveValue("");
  });
});

const NOT_KEPT = "This browser cannot keep it: leave this page open until it is sent.";

/** Lets a method of the store fail after so many calls. */
function fail([method, calls]: readonly ["put" | "delete", number]) {
  const works = IDBObjectStore.prototype[method] as (...given: unknown[]) => IDBRequest;
  let left = calls;
  IDBObjectStore.prototype[method] = function (...given: unknown[]) {
    if (left-- > 0) return works.apply(this, given) as IDBRequest<never>;
    this.transaction.abort();
    return new EventTarget() as IDBRequest<never>;
  };
}

test("a draft whose comment is in the outbox already is none, and what follows it is another one", async ({
  page,
  blog,
  complaints,
}) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  await makeWait(page);
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Said once.");
  const drafts = () => page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("causerie:draft:")));
  const typed = await drafts();
  expect(typed).toHaveLength(1);
  await write(composer, "Said once.");
  await expect(unsent(page, "waiting")).toContainText("Said once.");
  expect(await drafts()).toEqual([]);
  // The browser has died in between: one of its stores is older than the other.
  for (const [more, left] of [["", ""], [" And more.", "Said once. And more."]]) {
    await page.evaluate(
      ([[key, kept], more]) => localStorage.setItem(key, kept.replace("Said once.", `$&${more}`)),
      [typed[0], more] as const,
    );
    await page.reload();
    await expect(unsent(page, "waiting")).toContainText("Said once.");
    await expect(composer.text).toHaveValue(left);
  }
  await page.unroute(COMMENTS);
  await composer.send.click();
  await expect(arrived(page)).toContainText("Said once. And more.");
  await button(page, "Send now").click();
  await expect(arrived(page)).toHaveCount(2);
  expect(await blog.comments(thread)).toHaveLength(2);
});

test("what is not sent is shown though the conversation cannot be read", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  await makeWait(page);
  await page.goto(blog.address(thread));
  await write(Composer.root(page), "From the tunnel.");
  await expect(unsent(page, "waiting")).toContainText("From the tunnel.");
  await page.unroute(COMMENTS);
  await page.route(COMMENTS, (route) => route.abort());
  await page.reload();
  await expect(conversation(page).getByRole("button", { name: "Try again" })).toBeVisible();
  await expect(unsent(page, "waiting")).toContainText("From the tunnel.");
  await expect(unsent(page).getByRole("button")).toHaveText(["Send now", "Discard"]);
  await page.unroute(COMMENTS);
  await conversation(page).getByRole("button", { name: "Try again" }).click();
  await expect(Composer.root(page).text).toBeVisible();
  await expect(unsent(page, "waiting")).toContainText("From the tunnel.");
});

test.describe("where the device keeps nothing", () => {
  for (const [how, block] of [
    ["throws", () => { IDBFactory.prototype.open = () => { throw new DOMException("no", "SecurityError"); }; }],
    ["refuses", () => {
      IDBFactory.prototype.open = () => {
        const request = new EventTarget() as IDBOpenDBRequest;
        Object.defineProperty(request, "error", { value: new DOMException("no", "InvalidStateError") });
        setTimeout(() => request.onerror?.(new Event("error")));
        return request;
      };
    }],
    ["never answers", () => { IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest; }],
    ["is not there", () => { Object.defineProperty(window, "indexedDB", { value: undefined }); }],
    ["is full", () => {
      IDBObjectStore.prototype.put = function () {
        this.transaction.abort();
        return new EventTarget() as IDBRequest<IDBValidKey>;
      };
    }],
  ] as const) {
    test(`(IndexedDB ${how}) the row says so, and it goes out all the same`, async ({ page, blog, complaints }) => {
      complaints.allow(FAILED_REQUEST);
      const thread = await blog.post();
      await page.addInitScript(block);
      await makeWait(page);
      await page.goto(blog.address(thread));
      await write(Composer.root(page), "Without a net.");
      await expect(unsent(page, "waiting")).toContainText("Without a net.");
      await expect(status(page)).toContainText(NOT_KEPT);
      await expect(Composer.root(page).text).toHaveValue("");
      await expect(line(page)).toHaveText("1 comment is not sent yet");
      await page.unroute(COMMENTS);
      await button(page, "Send now").click();
      await expect(arrived(page)).toContainText("Without a net.");
      await expect(rows(page)).toHaveCount(1);
      expect(await blog.comments(thread)).toHaveLength(1);
    });
  }
});

/** What stands before the server, with the element on a page that reaches it there. */
type Setting = { backend: Backend; thread: Thread; proxy: Proxy };

test.describe("an answer that is lost", () => {
  type Options = { backends: Backends; proxyFor: (target: string) => Promise<Proxy> };

  async function through(name: keyof Backends, { backends, proxyFor }: Options, accepts?: "moderated"): Promise<Setting> {
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ accepts });
    return { backend, thread, proxy: await proxyFor(thread.origin) };
  }

  const sentTo = (proxy: Proxy) => proxy.seen.filter(({ method }) => method === "POST").length;

  test.beforeEach(async ({ page, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    await page.clock.install();
  });

  for (const name of ["causerie", "wordpress", "isso"] as const) {
    for (const [what, kind] of [["the answer", "drop-answer"], ["the request", "drop-request"]] as const) {
      test(`${name}: ${what} is lost, and the comment is stored once`, async ({ page, backends, host, proxyFor }) => {
        const { backend, thread, proxy } = await through(name, { backends, proxyFor });
        await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
        proxy.rules.push({ kind, method: "POST", times: 1 });
        await write(Composer.root(page), "Did you hear me?");
        await expect(unsent(page, "waiting")).toContainText("Did you hear me?");
        await expect(unsent(page).getByRole("button")).toHaveText(["Send now", "Discard"]);
        expect(sentTo(proxy)).toBe(1);
        await page.clock.fastForward(15_000);
        await expect(arrived(page)).toContainText("Did you hear me?");
        await expect(rows(page)).toHaveCount(1);
        expect(await backend.stored(thread)).toHaveLength(1);
        // The contract knows it by its key; the others are asked first whether they have it.
        expect(sentTo(proxy)).toBe(name !== "causerie" && kind === "drop-answer" ? 1 : 2);
        await page.reload();
        await expect(arrived(page)).toHaveCount(1);
        await expect(rows(page)).toHaveCount(1);
      });
    }

    test(`${name}: a page for people in place of an answer, as hotels have it: it waits`, async ({ page, backends, host, proxyFor }) => {
      const { backend, thread, proxy } = await through(name, { backends, proxyFor });
      await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
      proxy.rules.push({ kind: "answer", status: 200, body: "<!doctype html><title>Sign in</title>", times: 2, method: "POST" });
      await write(Composer.root(page), "From the lobby.");
      await expect(unsent(page, "waiting")).toContainText("From the lobby.");
      await expect(arrived(page)).toHaveCount(0);
      await page.reload();
      await expect(unsent(page, "waiting")).toContainText("From the lobby.");
      for (let tries = 0; tries < 3; tries++) {
        await page.clock.fastForward(20_000);
        await page.waitForTimeout(300);
      }
      await expect(arrived(page)).toContainText("From the lobby.");
      expect(await backend.stored(thread)).toHaveLength(1);
    });
  }

  test("wordpress: what it says it has already is shown once", async ({ page, backends, host }) => {
    const backend = need(backends.wordpress);
    const thread = await backend.post();
    // The network sends it twice, and hands on the second answer: 409.
    await page.route(/wp\/v2\/comments/, async (route) => {
      if (route.request().method() === "POST") await route.fetch();
      await route.continue();
    });
    await page.goto(await host.page(backend.attributes(thread)));
    await expect(conversation(page)).toContainText("No comments yet");
    // The comments are here before the rest of what is read again.
    const rest = await hold(page, /wp\/v2\/posts\//);
    const refused = page.waitForResponse((response) => response.status() === 409);
    const says = async (response: Response) => (await response.text()).includes("Twice on the line.");
    const read = page.waitForResponse((response) => response.request().method() === "GET" && says(response));
    await write(Composer.root(page), "Twice on the line.");
    await refused;
    await Promise.all([read, rest.arrived]);
    await settle(page);
    for (const isAll of [false, true]) {
      await expect(arrived(page)).toHaveCount(1);
      await expect(arrived(page)).toContainText("Twice on the line.");
      await expect(arrived(page)).not.toContainText("Awaiting moderation");
      if (!isAll) rest.release();
    }
    expect(await backend.stored(thread)).toHaveLength(1);
  });

  for (const [what, rule] of [
    ["the answer is lost", { kind: "drop-answer" }],
    ["a page for people comes in its place", { kind: "answer", status: 200, body: "<!doctype html><title>Sign in</title>" }],
    ["the server fails", { kind: "answer", status: 502, body: "<!doctype html><title>Bad gateway</title>", after: true }],
  ] as const) {
    test(`static: ${what}, and the reader decides`, async ({ page, backends, host, proxyFor, complaints }) => {
      const { backend, thread, proxy } = await through("static", { backends, proxyFor });
      await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
      proxy.rules.push({ ...rule, method: "POST", times: 1 });
      await write(Composer.root(page), "Did you hear me?");
      await page.clock.fastForward(5_000);
      await expect(unsent(page, "unsure")).toContainText("Did you hear me?");
      await expect(status(page)).toHaveText(
        "The connection broke, and this site cannot tell whether your comment has arrived. Send it again only if it does not appear.",
      );
      await expect(unsent(page).getByRole("button")).toHaveText(["Send now", "Discard"]);
      complaints.allow(/Applying inline style/, /policy: style-src-elem inline/);
      const { violations } = await new AxeBuilder({ page }).include("causerie-thread").analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await page.clock.fastForward(600_000);
      await page.reload();
      await expect(unsent(page, "unsure")).toHaveCount(1);
      expect(sentTo(proxy)).toBe(1);
      await button(page, "Send now").click();
      await expect(arrived(page)).toContainText("Did you hear me?");
      expect(sentTo(proxy)).toBe(2);
      await page.reload();
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
    });
  }

  test("what only the reader can decide is not offered to be sent with all others", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("static", { backends, proxyFor });
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    proxy.rules.push({ kind: "drop-answer", method: "POST", times: 1 });
    await write(Composer.root(page), "Did you hear me?");
    await page.clock.fastForward(5_000);
    await expect(unsent(page, "unsure")).toHaveCount(1);
    await expect(line(page)).toHaveText("1 comment is not sent yet");
    // A button that does nothing is none.
    await expect(line(page).locator("xpath=..").getByRole("button")).toHaveCount(0);
  });

  test("wordpress: a held comment is known again by what the server says to the second", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("wordpress", { backends, proxyFor }, "moderated");
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    proxy.rules.push({ kind: "drop-answer", method: "POST", times: 1 });
    await write(Composer.root(page), "May I?");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.clock.fastForward(15_000);
    await expect(arrived(page)).toContainText("May I?");
    await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
    expect(sentTo(proxy)).toBe(2);
    const stored = await backend.stored(thread);
    expect(stored).toHaveLength(1);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
    await backend.publish!(thread, stored[0].id);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).not.toContainText("Awaiting moderation");
  });

  test("wordpress: a held comment that it would not know again is left to the reader", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("wordpress", { backends, proxyFor }, "moderated");
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    proxy.rules.push({ kind: "drop-answer", method: "POST", times: 1 });
    await write(Composer.root(page), "R&D, may I?");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.clock.fastForward(15_000);
    await expect(unsent(page, "unsure")).toContainText("R&D, may I?");
    await page.clock.fastForward(600_000);
    await page.reload();
    await expect(unsent(page, "unsure")).toHaveCount(1);
    expect(sentTo(proxy)).toBe(1);
    expect(await backend.stored(thread)).toHaveLength(1);
  });

  test("isso: where a moderator reads first, as its blogger says, it is left to the reader", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("isso", { backends, proxyFor }, "moderated");
    await page.goto(await host.page({ ...backend.attributes(thread, proxy.origin), moderated: "yes" }));
    await expect(Composer.root(page).root).toContainText("Comments on this post appear once a moderator has read them.");
    proxy.rules.push({ kind: "drop-answer", method: "POST", times: 1 });
    await write(Composer.root(page), "May I?");
    await expect(unsent(page, "waiting")).toHaveCount(1);
    await page.clock.fastForward(15_000);
    await expect(unsent(page, "unsure")).toContainText("May I?");
    await page.clock.fastForward(600_000);
    expect(sentTo(proxy)).toBe(1);
    expect(await backend.stored(thread)).toHaveLength(1);
    // It appears, and its author can tell.
    await backend.publish!(thread, (await backend.stored(thread))[0].id);
    await page.reload();
    await expect(arrived(page)).toContainText("May I?");
    await expect(unsent(page, "unsure")).toContainText("May I?");
    await button(page, "Discard").click();
    await page.clock.fastForward(11_000);
    await expect(rows(page)).toHaveCount(1);
    await expect(arrived(page)).toHaveCount(1);
  });

  test("wordpress: a held comment whose letter could not be removed is shown once", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("wordpress", { backends, proxyFor }, "moderated");
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    await expect(Composer.root(page).text).toBeVisible();
    await page.evaluate(fail, ["delete", 0] as const);
    await write(Composer.root(page), "May I?");
    await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
    await expect(rows(page)).toHaveCount(1);
    await page.reload();
    await expect(unsent(page)).toHaveCount(1);
    await page.clock.fastForward(15_000);
    await expect.poll(() => sentTo(proxy)).toBe(2);
    await expect(unsent(page)).toHaveCount(0);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
    expect(await backend.stored(thread)).toHaveLength(1);
  });

  test("isso: a device that is full when it goes out leaves nothing that would go out again", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("isso", { backends, proxyFor });
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    await expect(Composer.root(page).text).toBeVisible();
    await page.evaluate(fail, ["put", 1] as const);
    proxy.rules.push({ kind: "delay", method: "POST", ms: 500, times: 1 });
    await write(Composer.root(page), "The last byte.");
    await expect(status(page)).toContainText(NOT_KEPT);
    await expect(arrived(page)).toContainText("The last byte.");
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await page.clock.fastForward(15_000);
    await expect(rows(page)).toHaveCount(1);
    expect(sentTo(proxy)).toBe(1);
    expect(await backend.stored(thread)).toHaveLength(1);
  });

  test("isso: what the device has is not sent while the device takes no change of it", async ({ page, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("isso", { backends, proxyFor });
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    await expect(Composer.root(page).text).toBeVisible();
    await page.evaluate(fail, ["put", 1] as const);
    await page.evaluate(fail, ["delete", 0] as const);
    await write(Composer.root(page), "Set in stone.");
    await expect(unsent(page)).toContainText("Set in stone.");
    await page.clock.fastForward(60_000);
    expect(sentTo(proxy)).toBe(0);
    await page.reload();
    await expect(arrived(page)).toContainText("Set in stone.");
    await expect(rows(page)).toHaveCount(1);
    expect(await backend.stored(thread)).toHaveLength(1);
  });

  test("isso: a page that is closed in mid-flight leaves a comment that is not stored twice", async ({ page, context, backends, host, proxyFor }) => {
    const { backend, thread, proxy } = await through("isso", { backends, proxyFor });
    const address = await host.page(backend.attributes(thread, proxy.origin));
    await page.goto(address);
    proxy.rules.push({ kind: "delay", method: "POST", ms: 1_000, times: 1 });
    await write(Composer.root(page), "Bye.");
    await expect.poll(() => sentTo(proxy)).toBe(1);
    await page.close();
    await expect.poll(async () => (await backend.stored(thread)).length).toBe(1);
    const next = await context.newPage();
    await next.clock.install();
    await next.goto(address);
    await expect(unsent(next, "waiting")).toContainText("Bye.");
    await next.clock.fastForward(15_000);
    await expect(unsent(next)).toHaveCount(0);
    await expect(arrived(next)).toContainText("Bye.");
    await expect(rows(next)).toHaveCount(1);
    expect(sentTo(proxy)).toBe(1);
    expect(await backend.stored(thread)).toHaveLength(1);
  });
});
