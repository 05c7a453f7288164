import { defineConfig } from '@playwright/test';

// Each test starts the real application in the Chromium shell, headless (see console-app.ts); three at a time: on two cores, as they wait more than they work.
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 3,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
});
