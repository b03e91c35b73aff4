// The guides, done as a new user does them: every snippet is taken from docs/guides/ as it stands
// there. Only the example addresses are replaced.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSite } from "../backends/wordpress";
import { expect, need, test as base } from "../embed";
import { arrived, Composer, Endpoint, rows } from "../fixtures";
import { copyClient, ELEVENTY, Guide, htmlPage, replace, write } from "../guide";
import { NginxBlog } from "../nginx";
import { DIST } from "../pages";
import { freePort, type Running } from "../processes";
import { servers } from "../setup";

/** Where the guides have Causerie's endpoint. */
const EXAMPLE = "https://comments.example";

type Fixtures = {
  scratch: string;
  /** The port of the blog: the endpoint has to know the blog, and the blog's policy the endpoint. */
  port: number;
  comments: Comments;
  files: NginxBlog;
  /** Starts a WordPress that has the posts of the back end, and nothing of the guide yet. */
  siteWith: (theme: string, permalinks?: "pretty" | "plain") => Promise<{ origin: string; folder: string }>;
};

/** An endpoint of its own for each test, because the guides say what their posts are called. */
type Comments = {
  origin: string;
  /** Imports a feed. */
  take(feed: string): Promise<void>;
  /** Stores posts with one comment each: by their keys, or by the addresses that become their keys. */
  have(posts: { threads?: string[]; addresses?: string[] }): Promise<void>;
};

const test = base.extend<Fixtures>({
  scratch: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "causerie-guides-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },

  port: async ({}, use) => use(await freePort()),

  comments: async ({ page, port, scratch, complaints }, use) => {
    const origins = [`http://127.0.0.1:${port}`, servers().pages];
    const endpoint = await Endpoint.start("--cors-origin", origins.join(","));
    complaints.expectOrigins(endpoint.url);
    const take = async (feed: string) => {
      const file = join(scratch, "feed.json");
      await writeFile(file, feed);
      await endpoint.run("import", file);
    };
    await use({
      origin: endpoint.url,
      take,
      have: async ({ threads = [], addresses = [] }) => {
        const published = "2026-01-01T00:00:00Z";
        const post = (id: string, more: object) => {
          const comment = { id: `${id}#1`, author: { name: "Ada" }, content: `A word on ${id}.`, published };
          return { id, title: "A post", _causerie: { ...more, comments: [comment] } };
        };
        const items = [...threads.map((thread) => post(thread, { thread })), ...addresses.map((id) => post(id, {}))];
        await take(JSON.stringify({ title: "A blog", items }));
      },
    });
    // What follows the endpoint would complain of its end.
    await page.goto("about:blank");
    await endpoint.stop();
  },

  // Pages under `own/` have the strict policy.
  files: async ({ port, comments, complaints }, use) => {
    const { program } = need(servers().nginx);
    const blog = await NginxBlog.start(program, { port, connect: [comments.origin] });
    complaints.expectOrigins(blog.origin);
    await use(blog);
    await blog.stop();
  },

  siteWith: async ({ scratch, complaints }, use) => {
    const running: Running[] = [];
    await use(async (theme, permalinks) => {
      const { folder: themes } = need(servers().wordpress_themes);
      const folder = join(scratch, `wordpress-${running.length}`);
      const site = await startSite(need(servers().wordpress), { folder, dist: DIST, themes, theme, permalinks });
      running.push(site);
      complaints.expectOrigins(site.origin);
      return site;
    });
    for (const site of running) await site.stop();
  },
});

// The machine may be busy with other things, and some of these programs are slow to start.
test.describe.configure({ timeout: 90_000 });

test.describe("html.md", () => {
  test("a page in a sub-folder shows the conversation, and another the number", async ({ page, files, comments }) => {
    const guide = await Guide.read("guides/html.md");
    await copyClient(join(files.folder, "blog", guide.names("/causerie/")));
    // This is how the fixture starts the endpoint.
    const [imports, serves] = guide.snippet("sh", "causerie").split("\n");
    expect([imports, serves]).toEqual(["causerie import feed.json", "causerie serve --cors-origin https://blog.example"]);
    await comments.take(guide.snippet("json", "_causerie"));
    const put = (path: string, snippet: string) =>
      files.write(path, htmlPage(replace(snippet, EXAMPLE, comments.origin)));

    await page.goto(await put("own/notes/a-post.html", guide.snippet("html", "<causerie-thread")));
    await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
    await Composer.root(page).fill("Ada", "The first word.");
    await Composer.root(page).send.click();
    await expect(arrived(page)).toContainText(["The first word."]);

    await page.goto(await put("own/notes/index.html", guide.snippet("html", "<causerie-count")));
    await expect(page.locator("main")).toHaveText(/^\s*Comments: 1\s*$/);
  });
});

test.describe("wordpress.md", () => {
  for (const { kind, theme, permalinks } of [
    { kind: "a block theme", theme: "twentytwentythree", permalinks: "pretty" },
    { kind: "a block theme", theme: "twentytwentythree", permalinks: "plain" },
    { kind: "a classic theme", theme: "twentytwentyone", permalinks: "pretty" },
  ] as const) {
    test(`${kind} shows the conversation in place of its comments (${permalinks} permalinks)`, async ({
      page,
      backends,
      siteWith,
      complaints,
    }) => {
      // Guests are refused by REST first, and the browser tells it.
      complaints.allow(/status of 401/);
      const wordpress = need(backends.wordpress);
      const guide = await Guide.read("guides/wordpress.md");
      const thread = await wordpress.post({ guests: false, comments: [{ id: "a" }] });
      const site = await siteWith(theme, permalinks);
      const address = site.origin + (permalinks === "plain" ? `/?p=${thread.key}` : `/${thread.slug}/`);
      const theirs = await (await fetch(address)).text();
      expect(theirs, "the theme's own page").toContain('id="commentform"');
      expect(theirs).toContain("What a has to say.");

      await copyClient(join(site.folder, guide.names("wp-content/causerie/")));
      await write(site.folder, {
        [guide.names("wp-content/mu-plugins/causerie.php")]: guide.snippet("php", "<causerie-thread"),
      });
      await page.goto(address);
      await expect(rows(page)).toHaveText([/What a has to say\./]);
      await expect(page.locator("causerie-thread")).toHaveCount(1);
      await expect(page.locator("#commentform, #respond, .comment-respond, .comment-form")).toHaveCount(0);
      const left = (selector: string) => page.locator(selector).evaluate((found) => found.getBoundingClientRect().x);
      expect(await left("causerie-thread"), "the edge of the text").toBeCloseTo(await left(".entry-content > p"), 0);
      // Outside the element's own tree.
      expect(await page.content()).not.toContain("What a has to say.");

      const composer = Composer.root(page);
      await composer.fill("Grace", "By the guide.");
      await composer.email.fill("grace@mail.example");
      await composer.send.click();
      await expect(arrived(page)).toHaveCount(2);
      await expect(rows(page).last()).toContainText("By the guide.");
      const [, ...stored] = await wordpress.stored(thread);
      expect(stored.map(({ name, content, held }) => ({ name, content, held }))).toEqual([
        { name: "Grace", content: "By the guide.", held: false },
      ]);
    });
  }

  test("a post that never had comments and takes none has none of it", async ({ page, backends, siteWith }) => {
    const wordpress = need(backends.wordpress);
    const guide = await Guide.read("guides/wordpress.md");
    const thread = await wordpress.post({ accepts: "closed" });
    for (const theme of ["twentytwentythree", "twentytwentyone"]) {
      const site = await siteWith(theme);
      await write(site.folder, {
        [guide.names("wp-content/mu-plugins/causerie.php")]: guide.snippet("php", "<causerie-thread"),
      });
      await page.goto(`${site.origin}/${thread.slug}/`);
      await expect(page.getByRole("heading", { level: 1, name: thread.slug })).toBeVisible();
      await expect(page.locator("causerie-thread")).toHaveCount(0);
    }
  });
});

test.describe("hugo.md", () => {
  test("a site that Hugo builds shows the conversations", async ({ page, files, comments, scratch }) => {
    const { program } = need(servers().hugo);
    const guide = await Guide.read("guides/hugo.md");
    const site = join(scratch, "site");
    await copyClient(join(site, guide.names("static/causerie/")));
    const inTemplate = guide.snippet("html", "partial");
    await write(site, {
      "config.toml": 'title = "A blog"\nlanguageCode = "en"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n',
      "content/posts/a-post.md": "---\ntitle: A post\n---\nWords.\n",
      "content/posts/2026.md": "---\ntitle: Another\nslug: by-its-slug\n---\nWords.\n",
      "layouts/index.html": htmlPage("{{ range .Site.RegularPages }}<p>{{ .Title }}</p>{{ end }}"),
      "layouts/_default/list.html": htmlPage("{{ .Title }}"),
      [guide.names("layouts/_default/single.html")]: htmlPage(`{{ .Content }}\n${inTemplate}`),
      [guide.names("layouts/partials/comments.html")]: replace(
        guide.snippet("html", "<causerie-thread"),
        EXAMPLE,
        comments.origin,
      ),
    });
    await comments.have({ threads: ["a-post", "by-its-slug"] });
    // A blog need not be at the root of its host.
    const target = ["--baseURL", `${files.origin}/own/`, "--destination", join(files.folder, "blog", "own")];
    await promisify(execFile)(program, ["--source", site, ...target], {
      env: { ...process.env, HUGO_CACHEDIR: join(scratch, "cache") },
    });
    for (const key of ["a-post", "by-its-slug"]) {
      await page.goto(`${files.origin}/own/posts/${key}/`);
      await expect(rows(page)).toHaveText([new RegExp(`A word on ${key}\\.`)]);
    }
  });
});

test.describe("eleventy.md", () => {
  test("a site that Eleventy builds shows the conversation", async ({ page, files, comments, scratch }) => {
    const guide = await Guide.read("guides/eleventy.md");
    const site = join(scratch, "site");
    await copyClient(join(site, guide.names("causerie/")));
    await write(site, {
      "package.json": '{ "type": "module" }',
      "posts/a-post.md": "---\ntitle: A post\nlayout: post.njk\n---\nWords.\n",
      "pages.njk": "{% for page in collections.all %}{{ page.url }}\n{% endfor %}",
      "_includes/post.njk": htmlPage(`{{ content | safe }}\n${guide.snippet("html", "{% include")}`),
      [guide.names("_includes/comments.njk")]: replace(
        guide.snippet("html", "<causerie-thread"),
        EXAMPLE,
        comments.origin,
      ),
      [guide.names("eleventy.config.js")]: guide.snippet("js", "addPassthroughCopy"),
    });
    await comments.have({ threads: ["a-post"] });
    // A blog need not be at the root of its host.
    const target = ["--pathprefix=/own/", `--output=${join(files.folder, "blog", "own")}`];
    await promisify(execFile)(process.execPath, [ELEVENTY, ...target], { cwd: site });
    // The client's own page is none of the site's.
    const pages = await (await fetch(`${files.origin}/own/pages/`)).text();
    expect(pages.trim().split("\n").sort()).toEqual(["/pages/", "/posts/a-post/"]);
    await page.goto(`${files.origin}/own/posts/a-post/`);
    await expect(rows(page)).toHaveText([/A word on a-post\./]);
  });
});

test.describe("ghost.md, its snippets alone: there is no Ghost here", () => {
  const POST = '<article class="gh-article"><section class="gh-content gh-canvas"><p>Words.</p></section></article>';

  test("the one for the footer puts the conversation below the post", async ({ page, host, comments }) => {
    const guide = await Guide.read("guides/ghost.md");
    const footer = replace(guide.snippet("html", "<script>"), EXAMPLE, comments.origin);
    // Inline scripts run on such a page, so it has no strict policy.
    const put = (kind: string, main: string, name?: string) => {
      const html = htmlPage(main).replace("<body>", `<body class="${kind}">`).replace("</body>", `${footer}</body>`);
      return host.put({ html, headers: {} }, [], name);
    };
    const address = await put("post-template", POST, `ghost-${process.pid}`);
    // As Ghost's feed names it. Nothing else says which thread it is.
    await comments.have({ addresses: [address] });
    await page.goto(address);
    await expect(rows(page)).toHaveText([/A word on/]);
    await expect(page.locator(".gh-content + .gh-canvas > causerie-thread")).toHaveCount(1);
    await expect(page.locator("causerie-thread")).toHaveCount(1);

    await put("post-template", "<article><p>Words.</p></article>", `ghost-${process.pid}`);
    await page.goto(address);
    await expect(rows(page)).toHaveText([/A word on/]);
    await expect(page.locator("article + .gh-canvas > causerie-thread")).toHaveCount(1);

    await page.goto(await put("home-template", POST));
    await expect(page.getByText("Words.")).toBeVisible();
    await expect(page.locator("causerie-thread")).toHaveCount(0);
  });

  test("the one for a theme shows the conversation of the slug", async ({ page, host, comments }) => {
    const guide = await Guide.read("guides/ghost.md");
    const [script] = guide.snippet("html", "<script>").split("\n");
    const element = replace(guide.snippet("html", "{{slug}}"), "{{slug}}", "a-post");
    await comments.have({ threads: ["a-post"] });
    const html = htmlPage(`${POST}\n${replace(`${script}\n${element}`, EXAMPLE, comments.origin)}`);
    await page.goto(await host.put({ html, headers: {} }, []));
    await expect(rows(page)).toHaveText([/A word on a-post\./]);
  });
});
