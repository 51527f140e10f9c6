import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createDevServer, resolveConfig } from 'vite';
import { expect, it, onTestFinished, vi } from 'vitest';

const configFile = join(import.meta.dirname, '../../../apps/dashboard/vite.config.ts');

it('[E53] serves the pages as they are edited, on port 3000, in front of the API of another address', async () => {
  expect((await resolveConfig({ configFile }, 'serve')).server.port).toBe(3000);
  const api = createServer((request, response) => void response.end(`the API got ${request.url}`));
  await new Promise<void>((done) => void api.listen(0, '127.0.0.1', done));
  onTestFinished(() => void api.close());
  vi.stubEnv('SELFHEAL_URL', `http://127.0.0.1:${(api.address() as AddressInfo).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await createDevServer({ configFile, logLevel: 'silent', server: { host: '127.0.0.1', port: 3999 } });
  await server.listen();
  onTestFinished(() => server.close());
  const [address] = server.resolvedUrls?.local ?? [];
  const read = async (path: string) => (await fetch(new URL(path, address))).text();
  expect(await read('/api/health')).toBe('the API got /api/health');
  expect(await read('/')).toContain('/@vite/client');
  expect(await read('/src/main.tsx')).toContain('createRoot');
});
