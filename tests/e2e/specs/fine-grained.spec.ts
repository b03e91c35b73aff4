import { arrived, Composer, expect, rows, test } from "../fixtures";

test("one comment more in a thread of five thousand adds one row and touches no other", async ({ page, blog }) => {
  test.slow();
  const stamp = Date.now();
  // Every third answers the one before it, so that rows of all kinds are there. The last batch has room.
  const comments = Array.from({ length: 5_001 }, (_, at) => ({
    id: `f${stamp}-${at}`,
    parent: at % 3 === 1 ? `f${stamp}-${at - 1}` : undefined,
    content: `Number ${at}.`,
  }));
  const thread = await blog.post({ comments });
  await page.goto(blog.address(thread));
  await expect(rows(page)).toHaveCount(5_001, { timeout: 60_000 });
  await expect(page.getByText("Loading more comments")).toHaveCount(0);
  const composer = Composer.root(page);
  await composer.fill("Ada", "One more.");

  await page.evaluate(() => {
    const list = document.querySelector("ol.comments")!;
    const seen = { records: [] as MutationRecord[] };
    Object.assign(window, { seen });
    new MutationObserver((records) => seen.records.push(...records)).observe(list, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
  await composer.send.click();
  await expect(arrived(page)).toHaveCount(5_002, { timeout: 30_000 });
  await expect(rows(page)).toHaveCount(5_002);
  await expect(rows(page).last()).toContainText("One more.");
  await expect(rows(page).last()).toBeFocused();

  const changes = await page.evaluate(() => {
    const { records } = (window as unknown as { seen: { records: MutationRecord[] } }).seen;
    const batch = document.querySelector("ol.comments > .batch:last-of-type")!;
    const mine = ".batch:last-of-type > li:last-of-type, [id^='comment-local-']";
    const isMine = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest(mine);
    const whose = (node: Node) => (isMine(node) ? "mine" : node.nodeName);
    const inBatch = records.filter((record) => record.target === batch);
    const elements = (nodes: (record: MutationRecord) => NodeList) =>
      inBatch.flatMap((record) => [...nodes(record)].filter((node) => node instanceof Element).map(whose));
    return {
      added: elements((record) => record.addedNodes),
      removed: elements((record) => record.removedNodes),
      elsewhere: records
        .filter((record) => record.target !== batch && !isMine(record.target))
        .map((record) => `${record.type} ${record.attributeName} of ${record.target.nodeName}`),
    };
  });
  // The row of the comment on its way, and that of the server's comment in its place.
  expect(changes).toEqual({ added: ["mine", "mine"], removed: ["mine"], elsewhere: [] });
});

test("a reply touches its own row and the count of those above it, and nothing else", async ({ page, blog }) => {
  const stamp = Date.now();
  const thread = await blog.post({
    comments: Array.from({ length: 20 }, (_, at) => ({ id: `r${stamp}-${at}`, name: `Guest ${at}` })),
  });
  await page.goto(blog.address(thread));
  await expect(rows(page)).toHaveCount(20);
  // The rows themselves stay the same elements.
  await rows(page).evaluateAll((all) => all.forEach((row) => Object.assign(row, { kept: true })));
  const composer = await Composer.reply(page, `r${stamp}-5`);
  await composer.fill("Ada", "In between.");
  await composer.send.click();
  await expect(arrived(page)).toHaveCount(21);
  await expect(rows(page)).toHaveCount(21);
  const kept = await rows(page).evaluateAll((all) => all.map((row) => "kept" in row));
  expect(kept.filter((kept) => kept)).toHaveLength(20);
  expect(kept.indexOf(false)).toBe(6);
});
