import { expect, it } from 'vitest';
import { actionsMeaning, noSuchAction } from '#shared/app/actions/action-meanings.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';

it.each([
  ['[D47] scale_database', ['scale-rds-instance', 'scale-aurora-cluster']],
  ['[D45] restart_database', ['reboot-rds-instance']],
  ['[D46] scale_infrastructure', ['scale-ecs-service', 'scale-auto-scaling-group']],
])('%s of other tools is named by what does it here', (row, expected) => {
  const name = row.split(' ')[1] ?? '';
  expect(actionsMeaning(name)).toEqual(expected);
  const words = noSuchAction(
    name,
    ACTIONS.map(({ id }) => id),
  );
  expect(words).toContain(`Write ${expected.join(' or ')} instead, as the service allows.`);
});
