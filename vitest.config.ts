import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// `main` runs as Node runs it; `renderer` in a DOM. End-to-end specs have their own runner (e2e/).
export default defineConfig({
  test: {
    // Keys are made and OpenSSL is started: a busy machine takes its time, and no test is one of speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than cores: the tests of main wait for peers and disks a third of their time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          name: 'main',
          environment: 'node',
          globalSetup: 'src-main/testing/make-rsa-pool.ts',
          setupFiles: 'src-main/testing/rsa-pool.ts',
          include: ['src-main/**/*.test.ts', 'src-shared/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          include: ['src-renderer/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
});
