// How the tests run: every test file below test/, a generous time limit as the machines of CI are slow and shared.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', ['json', { outputFile: 'out/tests.json' }]],
  },
});
