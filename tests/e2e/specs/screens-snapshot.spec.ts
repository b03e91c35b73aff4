// Pictures of snapshots and of what arrives, for people to look at: `SCREENS=1 npx playwright test`.
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { type Backends, type Blog, expect, test } from "../embed";
import { Composer, FAILED_REQUEST, rows } from "../fixtures";
import { snapped } from "../snapshot";

const TALK = [
  { id: "1", name: "Ada Lovelace", content: "The engine might compose elaborate and scientific pieces of music.", url: "https://ada.example/" },
  { id: "2", parent: "1", name: "علي بن أبي طالب", content: "أوافقك الرأي تماما، وشكرا على هذه المقالة." },
  { id: "3", parent: "1", name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", content: "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".repeat(3) },
  ...Array.from({ length: 6 }, (_, at) => ({ id: `m${at}`, name: `Reader ${at}`, content: "Something to read, and a little more of it." })),
];
const STYLE = "body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 17px/1.6 Georgia, serif }";

async function address(backends: Backends, host: Blog) {
  const thread = await backends.causerie.post({ comments: TALK });
  const head = `<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="${await host.style(STYLE)}">\n`;
  const { address } = await snapped(host, backends.causerie.attributes(thread), { head });
  return { address, thread };
}

async function withPage(browser: Browser, options: BrowserContextOptions, act: (page: Page) => Promise<void>) {
  const context = await browser.newContext(options);
  await act(await context.newPage());
  await context.close();
}

for (const width of [360, 768, 1280]) {
  for (const colorScheme of ["light", "dark"] as const) {
    const options = { viewport: { width, height: 900 }, colorScheme, locale: "en-US" };
    const path = (name: string) => `results/screens/snapshot-${name}-${width}-${colorScheme}.png`;

    test(`without scripts, taken over, and with news ${width} ${colorScheme} @screens`, async ({ browser, backends, host, complaints }) => {
      complaints.allow(FAILED_REQUEST, /./);
      const { address: url, thread } = await address(backends, host);
      await withPage(browser, { ...options, javaScriptEnabled: false }, async (page) => {
        await page.goto(url);
        await expect(rows(page)).toHaveCount(9);
        await page.screenshot({ path: path("no-scripts"), fullPage: true });
      });
      await withPage(browser, options, async (page) => {
        await page.goto(url);
        await expect(Composer.root(page).send).toBeVisible();
        await page.screenshot({ path: path("taken-over"), fullPage: true });
        const second = thread.ids["2"];
        await backends.causerie.add(thread, [{ id: "x", parent: second, name: "نجيب محفوظ", content: "وأنا أيضا، بعد طول تفكير." }]);
        await backends.causerie.add(thread, [{ id: "y", name: "Vigdís Þorgerðardóttir-Sæmundsen af Hraunsnefi", content: "A new thread." }]);
        await backends.causerie.add(thread, [{ id: "z", name: "Bo", content: "And one more." }]);
        await rows(page).nth(4).evaluate((row) => row.scrollIntoView());
        const news = page.getByRole("button", { name: "3 new comments" });
        await expect(news).toBeVisible();
        await page.screenshot({ path: path("news") });
        await news.click();
        await expect(rows(page)).toHaveCount(12);
        await page.screenshot({ path: path("new"), fullPage: true });
      });
    });
  }
}
