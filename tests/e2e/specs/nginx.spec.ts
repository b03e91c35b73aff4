// The client on a blog of files behind a real nginx, in a sub-folder, under a strict policy.
import { expect, need, test as base } from "../embed";
import { rows } from "../fixtures";
import { NginxBlog } from "../nginx";
import { servers } from "../setup";

type Fixtures = { wasmType: string; blogOfFiles: NginxBlog };

const test = base.extend<Fixtures>({
  wasmType: ["application/wasm", { option: true }],

  // Its comments are files too, beside the pages.
  blogOfFiles: async ({ wasmType, complaints }, use) => {
    const blog = await NginxBlog.start(need(servers().nginx).program, { wasmType });
    complaints.expectOrigins(blog.origin);
    const comment = (id: string, parent: string | null) => ({
      id,
      parent,
      author: { name: "Ada", url: null },
      content_html: `<p>What ${id} has to say.</p>`,
      published: "2026-01-01T00:00:00Z",
    });
    const comments = [comment("a", null), comment("b", "a")];
    await blog.write("comments/a-post.json", JSON.stringify({ comments, total: 2, accepts: "closed" }));
    await use(blog);
    await blog.stop();
  },
});

const ATTRIBUTES = { backend: "static", endpoint: "/comments/{thread}.json", thread: "a-post" };

for (const wasmType of ["application/wasm", "application/octet-stream", "text/plain"]) {
  test.describe(wasmType, () => {
    test.use({ wasmType });
    test("a module of this type starts", async ({ page, blogOfFiles }) => {
      const types: string[] = [];
      page.on("response", (response) => {
        if (response.url().endsWith(".wasm")) types.push(response.headers()["content-type"]);
      });
      await page.goto(await blogOfFiles.page(ATTRIBUTES));
      await expect(rows(page)).toHaveCount(2);
      expect(types).toEqual([wasmType]);
    });
  });
}

test("a client of another origin starts, held to its digest", async ({ page, blogOfFiles, complaints }) => {
  complaints.expectOrigins(blogOfFiles.clientOrigin);
  await page.goto(await blogOfFiles.pageWithOtherOrigin(ATTRIBUTES));
  await expect(rows(page)).toHaveCount(2);
});
