// Pictures of embeds for people to look at: `SCREENS=1 npx playwright test`. Nothing is compared.
import type { Page } from "@playwright/test";
import { type Backends, type Blog, expect, need, test } from "../embed";
import { arrived, Composer, FAILED_REQUEST, row, rows } from "../fixtures";

type Reach = (page: Page, backends: Backends, host: Blog) => Promise<unknown>;

const TALK = [
  { id: "1", name: "Ada Lovelace", content: "The engine might compose elaborate and scientific pieces of music.", url: "https://ada.example/" },
  { id: "2", parent: "1", name: "علي بن أبي طالب", content: "أوافقك الرأي تماما، وشكرا على هذه المقالة." },
  { id: "3", parent: "1", name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", content: "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".repeat(3) },
  { id: "4", name: "Bob", content: "First!" },
];
const STYLE = "body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 17px/1.6 Georgia, serif } @media (prefers-color-scheme: dark) { body { background: #15171a; color: #ddd } }";

async function open(page: Page, host: Blog, attributes: Record<string, string>, query = "") {
  const head = `<link rel="stylesheet" href="${await host.style(STYLE)}">\n`;
  const before = "<h1>A post of the site</h1><p>Some text of the site's own, in its own type and color.</p>";
  await page.goto((await host.page(attributes, { head, before })) + query);
}

const SCREENS: Record<string, Reach> = {
  isso: async (page, backends, host) => {
    const isso = need(backends.isso);
    await open(page, host, isso.attributes(await isso.post({ comments: TALK })));
    await expect(rows(page)).toHaveCount(4);
    await Composer.root(page).fill("Ada", "Mine, for a *quarter* of an hour.");
    await Composer.root(page).send.click();
    await expect(arrived(page)).toHaveCount(5);
  },
  "isso-edit": async (page, backends, host) => {
    const isso = need(backends.isso);
    await open(page, host, isso.attributes(await isso.post({ comments: TALK })));
    await Composer.root(page).fill("Ada", "Mine, for a *quarter* of an hour.");
    await Composer.root(page).send.click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await expect(page.getByRole("button", { name: "Save" })).toBeVisible();
  },
  wordpress: async (page, backends, host) => {
    const wordpress = need(backends.wordpress);
    await open(page, host, wordpress.attributes(await wordpress.post({ comments: TALK })));
    await expect(rows(page)).toHaveCount(4);
  },
  "static-pending": async (page, backends, host) => {
    await open(page, host, backends.static.attributes(await backends.static.post({ comments: TALK })));
    await Composer.root(page).fill("Ada", "Will it appear?");
    await Composer.root(page).send.click();
    await expect(page.getByText("Awaiting moderation")).toBeVisible();
  },
  empty: async (page, backends, host) => {
    await open(page, host, backends.causerie.attributes(await backends.causerie.post()));
    await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
  },
  "down-doctor": async (page, _backends, host) => {
    await open(page, host, { backend: "isso", endpoint: "http://127.0.0.1:1", thread: "/" }, "?causerie-doctor");
    await expect(page.getByText("Doctor: server-down")).toBeVisible();
  },
  target: async (page, backends, host) => {
    const thread = await backends.causerie.post({ comments: TALK });
    await open(page, host, backends.causerie.attributes(thread), `#comment-${thread.ids["2"]}`);
    await expect(row(page, thread.ids["2"]!)).toBeFocused();
  },
};

for (const [name, reach] of Object.entries(SCREENS)) {
  for (const width of [360, 768, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`${name} ${width} ${colorScheme} @screens`, async ({ page, backends, host, complaints }) => {
        complaints.allow(FAILED_REQUEST, /./);
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await reach(page, backends, host);
        await page.screenshot({ path: `results/screens/embed-${name}-${width}-${colorScheme}.png`, fullPage: true });
      });
    }
  }
}
