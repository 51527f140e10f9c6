import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { outputOf, type Stage } from '#apps/local/stage.ts';
import { storeIncidents } from './list-rows.ts';
import type { Row } from './row.ts';
import { withSampleStage } from './sample-stage.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const STORED = 20_000;
const SHOWN = 10_000;
const PAGE_SIZE = 100;
/** Of HTTP with gzip; fonts are compressed already. */
const MAX_TRANSFERRED = 300_000;
const MAX_USABLE_SECONDS = 1.5;
const TIMES = 5;
/** At 60 frames a second. Milliseconds. */
const FRAME = 1000 / 60;
const FRAMES = 1_200;

/** The dashboard in Chromium, against the local runtime with many incidents: what it transfers, when it can be used, how it scrolls. */
export async function dashboardRows(outDir: string): Promise<Row[]> {
  if (!existsSync(BROWSER)) throw new Error(`There is no browser at ${BROWSER}: install Chromium, or set CHROMIUM.`);
  return withSampleStage(join(outDir, 'dashboard'), rowsOf);
}

async function rowsOf(stage: Stage): Promise<Row[]> {
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  try {
    const access = { endpoint: stage.runtime.endpoint, adminKey: stage.adminKey };
    await storeIncidents(access, outputOf(stage.runtime, 'IncidentsTableName'), STORED);
    const open = () => browser.newContext({ viewport: { width: 1440, height: 900 } });
    const transferred = await transferredBy(await open(), stage);
    const seconds: number[] = [];
    for (let time = 0; time < TIMES; time += 1) seconds.push(await secondsUntilUsable(await open(), stage));
    const frames = await framesOf(await open(), stage);
    return [
      {
        measure: 'dashboard: transferred at the first load, gzip',
        goal: `${MAX_TRANSFERRED / 1000} KB`,
        measured: `${(transferred.bytes / 1000).toFixed(0)} KB in ${transferred.files} files`,
        met: transferred.bytes <= MAX_TRANSFERRED,
      },
      {
        measure: `dashboard: list of incidents usable, ${STORED} stored, cold cache: median/slowest of ${TIMES}`,
        goal: `${MAX_USABLE_SECONDS} s`,
        measured: `${quantile(seconds, 0.5).toFixed(2)}/${quantile(seconds, 1).toFixed(2)} s`,
        met: quantile(seconds, 0.5) <= MAX_USABLE_SECONDS,
      },
      {
        measure: `dashboard: scrolling ${SHOWN} rows in ${FRAMES} frames, time between them: p50/p95`,
        goal: `p50 ${FRAME.toFixed(1)} ms, 60 frames a second`,
        measured: `${quantile(frames, 0.5).toFixed(1)}/${quantile(frames, 0.95).toFixed(1)} ms`,
        met: quantile(frames, 0.5) <= FRAME * 1.05,
      },
    ];
  } finally {
    await browser.close();
  }
}

async function transferredBy(context: BrowserContext, { runtime }: Stage): Promise<{ files: number; bytes: number }> {
  const page = await context.newPage();
  const files = new Set<string>();
  page.on('request', (request) => {
    if (!/\/(?:local-)?api\//.test(request.url())) files.add(request.url());
  });
  await page.goto(`${runtime.endpoint}/`);
  await page.locator('.rows a').first().waitFor();
  await page.locator('.recharts-surface').first().waitFor();
  await context.close();
  let bytes = 0;
  for (const url of files) {
    const answer = await fetch(url, { headers: { accept: 'text/html,*/*' } });
    const body = Buffer.from(await answer.arrayBuffer());
    bytes += url.endsWith('.woff2') ? body.length : gzipSync(body).length;
  }
  return { files: files.size, bytes };
}

/** From the address being opened until the first incident can be clicked. */
async function secondsUntilUsable(context: BrowserContext, { runtime }: Stage): Promise<number> {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(`${runtime.endpoint}/incidents`, { waitUntil: 'commit' });
  await page.locator('.rows a').first().waitFor();
  const seconds = (performance.now() - began) / 1000;
  await context.close();
  return seconds;
}

/** Milliseconds between the frames while a list of 10,000 incidents, as the API gave them page by page, is scrolled through. */
async function framesOf(context: BrowserContext, { runtime }: Stage): Promise<number[]> {
  const page = await context.newPage();
  await page.goto(`${runtime.endpoint}/incidents`);
  await page.locator('.rows a').first().waitFor();
  const request = await page.waitForRequest((one) => one.url().includes('/api/incidents?'));
  const { authorization = '' } = await request.allHeaders();
  const incidents = await readAll(runtime.endpoint, authorization);
  await page.route('**/api/incidents?*', (route) => route.fulfill({ json: { incidents, next: null, unreadable: [] } }));
  await page.reload();
  await page.locator('.rows a').nth(20).waitFor();
  await page.waitForTimeout(1_000);
  const frames = await scroll(page);
  await context.close();
  return frames;
}

async function readAll(endpoint: string, authorization: string): Promise<unknown[]> {
  const incidents: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null && incidents.length < SHOWN; ) {
    const query: string = new URLSearchParams({
      limit: String(PAGE_SIZE),
      ...(cursor === '' ? {} : { cursor }),
    }).toString();
    const answer = await fetch(`${endpoint}/api/incidents?${query}`, { headers: { authorization } });
    const page = (await answer.json()) as { incidents: unknown[]; next: string | null };
    incidents.push(...page.incidents);
    cursor = page.next;
  }
  if (incidents.length < SHOWN) throw new Error(`The API lists ${incidents.length} incidents instead of ${SHOWN}.`);
  return incidents.slice(0, SHOWN);
}

/** Scrolls a part of the way at each frame, so that new rows come into view at every one. */
const scroll = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    const step = (document.documentElement.scrollHeight - innerHeight) / ${FRAMES};
    let last = null;
    const frame = (now) => {
      if (last !== null) times.push(now - last);
      last = now;
      if (times.length === ${FRAMES}) return resolve(times);
      scrollBy(0, step);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN;
}
