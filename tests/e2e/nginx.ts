// A real nginx, as a blogger has it in front of the site.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start, type Running } from "./processes";

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
