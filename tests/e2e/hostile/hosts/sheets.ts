// Style sheets of pages that are hostile to what is embedded in them.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const FOLDER = new URL("./", import.meta.url);

/** The names of those in this folder. */
export const SHEETS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".css"))
  .map((file) => file.replace(".css", ""));

export function sheet(name: string): string {
  return readFileSync(new URL(`${name}.css`, FOLDER), "utf8");
}

/** What sites are built on: packages of npm, whose style sheets are taken as they are. */
export const FRAMEWORKS = {
  bootstrap: "bootstrap/dist/css/bootstrap.css",
  "bootstrap-reboot": "bootstrap/dist/css/bootstrap-reboot.css",
  "tailwind-preflight": "tailwindcss/preflight.css",
};

export function framework(name: keyof typeof FRAMEWORKS): string {
  const path = createRequire(import.meta.url).resolve(FRAMEWORKS[name]);
  // Tailwind's build puts the theme in; without one, what stands there for want of it.
  return readFileSync(path, "utf8").replace(/--theme\(\s*--[\w-]+\s*,([^)]*)\)/g, "$1");
}
