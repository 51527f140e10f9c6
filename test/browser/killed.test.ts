import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = mkdtempSync(join(tmpdir(), 'selfheal-killed-'));
let browser: Browser;
let runtime: ChildProcess | undefined;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** `npm start` in a process of its own; resolves when all samples ended. */
async function start(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['apps/local/main.ts', '--port', String(port), '--data', DATA], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.includes('Running until Ctrl-C')) break;
  }
  if (!printed.includes('Running until Ctrl-C')) throw new Error(`The runtime ended early:\n${printed}`);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  if (runtime !== undefined) await end(runtime, 'SIGTERM');
  rmSync(DATA, { recursive: true, force: true });
});

describe('a dashboard whose runtime is killed', () => {
  it('says so in both tabs, keeps what they showed, and goes on when the runtime is back with its state', async () => {
    const port = await freePort();
    const first = await start(port);
    runtime = first;
    const context = await browser.newContext();
    context.setDefaultTimeout(PATIENCE);
    const tabs: Page[] = [await context.newPage(), await context.newPage()];
    for (const tab of tabs) {
      await tab.goto(`http://127.0.0.1:${port}/incidents`);
      await tab
        .getByRole('link', { name: /ledger-latency/ })
        .first()
        .waitFor();
    }

    runtime = undefined;
    await end(first, 'SIGKILL');
    for (const tab of tabs) {
      await tab.bringToFront();
      await tab.getByText('The API does not answer.').waitFor();
      expect(await tab.getByRole('link', { name: /ledger-latency/ }).count()).toBeGreaterThan(0);
    }

    runtime = await start(port);
    for (const tab of tabs) {
      await tab.bringToFront();
      await tab.getByText('The API does not answer.').waitFor({ state: 'detached' });
      await tab
        .getByRole('link', { name: /ledger-latency/ })
        .first()
        .waitFor();
      await tab.reload();
      await tab
        .getByRole('link', { name: /ledger-latency/ })
        .first()
        .waitFor();
    }
    await context.close();
  });
});
