// The real WordPress: MariaDB and PHP-FPM on sockets, nginx on a port of 127.0.0.1.
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startNginx } from "../nginx";
import { freePort, start, type Running } from "../processes";
import { type Backend, complete, json, newName, type Post, type Seed, type Stored, type Thread } from "./backend";

export type Programs = {
  /** The folder that has `wp-load.php`. */
  wordpress: string;
  php: string;
  php_fpm: string;
  mariadbd: string;
  mariadb_install_db: string;
  nginx: string;
};

/** A running WordPress. */
export type WordPressServer = { url: string; programs: Programs; phpSocket: string };

export class WordPress implements Backend {
  constructor(readonly url: string) {}

  async post(post: Post = {}): Promise<Thread> {
    const { id, slug, ids } = await json(
      fetch(`${this.url}/wp-json/causerie-tests/posts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          slug: newName(),
          accepts: post.accepts ?? "open",
          guests: post.guests ?? true,
          flood: post.flood ?? false,
          comments: (post.comments ?? []).map(complete),
        }),
      }),
    );
    const texts = Object.entries(ids).map(([seed, id]) => [seed, String(id)]);
    return { key: String(id), slug, origin: this.url, ids: Object.fromEntries(texts) };
  }

  async stored(thread: Thread): Promise<Stored[]> {
    const rows = await json(fetch(`${this.url}/wp-json/causerie-tests/posts/${thread.key}/comments`));
    return rows.map((row: Record<string, string>) => ({ ...row, held: row.held === "1" }));
  }

  async add(thread: Thread, seeds: Seed[]) {
    const comments = seeds.map(complete);
    const ids = await this.#change(`posts/${thread.key}/comments`, { comments });
    return Object.fromEntries(Object.entries(ids as object).map(([seed, id]) => [seed, String(id)]));
  }

  async edit(_: Thread, id: string, text: string) {
    await this.#change(`comments/${id}/edit`, { text });
  }

  async remove(_: Thread, id: string) {
    await this.#change(`comments/${id}/remove`, {});
  }

  attributes(thread: Thread, origin = thread.origin) {
    return { backend: "wordpress", endpoint: `${origin}/wp-json`, thread: thread.key };
  }

  /** The same for a site that has no readable addresses. */
  plainAttributes(thread: Thread, origin = thread.origin) {
    return { ...this.attributes(thread, origin), endpoint: `${origin}/?rest_route=/` };
  }

  /** The post's own page, on WordPress's origin, with the element in the theme. */
  page(thread: Thread, origin = thread.origin): string {
    return `${origin}/${thread.slug}/`;
  }

  async publish(_: Thread, id: string) {
    await this.#change(`comments/${id}/publish`, {});
  }

  #change(path: string, body: object): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    return json(fetch(`${this.url}/wp-json/causerie-tests/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
  }
}

/** Installs WordPress into `folder` and starts it. Pages on `origins` may read and write comments. */
export async function startWordPress(
  programs: Programs,
  { folder, dist, origins }: { folder: string; dist: string; origins: string[] },
): Promise<Running & WordPressServer> {
  await mkdir(folder, { recursive: true });
  const site = join(folder, "site");
  const databaseSocket = join(folder, "database.sock");
  const phpSocket = join(folder, "php.sock");
  const port = await freePort();
  const running: Running[] = [];
  // In the order that takes no request from under a server.
  const stop = async () => {
    for (const server of running.reverse()) await server.stop();
  };
  try {
    await makeSite(programs.wordpress, site);
    running.push(await startDatabase(programs, folder, databaseSocket));
    await install(programs.php, site, databaseSocket);
    running.push(await startPhp(programs.php_fpm, folder, phpSocket, databaseSocket, origins));
    const servers = server({ port, site, dist, phpSocket });
    running.push(await startNginx(programs.nginx, { folder: join(folder, "nginx"), port, servers }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, programs, phpSocket, stop };
}

export type SiteOptions = {
  folder: string;
  dist: string;
  /** A folder of themes, and the one that the site has. */
  themes: string;
  theme: string;
  permalinks?: "pretty" | "plain";
};

/**
 * Starts another site on the posts of a running WordPress, with a theme of the folder `themes` and
 * files of its own, so that nothing which is changed in it reaches the other tests.
 */
export async function startSite(
  { programs, phpSocket }: WordPressServer,
  options: SiteOptions,
): Promise<Running & { origin: string; folder: string }> {
  const { folder, dist, themes, theme, permalinks = "pretty" } = options;
  const site = join(folder, "site");
  await mkdir(folder, { recursive: true });
  await makeSite(programs.wordpress, site);
  await symlink(join(themes, theme), join(site, "wp-content", "themes", theme));
  const chosen = [
    `add_filter( 'pre_option_template', fn() => '${theme}' );`,
    `add_filter( 'pre_option_stylesheet', fn() => '${theme}' );`,
    // Chromium asks for an icon when it likes, also when the site is gone.
    "add_action( 'wp_head', function () { echo '<link rel=\"icon\" href=\"data:,\">'; } );",
    permalinks === "plain" ? "add_filter( 'pre_option_permalink_structure', '__return_empty_string' );" : "",
  ];
  await writeFile(join(site, "wp-content", "mu-plugins", "tests-site.php"), `<?php\n${chosen.join("\n")}\n`);
  const port = await freePort();
  const servers = server({ port, site, dist, phpSocket });
  const { stop } = await startNginx(programs.nginx, { folder: join(folder, "nginx"), port, servers });
  return { origin: `http://127.0.0.1:${port}`, folder: site, stop };
}

const files = fileURLToPath(new URL("wordpress", import.meta.url));

/** A site with settings of its own. The programs stay where they were installed. */
async function makeSite(wordpress: string, site: string) {
  await mkdir(join(site, "wp-content", "mu-plugins"), { recursive: true });
  await symlink(join(wordpress, "wp-includes"), join(site, "wp-includes"));
  await symlink(join(wordpress, "wp-admin"), join(site, "wp-admin"));
  // Copies, because these find the settings beside themselves.
  for (const name of await readdir(wordpress)) {
    if (name.endsWith(".php")) await cp(join(wordpress, name), join(site, name));
  }
  await cp(join(files, "wp-config.php"), join(site, "wp-config.php"));
  await cp(join(files, "must-use.php"), join(site, "wp-content", "mu-plugins", "tests.php"));
  const theme = join(site, "wp-content", "themes", "causerie");
  await mkdir(theme, { recursive: true });
  await writeFile(join(theme, "style.css"), "/* Theme Name: Causerie */\n");
  await cp(join(files, "theme.php"), join(theme, "index.php"));
}

async function startDatabase(programs: Programs, folder: string, socket: string): Promise<Running> {
  const data = join(folder, "database");
  const isRoot = process.getuid?.() === 0;
  const small = ["--innodb-log-file-size=8M", "--innodb-data-file-path=ibdata1:10M:autoextend"];
  const common = ["--no-defaults", `--datadir=${data}`, ...small, ...(isRoot ? ["--user=root"] : [])];
  await promisify(execFile)(programs.mariadb_install_db, [
    ...common,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]);
  const server = await start(
    [
      programs.mariadbd,
      ...common,
      `--socket=${socket}`,
      "--skip-networking",
      "--skip-log-bin",
      // What is lost in a crash is thrown away anyway.
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-doublewrite=0",
    ],
    { place: socket, log: join(folder, "database.log") },
  );
  return server;
}

async function install(php: string, site: string, databaseSocket: string) {
  const { stdout } = await promisify(execFile)(php, [join(files, "install.php"), site], {
    env: { ...process.env, CAUSERIE_DATABASE_SOCKET: databaseSocket, CAUSERIE_ORIGINS: "" },
  });
  // WordPress dies with a page for people and a good exit status.
  if (!stdout.endsWith("installed")) throw new Error(`expected WordPress to install itself, found: ${stdout}`);
}

async function startPhp(program: string, folder: string, socket: string, databaseSocket: string, origins: string[]) {
  const config = join(folder, "php-fpm.conf");
  await writeFile(
    config,
    `[global]
daemonize = no
error_log = ${join(folder, "php.log")}
[www]
listen = ${socket}
listen.mode = 0666
pm = static
pm.max_children = 4
catch_workers_output = yes
env[CAUSERIE_DATABASE_SOCKET] = ${databaseSocket}
env[CAUSERIE_ORIGINS] = "${origins.join(" ")}"
${process.getuid?.() === 0 ? "user = root" : ""}
`,
  );
  const asRoot = process.getuid?.() === 0 ? ["--allow-to-run-as-root"] : [];
  return start([program, "--fpm-config", config, ...asRoot], { place: socket, log: join(folder, "php-fpm.log") });
}

/** The `server` block that WordPress's handbook recommends, with the client beside it. */
function server({ port, site, dist, phpSocket }: { port: number; site: string; dist: string; phpSocket: string }) {
  return `
  server {
    listen 127.0.0.1:${port};
    root ${site};
    index index.php;
    location / { try_files $uri $uri/ /index.php?$args; }
    location /assets/causerie/ { alias ${dist}/; }
    location ~ \\.php$ {
      try_files $uri =404;
      fastcgi_pass unix:${phpSocket};
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param SCRIPT_NAME $fastcgi_script_name;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_param SERVER_NAME $host;
      fastcgi_param SERVER_PORT $server_port;
      fastcgi_param REMOTE_ADDR $remote_addr;
    }
  }`;
}
