// The bench has no packages of its own; those of the end-to-end tests are here already.
export * from "../tests/e2e/node_modules/@playwright/test/index.mjs";
