// What Isso alone can do: votes, changes by the author, a preview, and its guard.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Locator, Page } from "@playwright/test";
import type { Backend, Thread } from "../backends/backend";
import { Isso } from "../backends/isso";
import { expect, need, test as base } from "../embed";
import { arrived, Composer, FAILED_REQUEST, row, rows, unsent } from "../fixtures";
import { freePort, start } from "../processes";
import { servers } from "../setup";

type Fixtures = {
  /** Lines of the section `guard`. */
  guard: string;
  /** A server of the test's own, with these. */
  guarded: Isso;
};

const test = base.extend<Fixtures>({
  guard: ["", { option: true }],

  guarded: async ({ guard, host }, use) => {
    const { python } = need(servers().isso);
    const folder = await mkdtemp(join(tmpdir(), "causerie-isso-"));
    const [port, database, config] = [await freePort(), join(folder, "comments.sqlite"), join(folder, "isso.cfg")];
    const general = `[general]\ndbpath = ${database}\nhost = ${host.origin}\n`;
    await writeFile(config, `${general}[server]\nlisten = http://127.0.0.1:${port}\n[guard]\n${guard}\n`);
    const main = ["-c", "import isso; isso.main()", "-c", config, "run"] as const;
    const running = await start([python, ...main], { place: port, log: join(folder, "isso.log") });
    const server = { url: `http://127.0.0.1:${port}`, database };
    await use(new Isso(python, { open: server, moderated: server }));
    await running.stop();
    await rm(folder, { recursive: true });
  },
});

const EDIT = { name: "Edit", exact: true };
const DELETE = { name: "Delete", exact: true };
const UNDO = { name: "Undo", exact: true };
const like = (row: Locator) => row.getByRole("button", { name: /^Like/ }).first();
const dislike = (row: Locator) => row.getByRole("button", { name: /^Dislike/ }).first();

/** Writes a comment, and gives its row. */
async function write(page: Page, text: string): Promise<Locator> {
  const composer = Composer.root(page);
  await composer.fill("Ada", text);
  await composer.send.click();
  const id = arrived(page).filter({ hasText: text.split("\n")[0].replaceAll("*", "") });
  await expect(id).toHaveCount(1);
  return page.locator(`[id="${await id.getAttribute("id")}"]`);
}

test.describe("votes", () => {
  test("a like and a dislike are counted, by the server", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post({ comments: [{ id: "a" }, { id: "b" }] });
    await page.goto(await host.page(isso.attributes(thread)));
    const [a, b] = [row(page, thread.ids.a), row(page, thread.ids.b)];
    await expect(like(a)).toHaveText("+ 0");
    await expect(dislike(a)).toHaveText("− 0");
    await like(a).click();
    await expect(like(a)).toHaveText("+ 1");
    await expect(like(a)).toHaveAccessibleName("Like. 1 so far");
    await dislike(b).click();
    await expect(dislike(b)).toHaveText("− 1");
    // Isso counts an address once.
    await like(a).click();
    await dislike(a).click();
    await page.waitForLoadState("networkidle");
    await expect(like(a)).toHaveText("+ 1");
    await expect(dislike(a)).toHaveText("− 0");
    await page.reload();
    await expect(like(a)).toHaveText("+ 1");
    await expect(dislike(b)).toHaveText("− 1");
  });

  test("by keyboard, and the focus stays", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post({ comments: [{ id: "a" }] });
    await page.goto(await host.page(isso.attributes(thread)));
    await like(row(page, thread.ids.a)).focus();
    await page.keyboard.press("Enter");
    await expect(like(row(page, thread.ids.a))).toHaveText("+ 1");
    await expect(like(row(page, thread.ids.a))).toBeFocused();
  });

  test("one that fails says so, and can be given again", async ({ page, backends, host, proxyFor, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const isso = need(backends.isso);
    const thread = await isso.post({ comments: [{ id: "a" }] });
    const proxy = await proxyFor(thread.origin);
    proxy.rules.push({ kind: "answer", status: 500, body: "", method: "POST", times: 1 });
    await page.goto(await host.page(isso.attributes(thread, proxy.origin)));
    const shown = row(page, thread.ids.a);
    await like(shown).click();
    await expect(shown.getByRole("alert")).toContainText("error 500");
    await expect(like(shown)).toHaveText("+ 0");
    await like(shown).click();
    await expect(like(shown)).toHaveText("+ 1");
    await expect(shown.getByRole("alert")).toHaveCount(0);
  });
});

test.describe("changes by the author", () => {
  const WRITTEN = "Some *stress*, and\n\n> a quotation";

  test("the source is shown as it was written, and is saved", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post({ comments: [{ id: "other" }] });
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, WRITTEN);
    // Those of others are not to be changed.
    await expect(row(page, thread.ids.other).getByRole("button", EDIT)).toHaveCount(0);
    await expect(row(page, thread.ids.other).getByRole("button", DELETE)).toHaveCount(0);
    await own.getByRole("button", EDIT).click();
    const text = own.getByRole("textbox", { name: "Your comment" });
    await expect(text).toHaveValue(WRITTEN);
    await expect(text).toBeFocused();
    await text.fill("Some **more** stress");
    await own.getByRole("button", { name: "Save" }).click();
    await expect(own.locator(".prose strong")).toHaveText("more");
    await expect(own.getByText("edited")).toBeVisible();
    await expect(text).toHaveCount(0);
    expect((await isso.stored(thread)).at(-1)?.content).toBe("Some **more** stress");

    // The same browser may go on, as long as the window is open.
    await page.reload();
    await expect(own.locator(".prose strong")).toHaveText("more");
    await expect(own.getByText("edited")).toBeVisible();
    await own.getByRole("button", EDIT).click();
    await text.fill("Less.");
    await own.getByRole("button", { name: "Save" }).click();
    await expect(own).toContainText("Less.");
    expect((await isso.stored(thread)).at(-1)?.content).toBe("Less.");
  });

  test("what is changed may be left as it was", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "As it is.");
    await own.getByRole("button", EDIT).click();
    await own.getByRole("textbox").fill("No.");
    await own.getByRole("button", { name: "Close" }).click();
    await expect(own.getByRole("textbox")).toHaveCount(0);
    await expect(own).toContainText("As it is.");
    await expect(own).toBeFocused();
    expect((await isso.stored(thread)).map(({ content }) => content)).toEqual(["As it is."]);
  });

  test("a change that fails keeps what was typed", async ({ page, backends, host, proxyFor, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const isso = need(backends.isso);
    const thread = await isso.post();
    const proxy = await proxyFor(thread.origin);
    await page.goto(await host.page(isso.attributes(thread, proxy.origin)));
    const own = await write(page, "Before.");
    await own.getByRole("button", EDIT).click();
    await own.getByRole("textbox").fill("A long second thought.");
    proxy.rules.push({ kind: "answer", status: 500, body: "", method: "PUT", times: 1 });
    await own.getByRole("button", { name: "Save" }).click();
    await expect(own.getByRole("alert")).toContainText("error 500");
    await expect(own.getByRole("textbox")).toHaveValue("A long second thought.");
    await own.getByRole("button", { name: "Save" }).click();
    await expect(own.locator(".prose")).toContainText("A long second thought.");
  });

  test("a change that the server does not take says why", async ({ page, backends, host, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const isso = need(backends.isso);
    const thread = await isso.post();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "Before.");
    await own.getByRole("button", EDIT).click();
    await own.getByRole("textbox").fill("x");
    await own.getByRole("button", { name: "Save" }).click();
    await expect(own.getByText("At least 3 characters, please.")).toBeVisible();
    await expect(own.getByRole("textbox")).toHaveValue("x");
  });

  test("nobody else may change it", async ({ page, browser, backends, host, complaints }) => {
    const isso = need(backends.isso);
    const thread = await isso.post();
    const address = await host.page(isso.attributes(thread));
    await page.goto(address);
    const own = await write(page, "Mine.");
    await expect(own.getByRole("button", EDIT)).toBeVisible();
    const context = await browser.newContext();
    await complaints.watch(context);
    const other = await context.newPage();
    await other.goto(address);
    await expect(rows(other)).toHaveCount(1);
    await expect(other.getByRole("button", EDIT)).toHaveCount(0);
    await expect(other.getByRole("button", DELETE)).toHaveCount(0);
    await context.close();
  });

  test("after a quarter of an hour nothing may be changed any more", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post();
    await page.clock.install();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "For a while.");
    await page.clock.fastForward("13:00");
    await expect(own.getByRole("button", EDIT)).toBeVisible();
    await page.clock.fastForward("03:00");
    // The page that stays open knows it too.
    await expect(own.getByRole("button", EDIT)).toHaveCount(0);
    await expect(own.getByRole("button", DELETE)).toHaveCount(0);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await expect(page.getByRole("button", EDIT)).toHaveCount(0);
  });

  test("a comment is deleted in a moment, unless the reader thinks again", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post({ comments: [{ id: "other" }] });
    await page.clock.install();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "Never mind.");
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "DELETE" && sent.push(request.url()));
    await own.getByRole("button", DELETE).click();
    await expect(own.getByRole("status")).toHaveText("Your comment is deleted in a few seconds.");
    await expect(own.getByRole("button", UNDO)).toBeFocused();
    await own.getByRole("button", UNDO).click();
    await expect(own).toBeFocused();
    await expect(own.getByRole("status")).toHaveCount(0);
    await page.clock.fastForward(30_000);
    expect(sent).toEqual([]);
    expect(await isso.stored(thread)).toHaveLength(2);
    await own.getByRole("button", DELETE).click();
    await expect(own.getByRole("button", UNDO)).toBeFocused();
    expect(sent).toEqual([]);
    await page.clock.fastForward(9_000);
    await expect(page.getByText("Never mind.")).toHaveCount(0);
    expect(sent).toHaveLength(1);
    expect(await isso.stored(thread)).toHaveLength(1);
    await expect(own.getByRole("button")).toHaveCount(0);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await expect(page.getByRole("heading", { level: 2 })).toHaveText("1 comment");
  });

  test("a reader who leaves before the moment is over keeps the comment", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "Stays.");
    await own.getByRole("button", DELETE).click();
    await expect(own.getByRole("button", UNDO)).toBeFocused();
    await page.reload();
    await expect(own).toContainText("Stays.");
    await expect(own.getByRole("status")).toHaveCount(0);
    expect(await isso.stored(thread)).toHaveLength(1);
  });

  test("a deleted comment with answers leaves its place, and them", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const thread = await isso.post();
    await page.clock.install();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "To be answered.");
    await own.getByRole("button", { name: /^Reply/ }).click();
    const answer = new Composer(own.locator(".write"));
    await answer.fill("Bob", "An answer.");
    await answer.send.click();
    await expect(arrived(page)).toHaveCount(2);
    await own.getByRole("button", DELETE).click();
    await page.clock.fastForward(9_000);
    for (const time of ["now", "after a reload"]) {
      await expect(own, time).toContainText("This comment was deleted.");
      await expect(page.getByText("To be answered."), time).toHaveCount(0);
      await expect(rows(page).filter({ hasText: "An answer." }), time).toHaveAttribute("data-depth", "1");
      // Of what can be done to it only its answers are left.
      await expect(own.getByRole("button", { name: /^(Reply|Edit|Delete|Like|Dislike)/ }), time).toHaveCount(0);
      await page.reload();
    }
  });

  test("a deletion that is refused says so", async ({ page, context, backends, host, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const isso = need(backends.isso);
    const thread = await isso.post();
    await page.clock.install();
    await page.goto(await host.page(isso.attributes(thread)));
    const own = await write(page, "Stays.");
    // Isso knows its author by a cookie.
    await context.clearCookies();
    await own.getByRole("button", DELETE).click();
    await page.clock.fastForward(9_000);
    await expect(own.getByRole("alert")).toContainText(/permission/);
    await expect(own.locator(".prose")).toContainText("Stays.");
    expect(await isso.stored(thread)).toHaveLength(1);
  });
});

test("the server shows how a text will look", async ({ page, backends, host }) => {
  const isso = need(backends.isso);
  const thread = await isso.post();
  await page.goto(await host.page(isso.attributes(thread)));
  const composer = Composer.root(page);
  await composer.text.fill("Some *stress*\n\n- one\n- two");
  await composer.root.getByRole("button", { name: "Preview" }).click();
  const preview = composer.root.locator(".preview");
  await expect(preview).toContainText("This is how it will look.");
  await expect(preview.locator("em")).toHaveText("stress");
  await expect(preview.getByRole("listitem")).toHaveText(["one", "two"]);
  expect(await isso.stored(thread)).toEqual([]);
  // It is gone as soon as it is not true any more.
  await composer.text.press("End");
  await composer.text.pressSequentially("!");
  await expect(preview).toHaveCount(0);
});

test.describe("an error", () => {
  for (const [kind, body] of [
    ["text", "Come back on Monday"],
    ["a page", "<!doctype html>\n<html lang=en>\n<title>400</title>\n<h1>Bad Request</h1>\n<p>Come back on Monday</p>"],
  ]) {
    test(`that comes as ${kind} is shown in its words`, async ({ page, backends, host, proxyFor, complaints }) => {
      complaints.allow(FAILED_REQUEST);
      const isso = need(backends.isso);
      const thread = await isso.post();
      const proxy = await proxyFor(thread.origin);
      for (const status of [400, 403]) proxy.rules.push({ kind: "answer", status, body, method: "POST", times: 1 });
      await page.goto(await host.page(isso.attributes(thread, proxy.origin)));
      const composer = Composer.root(page);
      await composer.fill("Ada", "May I?");
      await composer.send.click();
      const notice = composer.root.getByRole("alert");
      await expect(notice).toContainText("Come back on Monday");
      await expect(notice).not.toContainText(/[<>]|Bad Request/);
      await expect(composer.text).toHaveValue("May I?");
      await composer.send.click();
      await expect(arrived(page)).toHaveCount(1);
    });
  }

  test("that is the server's own about an address is at its field", async ({ page, backends, host, proxyFor, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const isso = need(backends.isso);
    const thread = await isso.post();
    const proxy = await proxyFor(thread.origin);
    await page.goto(await host.page(isso.attributes(thread, proxy.origin)));
    const composer = Composer.root(page);
    await composer.fill("Ada", "See there.");
    // An address to us and every browser, but not to Isso.
    await composer.site.fill("http://intranet/");
    await composer.send.click();
    await expect(composer.site).toHaveAttribute("aria-invalid", "true");
    await expect(composer.site).toBeFocused();
  });
});

test.describe("the guard's limit", () => {
  test.use({ guard: "ratelimit = 2\ndirect-reply = 9" });

  test("is waited for, and the comment sent once", async ({ page, guarded, host, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await guarded.post();
    await page.clock.install();
    await page.goto(await host.page(guarded.attributes(thread)));
    await write(page, "The first.");
    await write(page, "The second.");
    const composer = Composer.root(page);
    await composer.fill("Ada", "The third.");
    await composer.send.click();
    const waiting = unsent(page, "waiting");
    await expect(waiting.getByRole("status")).toContainText("The server asks to wait, or has a problem.");
    await expect(waiting).toContainText("The third.");
    await expect(waiting).toContainText(/Next try in \d+ seconds/);
    expect(await guarded.stored(thread)).toHaveLength(2);
    // A minute passes, here and for the server.
    const age = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('UPDATE comments SET created = created - 61'); db.commit()";
    await promisify(execFile)(guarded.python, ["-c", age, guarded.servers.open.database]);
    await page.clock.fastForward(61_000);
    await expect(arrived(page)).toHaveCount(3);
    await expect(composer.text).toHaveValue("");
    expect((await guarded.stored(thread)).map(({ content }) => content)).toEqual(["The first.", "The second.", "The third."]);
  });
});

test.describe("the guard's limit of direct answers", () => {
  test.use({ guard: "ratelimit = 99\ndirect-reply = 1" });

  test("is told in words", async ({ page, guarded, host, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await guarded.post();
    await page.goto(await host.page(guarded.attributes(thread)));
    await write(page, "The first.");
    const composer = Composer.root(page);
    await composer.fill("Ada", "The second.");
    await composer.send.click();
    await expect(composer.root.getByRole("alert")).toContainText("1 direct responses");
    await expect(composer.text).toHaveValue("The second.");
  });
});

test.describe("a server that wants a name and an address", () => {
  test.use({ guard: "require-author = true\nrequire-email = true\nratelimit = 99" });

  test("gets them: the form asks for both before it sends", async ({ page, guarded, host }) => {
    const thread = await guarded.post({ comments: [{ id: "a" }] });
    const posted: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posted.push(request.url()));
    await page.goto(await host.page(guarded.attributes(thread)));
    const composer = Composer.root(page);
    await expect(rows(page)).toHaveCount(1);
    await expect(composer.name).toHaveAttribute("required", "");
    await expect(composer.email).toHaveAttribute("required", "");
    await expect(composer.root.getByText("optional")).toHaveCount(1);
    await composer.text.fill("Here I am.");
    await composer.send.click();
    await expect(composer.name).toHaveAttribute("aria-invalid", "true");
    await expect(composer.email).toHaveAttribute("aria-invalid", "true");
    expect(posted).toEqual([]);
    await composer.name.fill("Ada");
    await composer.email.fill("ada@mail.example");
    await composer.send.click();
    await expect(arrived(page)).toHaveCount(2);
  });
});

test("a server that wants neither gets a comment without", async ({ page, backends, host }) => {
  const isso = need(backends.isso);
  const thread = await isso.post({ comments: [{ id: "a" }] });
  await page.goto(await host.page(isso.attributes(thread)));
  const composer = Composer.root(page);
  await expect(rows(page)).toHaveCount(1);
  await expect(composer.name).not.toHaveAttribute("required", "");
  await composer.text.fill("Guess who.");
  await composer.send.click();
  await expect(arrived(page)).toHaveCount(2);
  await expect(rows(page).last()).toContainText("Anonymous");
});

for (const name of ["causerie", "wordpress", "static"] as const) {
  test(`none of this is offered for ${name}`, async ({ page, backends, host }) => {
    const backend = need<Backend>(backends[name]);
    const thread: Thread = await backend.post({ comments: [{ id: "a" }] });
    await page.goto(await host.page(backend.attributes(thread)));
    const composer = Composer.root(page);
    await composer.fill("Ada", "Mine.");
    await composer.email.fill("ada@mail.example");
    await composer.send.click();
    await expect(arrived(page)).toHaveCount(2);
    await expect(page.getByRole("button", { name: /^(Like|Dislike|Edit|Delete|Preview)/ })).toHaveCount(0);
  });
}
