import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { defineCommand, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';

const LOCAL_RUNTIME = join(import.meta.dirname, '../../local/main.ts');

export const start = defineCommand({
  name: 'start',
  aliases: ['start-services'],
  summary: 'run Selfheal on this machine, without AWS: the same as "npm start"',
  details:
    'Deploys the template to a local runtime, heals sample incidents, and keeps running until Ctrl-C. The local runtime is part of the repository,\n' +
    'not of the installed package. Exit code: that of the runtime; with --once 1 when a sample did not end as expected.',
  options: {
    once: { type: 'boolean', about: 'exit after the samples' },
    port: { type: 'string', value: 'N', about: 'listen on 127.0.0.1:N; a free port by default' },
    data: { type: 'string', value: 'DIR', about: 'keep the state in DIR and resume it at the next start' },
    reset: { type: 'boolean', about: 'delete the state in DIR first' },
    config: { type: 'string', value: 'FILE', about: 'another selfheal.json than that of the samples' },
  },
  async run({ options: { once: isOnce, reset, port, data, config } }) {
    if (!existsSync(LOCAL_RUNTIME)) {
      throw new UsageError(
        'The local runtime is not part of this package: clone the repository and run "npm ci && npm start" in it.',
      );
    }
    if (port !== undefined) wholeNumber('port', port, { otherwise: 1, atMost: 65_535 });
    const args = Object.entries({ port, data, config }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    );
    const child = spawn(
      process.execPath,
      [
        '--max-semi-space-size=4',
        LOCAL_RUNTIME,
        ...args,
        ...(isOnce === true ? ['--once'] : []),
        ...(reset === true ? ['--reset'] : []),
      ],
      {
        stdio: 'inherit',
      },
    );
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0 || code === 2 ? code : 1;
  },
});
