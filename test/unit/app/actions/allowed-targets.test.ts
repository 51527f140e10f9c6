import { describe, expect, it } from 'vitest';
import { listActions } from '#shared/app/actions/allowed-targets.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';

const configuration = Configuration.parse({
  version: 1,
  awsEvents: ['codebuild', 'codepipeline'],
  services: [
    {
      id: 'shop',
      mode: 'act',
      alarms: ['shop-slow'],
      resources: ['codebuild/images', 'codepipeline/release'],
      retries: ['codebuild/images', 'codepipeline/release'],
    },
  ],
});
const actions = actionsOf(configuration);

describe('where actions are allowed', () => {
  it.each(['codebuild-retry', 'codepipeline-retry-stage'])(
    '%s is, for the service that lists what may be retried, and for none of its alarms: only its own incident tells of the build',
    (id) => {
      const found = listActions(actions, configuration).find((one) => one.id === id);
      expect(found).toMatchObject({
        allowed: true,
        needs: 'the project or pipeline in the retries of a service',
        services: [{ service: 'shop', alarms: [], onRequest: false }],
      });
    },
  );

  it('no action on jobs or builds is offered for an alarm', () => {
    const forJobs = new Set(actions.filter((one) => one.forJobs === true).map(({ id }) => id));
    expect(forJobs.size).toBeGreaterThan(1);
    for (const { id, services } of listActions(actions, configuration))
      if (forJobs.has(id))
        expect(
          services.flatMap(({ alarms }) => alarms),
          id,
        ).toEqual([]);
  });
});
