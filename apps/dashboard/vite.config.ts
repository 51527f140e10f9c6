import { join } from 'node:path';
import process from 'node:process';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const ROOT = join(import.meta.dirname, '../..');

/** `npm run dashboard`: the pages as they are edited, on port 3000, in front of an `npm start -- --port 4000` (SELFHEAL_URL for another address). */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: join(ROOT, 'dist/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page allows no data: URL for a font.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 3000,
    proxy: Object.fromEntries(
      ['/api', '/local-api', '/mail.json'].map((path) => [path, process.env.SELFHEAL_URL ?? 'http://127.0.0.1:4000']),
    ),
  },
});
