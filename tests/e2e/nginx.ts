// A real nginx, as a blogger has it in front of the site.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ASSETS, DIST, hostPage, policy } from "./pages";
import { freePort, start, type Running } from "./processes";

/**
 * A blog of files on one origin, and the client once more on another, as on a network that delivers
 * files for many sites.
 */
export class NginxBlog {
  #pages = 0;

  private constructor(
    readonly origin: string,
    readonly clientOrigin: string,
    readonly folder: string,
    readonly stop: () => Promise<void>,
  ) {}

  /**
   * `port` is that of the blog, by default a free one. `connect` are the origins of the back ends.
   * `wasmType` is what nginx takes a WebAssembly module for: older tables of media types do not know
   * it, and say `application/octet-stream`, or what the blogger has chosen for unknown files.
   */
  static async start(
    program: string,
    options: { port?: number; connect?: string[]; wasmType?: string } = {},
  ): Promise<NginxBlog> {
    const { port = await freePort(), connect = [], wasmType = "application/wasm" } = options;
    const folder = await mkdtemp(join(tmpdir(), "causerie-nginx-"));
    const clientPort = await freePort();
    const clientOrigin = `http://127.0.0.1:${clientPort}`;
    const header = (client: string) => `add_header Content-Security-Policy "${policy(connect, client)}" always;`;
    const servers = `
  server {
    listen 127.0.0.1:${port};
    root ${join(folder, "blog")};
    location ${ASSETS}/ { alias ${DIST}; }
    location /own/ { ${header("'self'")} }
    location /other/ { ${header(clientOrigin)} }
  }
  server {
    listen 127.0.0.1:${clientPort};
    add_header Access-Control-Allow-Origin "*" always;
    location ${ASSETS}/ { alias ${DIST}; }
  }`;
    const types = TYPES.replace("application/wasm", wasmType);
    const running = await startNginx(program, { folder, port, servers, types });
    return new NginxBlog(`http://127.0.0.1:${port}`, clientOrigin, folder, async () => {
      await running.stop();
      await rm(folder, { recursive: true });
    });
  }

  /** Makes a page that has the client from its own origin, and gives its address. */
  async page(attributes: Record<string, string>): Promise<string> {
    return this.write(`own/post-${++this.#pages}.html`, hostPage(attributes).html);
  }

  /** Makes a page that has the client from the other origin, held to its digest. */
  async pageWithOtherOrigin(attributes: Record<string, string>): Promise<string> {
    const digest = createHash("sha384").update(await readFile(join(DIST, "causerie.js"))).digest("base64");
    const script = {
      src: `${this.clientOrigin}${ASSETS}/causerie.js`,
      integrity: `sha384-${digest}`,
      crossorigin: "anonymous",
    };
    return this.write(`other/post-${++this.#pages}.html`, hostPage(attributes, { script }).html);
  }

  /** Puts a file on the blog, and gives its address. */
  async write(path: string, text: string): Promise<string> {
    const file = join(this.folder, "blog", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return `${this.origin}/${path}`;
  }
}

/**
 * Starts nginx with the given `server` blocks, which listen on `port`, and on others if they like.
 * `types` is the body of its table of media types.
 */
export async function startNginx(
  program: string,
  { folder, port, servers, types = TYPES }: { folder: string; port: number; servers: string; types?: string },
): Promise<Running> {
  await mkdir(folder, { recursive: true });
  const scratch = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"].map(
    (name) => `  ${name}_temp_path ${join(folder, name)};`,
  );
  const config = `
daemon off;
${process.getuid?.() === 0 ? "# The files of a checkout may belong to root alone.\nuser root;" : ""}
worker_processes 2;
pid ${join(folder, "nginx.pid")};
error_log stderr warn;
events {}
http {
  access_log off;
  absolute_redirect off;
${scratch.join("\n")}
  types {
${types}
  }
  default_type application/octet-stream;
${servers}
}
`;
  const file = join(folder, "nginx.conf");
  await writeFile(file, config);
  return start([program, "-p", folder, "-e", "stderr", "-c", file], { place: port, log: join(folder, "nginx.log") });
}

/** What Debian's table has for the files of a blog. */
export const TYPES = `
    text/html html;
    text/css css;
    application/javascript js mjs;
    application/json json;
    application/wasm wasm;
    image/svg+xml svg;
    image/png png;
    text/plain txt;`;
