// The doctor: it names the cause of a failure to the blogger, and leaves the reader in peace.
import type { Page } from "@playwright/test";
import type { Backend } from "../backends/backend";
import { type Blog, expect, need, test } from "../embed";
import { Composer, FAILED_REQUEST, rows } from "../fixtures";
import { hostPage, policy } from "../pages";

const COMMENTS = [{ id: "a" }];
/** The failure is the browser's to tell, too. */
const EXPECTED = [FAILED_REQUEST, /ERR_/, /blocked by CORS policy/, /Content Security Policy/, /policy: connect-src/, /Mixed Content/];

/** What the doctor says in the console. */
function diagnoses(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning" && message.text().startsWith("Causerie's doctor: ")) said.push(message.text());
  });
  return said;
}

/** Opens the page as readers do, and then as the blogger who asks: the doctor names `cause` both times. */
async function expectDiagnosis(page: Page, address: string, cause: string, act = async () => {}): Promise<string> {
  const said = diagnoses(page);
  await page.goto(address);
  await act();
  await expect.poll(() => said.map((line) => line.split(/[:.] /)[1])).toEqual([cause]);
  // The reader has one line in human words, and a way on; nothing of this.
  await expect(page.getByRole("alert").locator("visible=true")).toHaveCount(1);
  await expect(page.getByText("Doctor:")).toHaveCount(0);
  await page.goto(`${address}${address.includes("?") ? "&" : "?"}causerie-doctor`);
  await act();
  const report = page.locator("[data-doctor]");
  await expect(report).toHaveAttribute("data-doctor", cause);
  await expect(report).toContainText(`Doctor: ${cause}`);
  await expect(report).toBeVisible();
  return said[0];
}

async function expectRetry(page: Page) {
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("button", { name: "Try again" })).toBeVisible();
  // The line is no more than two sentences; what is technical is folded.
  await expect(alert.getByText(/CORS|Content-Security-Policy|endpoint/).locator("visible=true")).toHaveCount(0);
}

for (const name of ["causerie", "wordpress", "isso", "static"] as const) {
  test(`server-down (${name}), and well as soon as it is up`, async ({ page, backends, host, proxyFor, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    const proxy = await proxyFor(thread.origin);
    await proxy.stop();
    const said = await expectDiagnosis(page, await host.page(backend.attributes(thread, proxy.origin)), "server-down");
    expect(said).toContain(`Nothing answers at ${proxy.origin}.`);
    await expectRetry(page);
    await proxy.start();
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(rows(page)).toHaveCount(1);
    await expect(page.locator("[data-doctor]")).toHaveAttribute("data-doctor", "well");
    await expect(page.locator("[data-doctor]")).toHaveCount(1);
  });

  test(`cors-origin-not-allowed (${name})`, async ({ page, backends, host, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    const address = (await host.page(backend.attributes(thread))).replace(host.origin, host.foreignOrigin);
    const said = await expectDiagnosis(page, address, "cors-origin-not-allowed");
    expect(said).toContain(host.foreignOrigin);
    await expectRetry(page);
  });

  test(`content-security-policy (${name})`, async ({ page, backends, host, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    const { html } = hostPage(backend.attributes(thread));
    const address = await host.put({ html, headers: { "content-security-policy": policy([]) } }, [thread.origin]);
    const said = await expectDiagnosis(page, address, "content-security-policy");
    expect(said).toContain(`Add ${thread.origin} to connect-src`);
    await expectRetry(page);
  });

  test(`html-instead-of-json (${name})`, async ({ page, backends, host, proxyFor, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    const proxy = await proxyFor(thread.origin);
    proxy.rules.push({ kind: "answer", status: 200, body: "<!doctype html><title>Sign in</title><p>Sign in" });
    await expectDiagnosis(page, await host.page(backend.attributes(thread, proxy.origin)), "html-instead-of-json");
    await expectRetry(page);
  });

  test(`well (${name})`, async ({ page, backends, host, complaints }) => {
    // Asked for the bare endpoint, some have nothing to say.
    complaints.allow(FAILED_REQUEST, /blocked by CORS policy/);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    const said = diagnoses(page);
    const address = await host.page(backend.attributes(thread));
    await page.goto(`${address}?causerie-doctor`);
    await expect(page.locator("[data-doctor]")).toHaveAttribute("data-doctor", "well");
    await expect.poll(() => said).toEqual([expect.stringContaining("doctor: well. All is well.")]);
    // Who does not ask is not told.
    said.length = 0;
    await page.goto(address);
    await expect(rows(page)).toHaveCount(1);
    await page.waitForLoadState("networkidle");
    expect(said).toEqual([]);
    await expect(page.locator("[data-doctor]")).toHaveCount(0);
  });
}

test("guests-not-allowed, with the line that lets them in", async ({ page, backends, host, complaints }) => {
  complaints.allow(...EXPECTED);
  const wordpress = need(backends.wordpress);
  const thread = await wordpress.post({ guests: false, comments: COMMENTS });
  const said = await expectDiagnosis(page, await host.page(wordpress.attributes(thread)), "guests-not-allowed", async () => {
    const composer = Composer.root(page);
    await composer.fill("Ada", "Let me in.");
    await composer.email.fill("ada@mail.example");
    await composer.send.click();
    await expect(composer.root.getByRole("alert")).toContainText("Guests may not comment here");
    await expect(composer.send).toBeEnabled();
  });
  expect(said).toContain("add_filter( 'rest_allow_anonymous_comments', '__return_true' );");
});

// Isso and files know no wrong thread: one that nobody has written in looks the same.
for (const name of ["causerie", "wordpress"] as const) {
  test(`wrong-thread (${name})`, async ({ page, backends, host, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[name]);
    const attributes = backend.attributes(await backend.post());
    const wrong = name === "wordpress" ? "no-such-post" : "nothing-here";
    await expectDiagnosis(page, await host.page({ ...attributes, thread: wrong }), "wrong-thread");
    await expectRetry(page);
  });
}

test("wrong-thread, by the number of a post that is not there", async ({ page, backends, host, complaints }) => {
  complaints.allow(...EXPECTED);
  const wordpress = need(backends.wordpress);
  const attributes = wordpress.attributes(await wordpress.post());
  await expectDiagnosis(page, await host.page({ ...attributes, thread: "99999999" }), "wrong-thread");
});

for (const [name, path] of [
  ["causerie", "/wrong"],
  ["isso", "/wrong"],
] as const) {
  test(`wrong-endpoint (${name})`, async ({ page, backends, host, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    await expectDiagnosis(page, await host.page({ ...backend.attributes(thread), endpoint: thread.origin + path }), "wrong-endpoint");
    await expectRetry(page);
  });
}

test("an address beside WordPress's interface looks like an origin that is not let in, and the doctor says both", async ({
  page,
  backends,
  host,
  complaints,
}) => {
  complaints.allow(...EXPECTED);
  const wordpress = need(backends.wordpress);
  const thread = await wordpress.post({ comments: COMMENTS });
  const attributes = { ...wordpress.attributes(thread), endpoint: `${thread.origin}/wrong/wp-json` };
  const said = await expectDiagnosis(page, await host.page(attributes), "cors-origin-not-allowed");
  expect(said).toContain("attribute endpoint");
});

/** What the blogger wrote, and what is there: each by the address that it is right for. */
const MIXED_UP = [
  ["causerie", "wordpress"],
  ["causerie", "isso"],
  ["wordpress", "causerie"],
  ["wordpress", "isso"],
  ["isso", "causerie"],
  ["isso", "wordpress"],
  ["static", "causerie"],
  ["static", "wordpress"],
  ["static", "isso"],
] as const;

for (const [written, there] of MIXED_UP) {
  test(`wrong-backend: ${written} is written, ${there} is there`, async ({ page, backends, host, complaints }) => {
    complaints.allow(...EXPECTED);
    const backend = need<Backend>(backends[there]);
    const thread = await backend.post({ comments: COMMENTS });
    await expectDiagnosis(page, await host.page({ ...backend.attributes(thread), backend: written }), "wrong-backend");
    await expectRetry(page);
  });
}

for (const name of ["causerie", "wordpress", "isso"] as const) {
  test(`clock-off (${name})`, async ({ page, backends, host, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: COMMENTS });
    const said = diagnoses(page);
    await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
    await page.goto(`${await host.page(backend.attributes(thread))}?causerie-doctor`);
    await expect(rows(page)).toHaveCount(1);
    await expect(page.locator("[data-doctor]")).toHaveAttribute("data-doctor", "clock-off");
    expect(said).toEqual([expect.stringMatching(/clock-off\. .* (179|180|181) minutes apart/)]);
  });
}

test("mixed-content", async ({ page, host, complaints, backends }) => {
  complaints.allow(...EXPECTED);
  const attributes = { backend: "causerie", endpoint: "http://comments.example/api", thread: "x" };
  const secure = "https://blog.example";
  complaints.expectOrigins(secure, "http://comments.example");
  // The page as it would come by https. A policy would be named before.
  const address = await host.page(attributes);
  await page.route(`${secure}/**`, async (route) => {
    const response = await route.fetch({ url: route.request().url().replace(secure, host.origin) });
    const { "content-security-policy": _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.route("http://comments.example/**", (route) => route.fulfill({ json: {} }));
  const said = await expectDiagnosis(page, address.replace(host.origin, secure), "mixed-content");
  expect(said).toContain("Serve the endpoint by https");
  await expectRetry(page);
});

test("offline", async ({ page, context, backends, host, complaints }) => {
  complaints.allow(...EXPECTED);
  const thread = await backends.causerie.post({ comments: COMMENTS });
  const said = diagnoses(page);
  const attributes = backends.causerie.attributes(thread);
  // The doctor is still busy to say that all is well.
  let asked = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(attributes.endpoint, async (route) => {
    asked += 1;
    await held;
    await route.abort();
  });
  await page.goto(`${await host.page(attributes)}?causerie-doctor`);
  await expect(rows(page)).toHaveCount(1);
  await expect.poll(() => asked).toBe(1);
  await context.setOffline(true);
  await page.locator("causerie-thread").evaluate((element) => element.setAttribute("sort", "newest"));
  await expect(page.getByRole("alert")).toContainText("No connection");
  await expect(page.locator("[data-doctor]")).toHaveAttribute("data-doctor", "offline");
  // What it finds now is no longer so.
  release();
  await expect.poll(() => asked).toBe(2);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  await expect(page.locator("[data-doctor]")).toHaveAttribute("data-doctor", "offline");
  expect(said.at(-1)).toContain("doctor: offline.");
  await expectRetry(page);
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page)).toHaveCount(1);
});

test("offline, where the doctor was not needed before", async ({ page, context, backends, host, complaints }) => {
  complaints.allow(...EXPECTED);
  const thread = await backends.causerie.post({ comments: COMMENTS });
  const said = diagnoses(page);
  await page.goto(await host.page(backends.causerie.attributes(thread)));
  await expect(rows(page)).toHaveCount(1);
  await context.setOffline(true);
  await page.locator("causerie-thread").evaluate((element) => element.setAttribute("sort", "newest"));
  await expect(page.getByRole("alert")).toContainText("No connection");
  await expect.poll(() => said).toEqual([expect.stringContaining("doctor: offline.")]);
});

test("one cause is told once, however often it fails", async ({ page, backends, host, proxyFor, complaints }) => {
  complaints.allow(...EXPECTED);
  const thread = await backends.causerie.post({ comments: COMMENTS });
  const proxy = await proxyFor(thread.origin);
  await proxy.stop();
  const said = diagnoses(page);
  await page.goto(await host.page(backends.causerie.attributes(thread, proxy.origin)));
  for (let at = 0; at < 3; at++) {
    await expect(page.getByRole("alert")).toBeVisible();
    await page.getByRole("button", { name: "Try again" }).click();
  }
  await expect(page.getByRole("alert")).toBeVisible();
  await expect.poll(() => said.length).toBe(1);
});

test("settings may lie in a file", async ({ page, backends, host, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await backends.causerie.post({ comments: COMMENTS });
  const { thread: key, ...shared } = backends.causerie.attributes(thread);
  const config = await host.put({ html: JSON.stringify(shared), headers: { "content-type": "application/json" } }, [thread.origin]);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const address = await host.page({ config, thread: key }, { connect: [thread.origin] });
  await page.goto(`${address}?causerie-doctor`);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.locator("[data-doctor]")).toHaveAttribute("data-doctor", "well");
  expect(asked.filter((url) => url.endsWith("null"))).toEqual([]);
});
