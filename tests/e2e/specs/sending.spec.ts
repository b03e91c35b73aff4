import { COMMENTS, Composer, FAILED_REQUEST, answerPost, conversation, expect, hold, problem, rows, test } from "../fixtures";
import type { Page, Request } from "@playwright/test";

function posts(page: Page): Request[] {
  const sent: Request[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request);
  });
  return sent;
}

const key = (request: Request) => request.headers()["idempotency-key"];

test("while a comment is under way the button says so, and sends nothing more", async ({ page, blog }) => {
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const post = await hold(page, COMMENTS, "POST");
  const composer = Composer.root(page);
  await composer.fill("Ada", "Once.");
  await composer.send.click();
  await post.arrived;
  await expect(composer.send).toHaveText("Sending…");
  await expect(composer.send).toHaveAttribute("aria-disabled", "true");
  // To press it is possible, and does nothing.
  await composer.send.click({ force: true });
  await composer.text.press("Control+Enter");
  await composer.name.press("Enter");
  post.release();
  await expect(rows(page)).toHaveCount(1);
  await expect(composer.send).toHaveText("Send");
  expect(sent).toHaveLength(1);
});

test("a double click sends one comment", async ({ page, blog }) => {
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Click click.");
  await composer.send.dblclick();
  await expect(rows(page)).toHaveCount(1);
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  expect(sent).toHaveLength(1);
});

test("two quick Ctrl+Enter send one comment", async ({ page, blog }) => {
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Key key.");
  await composer.text.evaluate((element) => {
    for (let times = 0; times < 2; times++) {
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
    }
  });
  await expect(rows(page)).toHaveCount(1);
  expect(sent).toHaveLength(1);
  expect(await blog.comments(thread)).toHaveLength(1);
});

/** The endpoint stores the first comment; the reader never hears of it. */
async function dropFirstAnswer(page: Page) {
  let drops = true;
  await page.route(COMMENTS, async (route) => {
    if (route.request().method() !== "POST" || !drops) return route.fallback();
    await route.fetch();
    drops = false;
    await route.abort("connectionreset");
  });
}

test("a comment whose answer was lost is sent again under its key, and stored once", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  await dropFirstAnswer(page);
  const composer = Composer.root(page);
  await composer.fill("Ada", "Did you hear me?");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toContainText("Your comment was not sent: No connection");
  await expect(composer.root.getByRole("alert")).toContainText("Your text is still here.");
  await expect(composer.text).toHaveValue("Did you hear me?");
  await composer.send.click();
  await expect(rows(page)).toHaveCount(1);
  expect(sent.map(key)).toEqual([key(sent[0]), key(sent[0])]);
  expect(key(sent[0])).toMatch(/^[!-~]{16,100}$/);
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("the key outlives a reload", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  await dropFirstAnswer(page);
  const composer = Composer.root(page);
  await composer.fill("Ada", "Before the reload.");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toBeVisible();
  await page.reload();
  await expect(composer.text).toHaveValue("Before the reload.");
  await composer.send.click();
  await expect(composer.root.getByRole("status").filter({ hasText: "published" })).toBeVisible();
  expect(sent.map(key)).toEqual([key(sent[0]), key(sent[0])]);
  expect(await blog.comments(thread)).toHaveLength(1);
  await expect(rows(page)).toHaveCount(1);
});

test("another text has another key", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await page.route(COMMENTS, (route) =>
    route.request().method() === "POST" && sent.length < 2 ? route.abort("connectionrefused") : route.fallback(),
  );
  await composer.fill("Ada", "One thing.");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toBeVisible();
  await composer.text.fill("Another thing.");
  await composer.send.click();
  await expect(rows(page)).toHaveCount(1);
  expect(key(sent[1])).not.toBe(key(sent[0]));
});

test("without a network the text stays, and goes out when there is one again", async ({ page, context, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "From the tunnel.");
  await context.setOffline(true);
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toContainText("No connection");
  await expect(composer.text).toHaveValue("From the tunnel.");
  await context.setOffline(false);
  await composer.send.click();
  await expect(rows(page)).toContainText("From the tunnel.");
  await expect(composer.root.getByRole("alert")).toHaveCount(0);
});

test("a comment that a moderator reads first is shown to its writer, marked", async ({ page, blog, browser }) => {
  const thread = await blog.post({ accepts: "moderated" });
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await expect(composer.root).toContainText("Comments on this post appear once a moderator has read them.");
  await composer.fill("Ada", "May I?");
  await composer.send.click();
  await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
  await expect(rows(page)).toContainText("May I?");
  await expect(
    composer.root.getByRole("status").filter({ hasText: "A moderator reads it before it appears." }),
  ).toBeVisible();

  // Its writer goes on seeing it, and nobody else does.
  await page.reload();
  await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
  const other = await (await browser.newContext()).newPage();
  await other.goto(blog.address(thread));
  await expect(conversation(other)).toContainText("0 are shown here. Others wait for moderation");
  await expect(rows(other)).toHaveCount(0);
  await other.context().close();
  const [id] = (await blog.run("comments", "list", "--held", "--thread", thread)).split(/\s/);
  await blog.run("comments", "approve", id);
  await page.reload();
  await expect(rows(page)).toContainText("May I?");
  await expect(rows(page)).not.toContainText("Awaiting moderation");
});

test("a post that closes while somebody writes keeps their text", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 403/);
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Too late?");
  await blog.run("posts", "set", thread, "--accepts", "closed");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toContainText("Comments are closed");
  await expect(composer.text).toHaveValue("Too late?");
});

test("too many comments at once: it says how long, keeps the text, and sends again by itself", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 429/);
  const thread = await blog.post();
  await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "2" });
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Hurry!");
  await composer.send.click();
  await expect(composer.root).toContainText("Your comment goes out by itself in 2 seconds.");
  await expect(composer.text).toHaveValue("Hurry!");
  await expect(composer.send).toHaveAttribute("aria-disabled", "true");
  await page.unroute(COMMENTS);
  await expect(rows(page)).toContainText("Hurry!");
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("a pause longer than a minute is the reader's own", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 429/);
  const thread = await blog.post();
  await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "170" });
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Hurry!");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toContainText("Try again in 170 seconds.");
  await expect(composer.text).toHaveValue("Hurry!");
});

for (const [what, status, body, words] of [
  ["an endpoint that fails", 500, problem("internal"), "It answered with error 500"],
  ["an answer without sense", 201, { hello: "world" }, "An answer that makes no sense here"],
  ["an endpoint that has moved", 404, {}, "Nothing at this address"],
] as const) {
  test(`${what} costs no text`, async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await blog.post();
    await answerPost(page, status, body);
    await page.goto(blog.address(thread));
    const composer = Composer.root(page);
    await composer.fill("Ada", "Still here.");
    await composer.send.click();
    await expect(composer.root.getByRole("alert")).toContainText(words);
    await expect(composer.text).toHaveValue("Still here.");
    await expect(rows(page)).toHaveCount(0);
    await page.reload();
    await expect(composer.text).toHaveValue("Still here.");
  });
}

test("a comment under way arrives although its writer has gone on to another post", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const post = await hold(page, COMMENTS, "POST");
  await Composer.root(page).fill("Ada", "Do not wait for me.");
  await Composer.root(page).send.click();
  await post.arrived;
  await page.getByRole("link", { name: "All posts" }).click();
  await expect(page.getByRole("article")).not.toHaveCount(0);
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  post.release();
  await answered;
  await page.goBack();
  await expect(rows(page)).toContainText("Do not wait for me.");
  await expect(Composer.root(page).text).toHaveValue("");
});
