// The figures that do not depend on the machine, against those in bench/figures.json.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { conversation } from "../../../bench/threads";
import { count } from "../../../bench/traffic";
import { arrived, Composer, expect, rows, settle, test } from "../fixtures";

type Figures = Record<"requests" | "bytes" | "elements_per_comment" | "mutations_per_arrival", number>;

const BASELINE = fileURLToPath(new URL("../../../bench/figures.json", import.meta.url));
const COMMENTS = 100;

test("a visit and an arriving comment take no more than a fifth above the baseline", async ({ page, blog, complaints }) => {
  const baseline = JSON.parse(readFileSync(BASELINE, "utf8")) as Figures;
  const traffic = await count(await page.context().newCDPSession(page));
  const thread = await blog.post({ comments: conversation(COMMENTS) });
  // An event of the arrival comes before the answer or after it, as it happens.
  complaints.allow(/status of 503/);
  await page.route(/\/events\?/, (route) => route.fulfill({ status: 503 }));
  await page.goto(blog.address(thread));
  await expect(rows(page)).toHaveCount(COMMENTS);
  await page.waitForLoadState("networkidle");
  const { requests, bytes } = traffic;
  const elements = await rows(page).evaluateAll((all) =>
    all.reduce((sum, row) => sum + 1 + row.querySelectorAll("*").length, 0),
  );

  const composer = Composer.root(page);
  await composer.fill("Ada", "One more.");
  await settle(page);
  const mutations = await page.evaluateHandle(() => {
    const seen = { count: 0 };
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver((records) => (seen.count += records.length)).observe(document, everything);
    return seen;
  });
  await composer.send.click();
  await expect(arrived(page)).toHaveCount(COMMENTS + 1);
  await settle(page);

  const found: Figures = {
    requests,
    bytes,
    elements_per_comment: elements / COMMENTS,
    mutations_per_arrival: await mutations.evaluate(({ count }) => count),
  };
  for (const [name, expected] of Object.entries(baseline)) {
    expect
      .soft(
        found[name as keyof Figures],
        `${name}: expected at most a fifth above ${expected}; to allow more, change bench/figures.json in a commit that says what it is for`,
      )
      .toBeLessThanOrEqual(expected * 1.2);
  }
});
