import * as z from 'zod';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import { consolePage, defineAwsEvents } from '../common/aws-events.ts';

type Trouble = 'failure' | 'storage' | 'shutdown' | 'failover';
type Meaning = readonly ['firing' | 'resolved', Trouble, Severity];

/** RDS user guide, "Amazon RDS event categories and event messages", by the number of the event. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // Instances.
  '0004': ['firing', 'shutdown', 'high'],
  '0006': ['resolved', 'shutdown', 'high'],
  '0007': ['firing', 'storage', 'critical'],
  '0013': ['firing', 'failover', 'medium'],
  '0015': ['resolved', 'failover', 'medium'],
  '0017': ['resolved', 'storage', 'critical'],
  '0022': ['firing', 'shutdown', 'high'],
  '0031': ['firing', 'failure', 'critical'],
  '0035': ['firing', 'failure', 'critical'],
  '0036': ['firing', 'failure', 'critical'],
  '0049': ['resolved', 'failover', 'medium'],
  '0058': ['firing', 'failure', 'high'],
  '0079': ['firing', 'failure', 'medium'],
  '0081': ['firing', 'failure', 'medium'],
  '0088': ['resolved', 'shutdown', 'high'],
  '0089': ['firing', 'storage', 'high'],
  // Clusters.
  '0069': ['firing', 'failover', 'high'],
  '0071': ['resolved', 'failover', 'medium'],
  '0072': ['firing', 'failover', 'medium'],
  '0073': ['firing', 'failover', 'medium'],
};

/** Where an event's number is new, its category says as much. */
const CATEGORIES: Readonly<Record<string, Meaning>> = {
  failure: ['firing', 'failure', 'high'],
  'low storage': ['firing', 'storage', 'high'],
  recovery: ['resolved', 'failure', 'high'],
};

/** RDS instances and clusters, Aurora included. */
export const rds = defineAwsEvents({
  id: 'rds',
  title: 'RDS instances and clusters: failures, storage, shutdowns, failovers',
  pattern: { source: ['aws.rds'], detailType: ['RDS DB Instance Event', 'RDS DB Cluster Event'] },
  detail: z.object({
    EventCategories: z.array(z.string().max(60)).default([]),
    EventID: z.string().max(40).nullish(),
    Message: z.string().default(''),
    SourceIdentifier: z.string().min(1).max(300),
    Date: z.iso.datetime({ offset: true }).nullish(),
  }),
  read({ region, detailType, detail, time }) {
    const number = /RDS-EVENT-(\d{4})$/.exec(detail.EventID ?? '')?.[1] ?? '';
    const meaning =
      MEANINGS[number] ?? detail.EventCategories.map((one) => CATEGORIES[one]).find((one) => one !== undefined);
    // Some events name it `rds:<identifier>`.
    const name = detail.SourceIdentifier.replace(/^rds:/, '');
    const isCluster = detailType.includes('Cluster');
    const url = consolePage(
      region,
      `rds/home#database:id=${encodeURIComponent(name)};is-cluster=${isCluster ? 'true' : 'false'}`,
    );
    const isChange = detail.EventCategories.includes('configuration change');
    const change = {
      id: `rds/${name}@${time.toISOString()}`,
      kind: 'configuration-change',
      resource: `rds/${name}`,
      title: `Database ${name}: ${detail.Message}`,
      state: 'done',
      url,
    } as const;
    if (meaning === undefined) return isChange ? { change } : { ignored: 'event-of-no-trouble' };
    const [state, trouble, severity] = meaning;
    return {
      state,
      severity,
      resource: `rds/${name}`,
      trouble: `rds/${name}/${trouble}`,
      title: `Database ${name}: ${WORDS[trouble]}${state === 'resolved' ? ' is over' : ''}`,
      text: [
        detail.Message,
        `${detail.EventID ?? 'Event'} of the ${isCluster ? 'cluster' : 'instance'} ${name}, ${detail.EventCategories.join(', ')}`,
      ],
      url,
      ...(isChange ? { change } : {}),
    };
  },
});

const WORDS: Readonly<Record<Trouble, string>> = {
  failure: 'a failure',
  storage: 'the lack of storage',
  shutdown: 'the shutdown',
  failover: 'the failover',
};
