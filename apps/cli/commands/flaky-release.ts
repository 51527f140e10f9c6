import { defineCommand } from '@selfheal/cli-kit/command.ts';
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

export const flakyRelease = defineCommand({
  name: 'flaky release',
  summary: 'end the quarantine of a test: its failures count like any other from now on',
  details: `${QUARANTINE_DETAILS}\n\nExample: selfheal flaky release 6b1f0c52a9d4e871 --reason "mended in #214"`,
  operands: QUARANTINE_OPERANDS,
  options: QUARANTINE_OPTIONS,
  async run({ operands, options }, terminal) {
    const json = { reason: reasonOf(options, 'flaky release') };
    if (await isAboutRecorded(operands[1], options, terminal)) {
      const by = terminal.environment.GITHUB_ACTOR || terminal.environment.USER || 'somebody';
      return await decideInState(
        operands[0] ?? '',
        options.state,
        { kind: 'released', by, ...json },
        options,
        terminal,
      );
    }
    if (options['dry-run'] === true)
      return await showOrder(
        `POST /api/tests/${operands[0]}/release`,
        { repository: operands[1] ?? null, ...json },
        terminal,
      );
    const { routes, address } = await openTest(operands, options, terminal);
    return await sayQuarantine(await routes.release.$post({ ...address, json }), options, terminal);
  },
});
