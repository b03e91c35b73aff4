// What the tests of the embedded client start from: back ends, and a blog's page with the element.
import { Contract } from "./backends/contract";
import { Isso } from "./backends/isso";
import { Static } from "./backends/static";
import { WordPress } from "./backends/wordpress";
import { test as base } from "./fixtures";
import { hostPage, origins, type Page as HostPage, type PageOptions, putPage } from "./pages";
import { Proxy } from "./proxy";
import { type Available, servers } from "./setup";

export { expect } from "./fixtures";

/** By the value of the attribute `backend`. */
export type Backends = {
  causerie: Contract;
  wordpress: Available<WordPress>;
  isso: Available<Isso>;
  static: Static;
};

export type Name = keyof Backends;

export type Blog = {
  /** The origin of its pages, which every back end knows. */
  readonly origin: string;
  /** The same server by another name: an origin that no back end knows. */
  readonly foreignOrigin: string;
  /** Makes a page with the element, and gives its address. */
  page(attributes: Record<string, string>, options?: PageOptions): Promise<string>;
  /** Makes any page, or a file for one. The element's requests go to `origins`. */
  put(page: HostPage, origins: string[], name?: string): Promise<string>;
  /** Makes a stylesheet for pages, and gives its address. */
  style(css: string): Promise<string>;
};

type TestFixtures = {
  host: Blog;
  /** Puts a proxy before a server. The test ends it. */
  proxyFor: (target: string) => Promise<Proxy>;
};
type WorkerFixtures = { backends: Backends };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  backends: [
    async ({}, use) => {
      const { pages, wordpress, isso } = servers();
      const backends = {
        causerie: await Contract.start([pages]),
        wordpress: "url" in wordpress ? new WordPress(wordpress.url) : wordpress,
        isso: "servers" in isso ? new Isso(isso.python, isso.servers) : isso,
        static: await Static.start([pages]),
      };
      await use(backends);
      await backends.causerie.stop();
      await backends.static.stop();
    },
    { scope: "worker" },
  ],

  host: async ({ complaints }, use) => {
    const { pages } = servers();
    const foreignOrigin = pages.replace("127.0.0.1", "localhost");
    complaints.expectOrigins(pages, foreignOrigin);
    const put = (page: HostPage, connected: string[], name = `${process.pid}-${++made}`) => {
      complaints.expectOrigins(...connected);
      return putPage(pages, name, page);
    };
    await use({
      origin: pages,
      foreignOrigin,
      page: (attributes, options) =>
        put(hostPage(attributes, options), [...origins(attributes), ...(options?.connect ?? [])]),
      put,
      style: (css) => put({ html: css, headers: { "content-type": "text/css; charset=utf-8" } }, []),
    });
  },

  proxyFor: async ({}, use) => {
    const started: Proxy[] = [];
    await use(async (target) => {
      const proxy = await Proxy.start(target);
      started.push(proxy);
      return proxy;
    });
    for (const proxy of started) await proxy.stop();
  },
});

let made = 0;

/** A part of the run that a test needs: skips the test where it is missing. */
export function need<T extends object>(part: Available<T>): T {
  if ("missing" in part) test.skip(true, part.missing);
  if ("failed" in part) throw new Error(part.failed);
  return part as T;
}
