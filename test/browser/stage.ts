import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { openStage, type Stage } from '#apps/local/stage.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { anAssembly, type ConfigurationChange } from '#test/e2e/support/assemblies.ts';

export const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** The user whom pages of this machine are signed in as. */
export const LOCAL = { name: 'local', email: 'local@example.com', password: `Correct-${'horse'}-7` };

/** Milliseconds that anything may take to appear. It only ends what hangs: a machine may do much else. */
export const PATIENCE = 120_000;

export const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the server, and what the content security policy refused. */
  readonly problems: string[];
}

export interface DashboardStage {
  readonly stage: Stage;
  readonly url: string;
  /** Opens a page of the dashboard in a window of its own. */
  open(path: string, options?: { readonly dark?: boolean; readonly phone?: boolean }): Promise<Opened>;
  close(): Promise<void>;
}

/** The whole system with its dashboard, and a real browser. `user`: whether pages are signed in by themselves. */
export async function openDashboard({
  configuration,
  user = true,
}: {
  readonly configuration?: ConfigurationChange;
  readonly user?: boolean;
} = {}): Promise<DashboardStage> {
  if (!existsSync(BROWSER))
    throw new Error(`There is no browser at ${BROWSER}. Install Chromium or set CHROMIUM to its path.`);
  const assembly = await anAssembly(configuration === undefined ? {} : { configuration });
  const stage = await openStage({
    assemblyDir: assembly.assemblyDir,
    // What runs by the clock runs when a test says so.
    schedules: 'on-demand',
    ...(user ? { user: LOCAL.email } : {}),
  });
  await stage.runtime.createUser(LOCAL.name, LOCAL.email, LOCAL.password, Role.options);
  const browser: Browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  return {
    stage,
    url: stage.runtime.endpoint,
    async open(path, { dark = false, phone = false } = {}) {
      const context = await browser.newContext({
        viewport: phone ? WIDTHS.phone : WIDTHS.desktop,
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|TrustedScript|TrustedHTML/.test(message.text())) problems.push(message.text());
      });
      page.on('response', (response) => {
        if (response.status() >= 500) problems.push(`${response.status()} of ${response.url()}`);
      });
      await page.goto(`${stage.runtime.endpoint}${path}`);
      return { page, context, problems };
    },
    async close() {
      await browser.close();
      await stage.stop();
      assembly.remove();
    },
  };
}

/** Waits until so many incidents were begun and none of them is being worked on; `waiting` of them wait for a person. */
export async function settled({ stage }: DashboardStage, begun: number, waiting = 0): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  const isBusy = () => {
    const executions = stage.runtime.executions();
    const running = executions.filter(({ status }) => status === 'RUNNING').length;
    return (
      executions.length < begun || running !== waiting || stage.runtime.waitingMessages() > 0 || !stage.runtime.isIdle()
    );
  };
  // Three times in a row: between the queue and the workflow a signal is in neither.
  for (let idle = 0; idle < 3; idle = isBusy() ? 0 : idle + 1) {
    if (performance.now() > deadline) throw new Error('The incidents did not come to rest.');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
