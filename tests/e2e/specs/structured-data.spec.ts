// The JSON-LD of a snapshot, against schema.org's vocabulary and Google's rules, without a network.
import type { Page } from "@playwright/test";
import type { Backend, Seed } from "../backends/backend";
import { expect, type Name, need, test } from "../embed";
import { row } from "../fixtures";
import { snapped, snappedPage } from "../snapshot";
import { type Item, judgedByGoogle, unknownToSchemaOrg } from "../structured-data";

const TALK: Seed[] = [
  { id: "a", name: "Ada & Co", url: "https://ada.example/", content: "The first word." },
  { id: "b", name: "علي", parent: "a", content: "أوافقك الرأي تماما." },
  { id: "c", name: "Cy", url: "https://cy.example/", content: "A line </script> that is not the end." },
];

test.describe.configure({ timeout: 90_000 });
test.beforeEach(({ complaints }) => complaints.allow(/gravatar\.com/));

for (const name of ["causerie", "wordpress", "isso", "static"] satisfies Name[]) {
  test(`an embed of ${name} is valid, and says what the page shows`, async ({ page, backends, host }) => {
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: TALK });
    const { address } = await snapped(host, backend.attributes(thread));
    await page.goto(address);
    const block = await blockOf(page);
    expect(await unknownToSchemaOrg(block)).toEqual([]);
    const { errors } = judgedByGoogle(block);
    expect(errors).toEqual([]);
    expect(block["@type"]).toBe("BlogPosting");
    expect(block.url).toBe(address);
    expect(block.headline).toBe("A post");
    await saysWhatIsShown(page, block, address);
  });
}

test("a post of its own has all that Google recommends of what a JSON Feed tells", async ({ page, backends, host }) => {
  const item = {
    title: "On owls",
    url: "https://blog.example/on-owls/",
    image: "https://blog.example/owl.png",
    language: "en",
    authors: [{ name: "Octavia", url: "https://octavia.example/" }],
  };
  const { endpoint } = backends.causerie;
  const key = await endpoint.post({ item, comments: TALK.map((seed) => ({ ...seed, id: `ld-${process.pid}-${seed.id}`, parent: undefined })) });
  const settings = { endpoint: `${endpoint.url}/api`, feed: `${endpoint.url}/api/feed.json`, post: key };
  const { address, after } = await snappedPage(host, settings);
  // The picture is on another host, which the page does not let in.
  await page.route(/owl\.png/, (route) => route.abort());
  await host.put({ html: after.html.replace(/<img[^>]*owl\.png[^>]*>/g, ""), headers: after.headers }, [], new URL(address).pathname.split("/")[2]);
  const block = await blockIn(after.html);
  expect(await unknownToSchemaOrg(block)).toEqual([]);
  const { errors, warnings } = judgedByGoogle(block);
  expect(errors).toEqual([]);
  // Nobody tells when a post was changed, and not every guest has a site.
  expect(warnings.filter((warning) => !/^comment\[\d\]: author\.url/.test(warning))).toEqual(["dateModified is missing"]);
  expect(block).toMatchObject({ headline: "On owls", url: item.url, image: item.image, commentCount: 3 });
});

test("a thousand comments are valid", async ({ page, backends, host }) => {
  const comments = Array.from({ length: 1000 }, (_, at): Seed => ({ id: `c${at}` }));
  const thread = await backends.static.post({ comments });
  const { address } = await snapped(host, backends.static.attributes(thread));
  await page.goto(address);
  const block = await blockOf(page);
  expect((block.comment as Item[]).length).toBe(1000);
  expect(judgedByGoogle(block).errors).toEqual([]);
});

test("what is wrong is found", async () => {
  const author = { "@type": "Person", name: "Ada" };
  const comment = { "@type": "Comment", author, datePublished: "2026-01-01T00:00:00Z", text: "A word." };
  const good = { "@context": "https://schema.org", "@type": "BlogPosting", headline: "A post", commentCount: 1, comment: [comment] };
  expect(await unknownToSchemaOrg(good)).toEqual([]);
  expect(judgedByGoogle(good).errors).toEqual([]);
  const bad = [
    { ...good, "@type": "BlogPostin" },
    { ...good, commentsCount: 1 },
    { ...good, comment: [{ ...comment, author: { ...author, headline: "Dr" } }] },
    { ...good, comment: [{ ...comment, text: { words: 2 } }] },
  ];
  for (const block of bad) expect(await unknownToSchemaOrg(block), JSON.stringify(block)).not.toEqual([]);
  for (const [changes, error] of [
    [{ author: undefined }, "comment[0]: author is missing"],
    [{ author: { "@type": "Person", name: " " } }, "comment[0]: author.name is missing"],
    [{ datePublished: "yesterday" }, "comment[0]: datePublished: yesterday"],
    [{ text: "" }, "comment[0]: text is missing"],
    [{ url: "#comment-1" }, "comment[0]: url: #comment-1"],
  ] as const) {
    expect(judgedByGoogle({ ...good, comment: [{ ...comment, ...changes }] }).errors).toContain(error);
  }
});

async function blockOf(page: Page): Promise<Item> {
  const blocks = page.locator("script[type='application/ld+json']");
  await expect(blocks).toHaveCount(1);
  return JSON.parse((await blocks.textContent())!);
}

function blockIn(html: string): Item {
  return JSON.parse(/<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/s.exec(html)![1]);
}

/** Google's rule for all structured data: nothing is in it that a reader does not see. */
async function saysWhatIsShown(page: Page, block: Item, address: string) {
  const comments = block.comment as (Item & { url: string; text: string; author: { name: string }; datePublished: string })[];
  expect(comments).toHaveLength(TALK.length);
  expect(block.commentCount).toBe(TALK.length);
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(`${TALK.length} comments`);
  for (const { url, text, author, datePublished, parentItem } of comments) {
    const [page_, fragment] = url.split("#");
    expect(page_).toBe(address);
    const shown = row(page, fragment.replace("comment-", ""));
    await expect(shown.locator(".prose")).toHaveText(text);
    await expect(shown.locator(".author")).toHaveText(author.name);
    await expect(shown.locator("time").first()).toHaveAttribute("datetime", datePublished);
    const answered = (parentItem as Item | undefined)?.["@id"] as string | undefined;
    if (answered) await expect(shown.locator(".answers")).toHaveAttribute("href", `#${answered.split("#")[1]}`);
  }
}
