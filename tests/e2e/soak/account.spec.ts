// The soak is worth nothing if it cannot fail: what is lost and what is doubled has to be seen.
import type { Backend } from "../backends/backend";
import { expect, need, test } from "../embed";
import { account } from "./account";
import { plan } from "./plan";

const one = { marker: "soak1n0x" };
const other = { marker: "soak1n1x" };

test("each comment is stored, pending, lost or doubled", () => {
  const stored = [{ content: "soak1n0x Hello." }];
  const none = { stored: 0, pending: 0, lost: [], doubled: [] };
  expect(account([one], stored, [])).toEqual({ ...none, submitted: 1, stored: 1 });
  expect(account([one], [...stored, ...stored], [])).toEqual({ ...none, submitted: 1, doubled: [one.marker] });
  expect(account([one, other], stored, [])).toEqual({ ...none, submitted: 2, stored: 1, lost: [other.marker] });
  const shown = { text: "soak1n1x Hello.", steps: ["Send now"] };
  expect(account([one, other], stored, [shown])).toEqual({ ...none, submitted: 2, stored: 1, pending: 1 });
  // A text that its reader can do nothing with is of no use to them.
  expect(account([other], [], [{ ...shown, steps: [] }])).toEqual({ ...none, submitted: 1, lost: [other.marker] });
});

for (const name of ["causerie", "wordpress", "isso"] as const) {
  test(`a network that doubles and loses is found out (${name})`, async ({ backends, host, page, proxyFor, complaints }) => {
    complaints.allow(/^console: Failed to load resource/);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post();
    const proxy = await proxyFor(thread.origin);
    await page.goto(await host.page(backend.attributes(thread, proxy.origin)));
    const send = (text: string) =>
      page.evaluate(
        ([url, init]) => fetch(url, init).then((response) => response.status, () => 0),
        request(name, proxy.origin, thread.key, text),
      );
    // With another key the endpoint takes it for another comment, as Isso takes everything.
    expect(await send(one.marker)).toBe(201);
    if (name === "wordpress") {
      // WordPress knows a text that it has.
      expect(await send(one.marker)).toBe(409);
      expect(await send(`${one.marker} again`)).toBe(201);
    } else {
      proxy.rules = [{ kind: "duplicate", method: "POST", times: 1 }];
      expect(await send(one.marker)).toBe(201);
    }
    proxy.rules = [{ kind: "drop-request", method: "POST" }];
    expect(await send(other.marker)).toBe(0);
    expect(proxy.underWay).toBe(0);
    const found = account([one, other], await backend.stored(thread), []);
    expect(found).toMatchObject({ stored: 0, lost: [other.marker], doubled: [one.marker] });
  });
}

test("a seed is a scenario, and another seed another one", () => {
  for (const seed of [1, 77, 4_000_000_000]) expect(plan(seed)).toEqual(plan(seed));
  expect(plan(1)).not.toEqual(plan(2));
  const plans = Array.from({ length: 1000 }, (_, seed) => plan(seed));
  // No network may repeat a request to a server that cannot know it.
  const repeated = plans.filter(({ steps }) => JSON.stringify(steps).includes('"duplicate"'));
  expect(new Set(repeated.map(({ place }) => place.backend))).toEqual(new Set(["causerie", "wordpress"]));
  // Everything happens.
  const kinds = new Set(plans.flatMap(({ steps }) => steps.map((step) => step.do)));
  expect([...kinds].sort()).toEqual([
    "die",
    "faults",
    "forward",
    "go offline",
    "go online",
    "open",
    "press Send now",
    "send",
    "send in both",
    "start server",
    "stop server",
    "wait",
  ]);
});

/** What a client would ask. */
function request(name: "causerie" | "wordpress" | "isso", origin: string, thread: string, text: string): [string, RequestInit] {
  const author = { name: "Ada", email: "ada@mail.example" };
  const json = (path: string, body: object, headers: Record<string, string> = {}): [string, RequestInit] => [
    `${origin}/${path}`,
    { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) },
  ];
  switch (name) {
    case "causerie":
      return json(`api/posts/${thread}/comments`, { author, content: text }, { "idempotency-key": crypto.randomUUID() });
    case "wordpress":
      return json("wp-json/wp/v2/comments", { post: thread, author_name: author.name, author_email: author.email, content: text });
    case "isso":
      return json(`new?uri=${encodeURIComponent(thread)}`, { text, author: author.name, email: author.email, title: thread });
  }
}
