import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import * as z from 'zod';
import { isAboutRecorded } from '#apps/workbench/flaky/recorded-histories.ts';
import { showOrder } from '../incidents/change-incident.ts';
import {
  decideInState,
  openTest,
  QUARANTINE_DETAILS,
  QUARANTINE_OPERANDS,
  QUARANTINE_OPTIONS,
  sayQuarantine,
} from '../learning/quarantine-api.ts';
import { reasonOf } from '../policy/policy-api.ts';

export const flakyExtend = defineCommand({
  name: 'flaky extend',
  summary: 'give a test in quarantine more time',
  details: `${QUARANTINE_DETAILS}\n\nExample: selfheal flaky extend 6b1f0c52a9d4e871 --until 2026-12-20 --reason "waits for the new driver"`,
  operands: QUARANTINE_OPERANDS,
  options: {
    until: {
      type: 'string',
      value: 'DATE',
      about: 'its new last day (UTC), such as 2026-12-20; at most 90 days ahead',
    },
    ...QUARANTINE_OPTIONS,
  },
  async run({ operands, options }, terminal) {
    const { until = '' } = options;
    if (!z.iso.date().safeParse(until).success)
      throw new UsageError('"selfheal flaky extend" needs --until with a day such as 2026-12-20.');
    if (await isAboutRecorded(operands[1], options, terminal))
      return await decideInState(operands[0] ?? '', options.state, { kind: 'extended', until }, options, terminal);
    const json = { until, reason: reasonOf(options, 'flaky extend') };
    if (options['dry-run'] === true)
      return await showOrder(
        `POST /api/tests/${operands[0]}/extend`,
        { repository: operands[1] ?? null, ...json },
        terminal,
      );
    const { routes, address } = await openTest(operands, options, terminal);
    return await sayQuarantine(await routes.extend.$post({ ...address, json }), options, terminal);
  },
});
