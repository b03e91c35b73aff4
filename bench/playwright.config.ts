// `cargo xtask bench` starts Playwright with this: it brings the servers and the browser.
export default {
  globalSetup: "../tests/e2e/setup.ts",
  testMatch: "run.ts",
  outputDir: "../tests/e2e/results/bench",
  reporter: [["line"]],
  workers: 1,
  timeout: 0,
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // As in the end-to-end tests.
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    },
  },
};
