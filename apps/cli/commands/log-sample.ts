import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defineCommand, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { counted } from '@selfheal/kernel/time-words.ts';

const FILE = 'logs/application.log';
const LINES = 100;
/** One of so many lines is a fault. */
const FAULT_EVERY = 10;

const USUAL = [
  (value: number) => `INFO order ${value} accepted in ${value % 900} ms`,
  (value: number) => `INFO GET /api/orders/${value} HTTP/1.1" 200 ${value % 5_000}`,
  (value: number) => `WARN slow query took ${value % 9_000} ms`,
];
const FAULTS = [
  (value: number) => `ERROR connection to 10.0.0.${value % 256}:5432 refused after ${value % 900} ms`,
  (value: number) => `ERROR GET /api/orders/${value} HTTP/1.1" 503 ${value % 500}`,
  (value: number) => `FATAL out of memory: heap of ${value} bytes exhausted`,
];

export const logSample = defineCommand({
  name: 'log sample',
  aliases: ['create-test-logs'],
  summary: 'write made-up log lines to a file, some of them faults, to try out how logs are read',
  details: `Appends to ${FILE} unless a FILE is named. "selfheal log poll" then shows them, and "selfheal log forward" sends them.`,
  operands: { shown: 'FILE', atLeast: 0, atMost: 1 },
  options: { lines: { type: 'string', value: 'N', about: `how many lines; ${LINES} by default` } },
  async run({ operands: [file = FILE], options }, terminal) {
    const count = wholeNumber('lines', options.lines, { otherwise: LINES, atMost: 100_000 });
    const now = terminal.now();
    const random = numbersFrom(now);
    const lines = Array.from({ length: count }, (_, at) => {
      const choices = at % FAULT_EVERY === FAULT_EVERY - 1 ? FAULTS : USUAL;
      const write = choices[Math.floor(random() * choices.length)];
      const when = new Date(now - (count - at) * 1_000).toISOString();
      return `${when} ${write?.(Math.floor(random() * 1e6)) ?? ''}\n`;
    });
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, lines.join(''));
    await terminal.write(`${counted(count, 'line')} written to ${file}. To see them read: selfheal log poll ${file}\n`);
    return 0;
  },
});
