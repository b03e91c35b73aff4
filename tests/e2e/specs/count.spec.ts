// <causerie-count>: how many comments a thread has, on a page that shows no thread.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Backend } from "../backends/backend";
import { type Blog, expect, need, test } from "../embed";
import { FAILED_REQUEST, settle } from "../fixtures";
import { DIST, hostPage, origins, policy, tag } from "../pages";

/** A list of posts, each with its count, in which the blogger wrote something. */
async function list(host: Blog, counts: Record<string, string>[], lang = "en"): Promise<string> {
  const items = counts.map((attributes) => `<li>A post, ${tag("causerie-count", attributes, "?")} comments</li>`);
  const { html } = hostPage({}, { lang });
  const connected = counts.flatMap(origins);
  const body = html.replace(/<causerie-thread.*<\/causerie-thread>/, `<ul>${items.join("\n")}</ul>`);
  return host.put({ html: body, headers: { "content-security-policy": policy(connected) } }, connected);
}

const counts = (page: Page) => page.locator("causerie-count");

/** The events that the page hears, from before the first script runs. */
async function listen(page: Page) {
  await page.addInitScript(() => {
    const told: [string, unknown][] = [];
    Object.assign(window, { told });
    for (const name of ["causerie:count", "causerie:error"]) {
      document.addEventListener(name, (event) => told.push([name, (event as CustomEvent).detail]));
    }
  });
  return () => page.evaluate(() => (window as never as { told: [string, { kind?: string }][] }).told);
}

const several = (length: number) => Array.from({ length }, (_, at) => ({ id: `c${at}`, parent: at % 2 ? `c${at - 1}` : undefined }));

for (const [name, requests] of [["causerie", 1], ["isso", 1], ["wordpress", 4], ["static", 4]] as const) {
  test(`${name}: each has its number, by ${requests === 1 ? "one request" : "as few requests as it takes"}`, async ({
    page,
    backends,
    host,
  }) => {
    const backend = need<Backend>(backends[name]);
    const attributes: Record<string, string>[] = [];
    for (const length of [0, 1, 7, 120]) {
      const { submit: _, ...rest } = backend.attributes(await backend.post({ comments: several(length) })) as Record<string, string>;
      attributes.push(rest);
    }
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.method() !== "OPTIONS" && !request.url().startsWith(host.origin)) asked.push(request.url());
    });
    const told = await listen(page);
    // One thread is counted twice on the page.
    await page.goto(await list(host, [...attributes, attributes[2]]));
    await expect(counts(page)).toHaveText(["0", "1", "7", "120", "7"]);
    expect(asked).toHaveLength(requests);
    await settle(page);
    const heard = await told();
    expect(heard.map(([kind]) => kind)).toEqual(Array(5).fill("causerie:count"));
    expect(heard.map(([, detail]) => (detail as { count: number }).count).sort()).toEqual([0, 1, 120, 7, 7].sort());
  });
}

test("wordpress: by the slug, and without readable addresses", async ({ page, backends, host }) => {
  const wordpress = need(backends.wordpress);
  const thread = await wordpress.post({ comments: several(3) });
  const plain = wordpress.plainAttributes(thread);
  const all = [{ ...wordpress.attributes(thread), thread: thread.slug! }, { ...plain, thread: thread.slug! }, plain];
  await page.goto(await list(host, all));
  await expect(counts(page)).toHaveText(["3", "3", "3"]);
});

test("a comment that is held does not count", async ({ page, backends, host }) => {
  const comments = [{ id: "a" }, { id: "b", status: "held" as const }];
  const all: Record<string, string>[] = [];
  // The contract's number is the announced one, with those that are held.
  for (const name of ["wordpress", "isso"] as const) {
    const backend = need<Backend>(backends[name]);
    all.push(backend.attributes(await backend.post({ accepts: "moderated", comments })));
  }
  await page.goto(await list(host, all));
  await expect(counts(page)).toHaveText(["1", "1"]);
});

test("several back ends on one page", async ({ page, backends, host }) => {
  const all: Record<string, string>[] = [];
  for (const [at, name] of (["causerie", "wordpress", "isso", "static"] as const).entries()) {
    const backend = need<Backend>(backends[name]);
    all.push(backend.attributes(await backend.post({ comments: several(at + 1) })));
  }
  await page.goto(await list(host, all));
  await expect(counts(page)).toHaveText(["1", "2", "3", "4"]);
});

test("it speaks the page's language", async ({ page, backends, host }) => {
  const thread = await backends.static.post({ comments: several(1_234) });
  await page.goto(await list(host, [backends.static.attributes(thread)], "fr"));
  await expect(counts(page)).toHaveText([/^1\s234$/]);
  await counts(page).evaluate((count) => count.setAttribute("lang", "en"));
  await expect(counts(page)).toHaveText(["1,234"]);
});

test("the attribute thread is watched, and the last one counts", async ({ page, backends, host, proxyFor }) => {
  const [slow, quick] = [await backends.causerie.post({ comments: several(1) }), await backends.causerie.post({ comments: several(2) })];
  const proxy = await proxyFor(slow.origin);
  await page.goto(await list(host, [backends.causerie.attributes(quick, proxy.origin)]));
  await expect(counts(page)).toHaveText(["2"]);
  proxy.rules.push({ kind: "delay", ms: 1_000, path: new RegExp(slow.key), times: 1 });
  const set = (key: string) => counts(page).evaluate((count, key) => count.setAttribute("thread", key), key);
  await set(slow.key);
  await expect.poll(() => proxy.seen.filter(({ path }) => path.includes(slow.key)).length).toBe(1);
  await set(quick.key);
  await page.waitForResponse((response) => response.url().includes(slow.key));
  await settle(page);
  await expect(counts(page)).toHaveText(["2"]);
});

test("a page of counts loads the boot script and that of the counts, 5,000 bytes, and no module", async ({
  page,
  backends,
  host,
}) => {
  const loaded: string[] = [];
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === host.origin && pathname.startsWith("/assets/")) loaded.push(pathname.replace("/assets/causerie/", ""));
  });
  const all: Record<string, string>[] = [];
  for (let at = 0; at < 20; at++) all.push(backends.causerie.attributes(await backends.causerie.post({ comments: several(at) })));
  await page.goto(await list(host, all), { waitUntil: "networkidle" });
  await expect(counts(page)).toHaveText(all.map((_, at) => `${at}`));
  expect(loaded.sort()).toEqual(["causerie.js", "lazy/count.js"]);
  const sizes = await Promise.all(loaded.map(async (path) => (await readFile(join(DIST, `${path}.br`))).length));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(5_000);
});

test.describe("what fails leaves what the blogger wrote, and says so", () => {
  test("a server that is down", async ({ page, backends, host, proxyFor, complaints }) => {
    complaints.allow(FAILED_REQUEST, /ERR_CONNECTION_REFUSED/);
    const told = await listen(page);
    const all: Record<string, string>[] = [];
    for (const name of ["causerie", "wordpress", "isso", "static"] as const) {
      const backend = need<Backend>(backends[name]);
      const thread = await backend.post({ comments: several(1) });
      const proxy = await proxyFor(thread.origin);
      await proxy.stop();
      all.push(backend.attributes(thread, proxy.origin));
    }
    await page.goto(await list(host, all));
    await expect.poll(async () => (await told()).length).toBe(4);
    expect((await told()).map(([name, { kind }]) => [name, kind])).toEqual(Array(4).fill(["causerie:error", "count"]));
    await expect(counts(page)).toHaveText(["?", "?", "?", "?"]);
  });

  for (const [what, answer] of [
    ["a server that fails", { status: 500, body: "" }],
    ["a page in place of numbers", { status: 200, body: "<!doctype html><p>Sign in" }],
    ["data of another kind", { status: 200, body: "{}", headers: { "Content-Type": "application/json" } }],
  ] as const) {
    for (const name of ["causerie", "isso", "static"] as const) {
      test(`${what} (${name})`, async ({ page, backends, host, proxyFor, complaints }) => {
        complaints.allow(FAILED_REQUEST);
        const told = await listen(page);
        const backend = need<Backend>(backends[name]);
        const thread = await backend.post({ comments: several(1) });
        const proxy = await proxyFor(thread.origin);
        proxy.rules.push({ kind: "answer", ...answer, method: name === "isso" ? "POST" : "GET" });
        await page.goto(await list(host, [backend.attributes(thread, proxy.origin)]));
        await expect.poll(async () => (await told()).map(([name]) => name)).toEqual(["causerie:error"]);
        await expect(counts(page)).toHaveText(["?"]);
      });
    }
  }

  test("settings that make no sense", async ({ page, host }) => {
    const told = await listen(page);
    await page.goto(await list(host, [{ endpoint: "/api", thread: "x", backend: "drupal" }, { thread: "x" }]));
    await expect.poll(async () => (await told()).map(([name]) => name)).toEqual(["causerie:error", "causerie:error"]);
    await expect(counts(page)).toHaveText(["?", "?"]);
  });
});
