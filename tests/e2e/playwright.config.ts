import { defineConfig } from "@playwright/test";

// `cargo xtask test --only e2e` builds what is tested, sets CAUSERIE_BIN, CAUSERIE_SERVERS and
// CHROMIUM, and counts the tests from the JSON report.
export default defineConfig({
  globalSetup: "./setup.ts",
  outputDir: "results",
  reporter: [["list"], ["json", { outputFile: "results/report.json" }], ["./soak/figures.ts"]],
  forbidOnly: true,
  // A test that passes at the second try hides something.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  // `SCREENS=1` takes pictures for people to look at, and nothing else.
  ...(process.env.SCREENS ? { grep: /@screens/ } : { grepInvert: /@screens/ }),
  use: {
    locale: "en-US",
    timezoneId: "Europe/Paris",
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        // Chromium's sandbox refuses to run as root, as it often is in continuous integration.
        "--no-sandbox",
        "--disable-gpu",
        // No traffic of its own beside that of the page.
        "--disable-background-networking",
        "--disable-component-update",
      ],
    },
  },
  projects: [
    { name: "chromium", testDir: "specs", use: { browserName: "chromium" } },
    // `cargo xtask soak` runs this alone, and more of it.
    { name: "soak", testDir: "soak", use: { browserName: "chromium" } },
  ],
});
