import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { INTERRUPTS } from '#shared/domain/plan/candidates.ts';
import { RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { ecsServiceKey } from '#shared/domain/plan/resource-ref.ts';
import { alarmSchedule } from '#shared/plugins/actions/common/alarm-verification.ts';
import { listedRemedy, needsEcsService } from '#shared/plugins/actions/common/listed-remedy.ts';
import { defineAction } from '#shared/plugins/actions/contract.ts';

const Parameters = z.strictObject({ cluster: z.string(), service: z.string(), share: z.number() });
const Entry = z.strictObject({
  action: z.literal('stop-ecs-tasks'),
  alarms: RemedyAlarms,
  share: z.number().min(0).max(0.5),
});
const REMEDY = {
  action: 'stop-ecs-tasks',
  entry: Entry,
  problem: needsEcsService,
  makesRoom: { memory: 9 },
  describe: ({ share }: z.infer<typeof Entry>) => `stop ${share * 100} % of its tasks`,
};

/** An action that is made up: it stops a share of a service's tasks, which ECS starts again. */
export const stopEcsTasks = defineAction<z.infer<typeof Parameters>>({
  id: 'stop-ecs-tasks',
  title: 'Stop a share of the tasks of an ECS service',
  family: 'ecs',
  risk: 'medium',
  impact: INTERRUPTS,
  repeat: { kind: 'harmful', showsWithinSeconds: 30 },
  parameters: Parameters,
  sample: { cluster: 'shop', service: 'orders', share: 0.25 },
  remedy: REMEDY,
  propose(context) {
    const found = listedRemedy(context, REMEDY, 'ecs-service');
    if (found === null) return [];
    const { cluster, service } = found.state;
    return [{ parameters: { cluster, service, share: found.remedy.share }, confidence: 0.9, reason: found.reason }];
  },
  describe: ({ cluster, service, share }) => `Stops ${share * 100} % of the tasks of ${cluster}/${service}.`,
  describeUndo: () => 'ECS starts new tasks by itself.',
  targetKey: ({ cluster, service }) => ecsServiceKey(cluster, service),
  grants: ({ services }) => {
    const clusters = services.flatMap(({ remedies, deployment }) =>
      deployment?.kind === 'ecs-service' && remedies.some(({ action }) => action === 'stop-ecs-tasks')
        ? [deployment.cluster]
        : [],
    );
    if (clusters.length === 0) return { execute: [], observe: [], undo: [] };
    const resources = clusters.map((name) => `arn:\${Partition}:ecs:\${Region}:\${Account}:task/${name}/*`);
    return { execute: [{ actions: ['ecs:StopTask'], resources }], observe: [], undo: [] };
  },
  schedule: alarmSchedule,
  observe: async () => ({ kind: 'not-started' }),
  execute: async (_parameters, { clock }) => ({
    summary: redactOutgoing('Stopped.'),
    at: clock.now().toISOString(),
    facts: {},
  }),
  verify: async () => ({ state: 'recovered', summary: 'It recovered.' }),
});
