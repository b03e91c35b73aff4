// The recipes of docs/snapshot.md, run as they stand there. Only the example addresses and folders are
// replaced.
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "@playwright/test";
import { expect, need, test as base } from "../embed";
import { Composer, Endpoint, program, rows } from "../fixtures";
import { ELEVENTY, Guide, htmlPage, replace, write } from "../guide";
import { NginxBlog } from "../nginx";
import { ASSETS, hostPage, tag } from "../pages";
import { freePort } from "../processes";
import { servers } from "../setup";

/** Who answers on the blog. */
const AUTHOR = { authors: [{ name: "The author" }] };

const run = promisify(execFile);

type Fixtures = {
  scratch: string;
  guide: Guide;
  /** A folder with our program and those of the recipes, as `/usr/local/bin` of a blogger's machine. */
  bin: string;
  comments: Endpoint;
  /** What serves the blog. Pages under `own/` have the strict policy. */
  files: NginxBlog;
};

const test = base.extend<Fixtures & { port: number }>({
  scratch: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "causerie-recipes-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  guide: async ({}, use) => use(await Guide.read("snapshot.md")),
  port: async ({}, use) => use(await freePort()),
  bin: async ({ scratch }, use) => {
    const bin = join(scratch, "bin");
    await mkdir(bin);
    await symlink(program(), join(bin, "causerie"));
    await use(bin);
  },
  comments: async ({ page, port, complaints }, use) => {
    const endpoint = await Endpoint.start("--cors-origin", `http://127.0.0.1:${port}`);
    complaints.expectOrigins(endpoint.url);
    await use(endpoint);
    // What follows the endpoint would complain of its end.
    await page.goto("about:blank");
    await endpoint.stop();
  },
  files: async ({ port, comments, complaints }, use) => {
    const { program } = need(servers().nginx);
    const blog = await NginxBlog.start(program, { port, connect: [comments.url] });
    complaints.expectOrigins(blog.origin);
    await use(blog);
    await blog.stop();
  },
});

test.describe.configure({ timeout: 90_000 });

test("a cron job takes snapshots of a whole site, and sends what has changed", async ({
  page,
  browser,
  guide,
  scratch,
  bin,
  comments,
  files,
}) => {
  await installRsync(bin);
  const site = join(scratch, "public");
  const served = join(files.folder, "blog", "own");
  await mkdir(served, { recursive: true });
  const threads = [await comments.post({ item: AUTHOR, comments: [{ id: "cron-a" }] }), await comments.post({ comments: [{ id: "cron-b" }] })];
  const html = (thread: string) => hostPage({ endpoint: `${comments.url}/api`, thread }).html;
  await write(site, {
    "a post/index.html": html(threads[0]),
    "another/index.html": html(threads[1]),
    "broken/index.html": html("no-such-thread"),
    "about.html": htmlPage("Nothing to talk about."),
  });
  const script = guide.snippet("sh", "# /usr/local/bin/snapshots");
  const places = replace(replace(script, "/srv/blog/public", site), "www.example:/srv/www/", `${served}/`);
  await write(bin, { snapshots: places.replaceAll("/usr/local/bin", bin) });
  await chmod(join(bin, "snapshots"), 0o755);
  // As cron runs it: a shell, hardly any variables, and what goes to stderr is sent by mail.
  const line = guide.snippet("cron", "/usr/local/bin/snapshots").trim();
  const [, command] = /^(?:\S+ ){5}(.*)$/.exec(line)!;
  const cron = () => run("/bin/sh", ["-c", command.replace("/usr/local/bin", bin)], { env: { PATH: "/usr/bin:/bin", HOME: scratch } });

  const { stdout, stderr } = await cron();
  expect(stdout).toBe("");
  // The others are written all the same.
  expect(stderr.trim()).toMatch(/broken\/index\.html: .*no-such-thread/);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  const address = `${files.origin}/own/a%20post/`;
  await isReadWithoutScripts(browser, address, "What cron-a has to say.");
  await page.goto(address);
  await isAlive(page, 1);

  // Again: nothing has changed, and nothing is sent.
  const times = () => Promise.all(["a post", "another"].map(async (name) => (await stat(join(served, name, "index.html"))).mtimeMs));
  const ofFirstRun = await times();
  await cron();
  expect(await times()).toEqual(ofFirstRun);
  await comments.run("comments", "reply", "cron-a", "--text", "An answer.");
  await cron();
  const [changed, unchanged] = await times();
  expect(changed).not.toBe(ofFirstRun[0]);
  expect(unchanged).toBe(ofFirstRun[1]);
  await isReadWithoutScripts(browser, address, "An answer.");
});

test("Hugo's build is followed by snapshots", async ({ page, browser, guide, scratch, bin, comments, files }) => {
  await linkHugo(bin);
  const thread = await comments.post({ comments: [{ id: "hugo-a" }] });
  const site = join(scratch, "site");
  await write(site, hugoSite(guide, comments, thread, `${files.origin}/own/`));
  await run("/bin/sh", ["-c", guide.snippet("sh", "hugo --minify")], { cwd: site, env: environment(bin, scratch) });
  await cp(join(site, "public"), join(files.folder, "blog", "own"), { recursive: true });
  const address = `${files.origin}/own/posts/a-post/`;
  await isReadWithoutScripts(browser, address, "What hugo-a has to say.");
  const html = await readFile(join(site, "public/posts/a-post/index.html"), "utf8");
  expect(html).toContain(`"url":"${address}"`);
  await page.goto(address);
  await isAlive(page, 1);
});

test("Eleventy's build is followed by snapshots", async ({ page, browser, guide, scratch, bin, comments, files }) => {
  const thread = await comments.post({ comments: [{ id: "eleventy-a" }] });
  const site = join(scratch, "site");
  await write(site, {
    "package.json": '{ "type": "module" }',
    "posts/a-post.md": "---\ntitle: A post\nlayout: post.njk\n---\nWords.\n",
    "index.md": "---\nlayout: page.njk\n---\nNothing to talk about.\n",
    "_includes/page.njk": htmlPage("{{ content | safe }}"),
    "_includes/post.njk": withClient(htmlPage(`{{ content | safe }}\n${element(comments, thread)}`)),
    "eleventy.config.js": replace(guide.snippet("js", "eleventy.after"), "https://blog.example", files.origin),
  });
  const target = `--output=${join(files.folder, "blog")}`;
  await run(process.execPath, [ELEVENTY, target], { cwd: site, env: environment(bin, scratch) });
  const address = `${files.origin}/posts/a-post/`;
  await isReadWithoutScripts(browser, address, "What eleventy-a has to say.");
  const html = await (await fetch(address)).text();
  expect(html).toContain(`"url":"${address}"`);
  await page.goto(address);
  await isAlive(page, 1);
});

test("a push to a git repository publishes the site with its snapshots", async ({
  page,
  browser,
  guide,
  scratch,
  bin,
  comments,
  files,
}) => {
  await installRsync(bin);
  await linkHugo(bin);
  const thread = await comments.post({ item: AUTHOR, comments: [{ id: "git-a" }] });
  const served = join(files.folder, "blog", "own");
  const folders = { source: join(scratch, "source"), build: join(scratch, "build") };
  await Promise.all([...Object.values(folders), served].map((folder) => mkdir(folder, { recursive: true })));
  const inPlace = (snippet: string) =>
    snippet
      .replaceAll("/srv/blog/source", folders.source)
      .replaceAll("/srv/blog/build", folders.build)
      .replaceAll("/srv/www/", `${served}/`);
  const env = { ...environment(bin, scratch), GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const repository = join(scratch, "blog.git");
  const git = (cwd: string, ...command: string[]) =>
    run("git", ["-c", "user.name=Ada", "-c", "user.email=ada@mail.example", ...command], { cwd, env });
  await git(scratch, "init", "--quiet", "--bare", "--initial-branch=main", repository);
  const hook = join(repository, guide.names("hooks/post-receive"));
  await writeFile(hook, inPlace(guide.snippet("sh", "checkout -f main")));
  await chmod(hook, 0o755);

  const site = join(scratch, "site");
  await git(scratch, "clone", "--quiet", repository, site);
  const push = async (message: string) => {
    await git(site, "add", "--all");
    await git(site, "commit", "--quiet", "-m", message);
    await git(site, "push", "--quiet", "origin", "HEAD:main");
  };
  await write(site, hugoSite(guide, comments, thread, `${files.origin}/own/`));
  await push("A post");
  const address = `${files.origin}/own/posts/a-post/`;
  await isReadWithoutScripts(browser, address, "What git-a has to say.");
  await page.goto(address);
  await isAlive(page, 1);

  await comments.run("comments", "reply", "git-a", "--text", "An answer.");
  await write(site, { "content/posts/another.md": "---\ntitle: Another\n---\nWords.\n" });
  await push("Another post");
  await isReadWithoutScripts(browser, address, "An answer.");

  // Built anew, and written over what is served: the same to the byte.
  const file = join(served, "posts/a-post/index.html");
  const before = await readFile(file);
  await run("hugo", ["--source", folders.source, "--destination", folders.build], { env });
  const command = guide.snippet("sh", "--output /srv/www/a-post/index.html");
  await run("/bin/sh", ["-c", inPlace(command).replaceAll("a-post/", "posts/a-post/")], { cwd: scratch, env });
  expect((await readFile(file)).equals(before)).toBe(true);
});

/** What a site of a blogger needs for Hugo, with the layout that the recipe asks for. */
function hugoSite(guide: Guide, comments: Endpoint, thread: string, baseURL: string): Record<string, string> {
  const canonical = guide.snippet("html", "{{ .Permalink }}");
  return {
    "config.toml": `baseURL = "${baseURL}"\ntitle = "A blog"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n`,
    "content/posts/a-post.md": "---\ntitle: A post\n---\nWords.\n",
    "layouts/index.html": htmlPage("{{ range .Site.RegularPages }}<p>{{ .Title }}</p>{{ end }}"),
    "layouts/_default/list.html": htmlPage("{{ .Title }}"),
    "layouts/_default/single.html": withClient(htmlPage(`{{ .Content }}\n${element(comments, thread)}`), canonical),
  };
}

function element(comments: Endpoint, thread: string): string {
  return tag("causerie-thread", { endpoint: `${comments.url}/api`, thread });
}

/** The page with the script, and with more in its head. */
function withClient(html: string, more = ""): string {
  return html.replace("</head>", `${more}<script type="module" src="${ASSETS}/causerie.js"></script>\n</head>`);
}

/** What a blogger's shell has: our program, and the system's. */
function environment(bin: string, home: string): Record<string, string> {
  return { PATH: `${bin}:${process.env.PATH}`, HOME: home, HUGO_CACHEDIR: join(home, "cache") };
}

async function installRsync(bin: string) {
  await symlink(need(servers().rsync).program, join(bin, "rsync"));
}

async function linkHugo(bin: string) {
  await symlink(need(servers().hugo).program, join(bin, "hugo"));
}

async function isReadWithoutScripts(browser: Browser, address: string, words: string) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(address);
  await expect(page.getByText(words)).toBeVisible();
  await context.close();
}

/** Waits until the client shows so many comments in the place of the snapshot. */
async function isAlive(page: Page, count: number) {
  await expect(Composer.root(page).send).toBeVisible();
  await expect(rows(page)).toHaveCount(count);
}
