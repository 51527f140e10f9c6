import { Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import { HOME } from '#test/builders/index.ts';
import { fakeClock, fakeCodeHost } from '#test/fakes/index.ts';

describe('ports of an action', () => {
  it('refuse whatever a function was not given', async () => {
    const ports = actionPorts({ clock: fakeClock(), codeHost: fakeCodeHost({ rerunFailedJobs: async () => {} }) });
    await ports.codeHost.rerunFailedJobs('acme/shop', 1);
    await expect(ports.lambdaAliases.pointTo('checkout', 'live', '7', 'r')).rejects.toThrow(Refused);
    await expect(ports.ecsServices.deploy('shop', 'checkout', 'arn')).rejects.toThrow('ecsServices.deploy');
    await expect(ports.alarms.read(alarmArnAt(HOME, 'checkout-errors'))).rejects.toThrow(Refused);
    await expect(ports.deployments.read({ kind: 'ecs-service', cluster: 'a', service: 'b' })).rejects.toThrow(Refused);
  });
});
