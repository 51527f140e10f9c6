import * as z from 'zod';
import { consolePage, defineAwsEvents } from '../common/aws-events.ts';

/** Begins of trouble. A rollback is told when it begins, since that event has the reason. */
const FIRING: ReadonlySet<string> = new Set([
  'CREATE_FAILED',
  'DELETE_FAILED',
  'UPDATE_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'IMPORT_ROLLBACK_IN_PROGRESS',
]);
/** The stack is stuck: nothing can be deployed to it. */
const STUCK: ReadonlySet<string> = new Set(['ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED', 'IMPORT_ROLLBACK_FAILED']);
const RESOLVED: ReadonlySet<string> = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'IMPORT_COMPLETE',
  'DELETE_COMPLETE',
]);

/** Something is being changed from now on. */
const BEGUN: ReadonlySet<string> = new Set(['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);

/** CloudFormation user guide, "Event detail for stack status changes". */
export const cloudformation = defineAwsEvents({
  id: 'cloudformation',
  title: 'CloudFormation stacks',
  pattern: {
    source: ['aws.cloudformation'],
    detailType: ['CloudFormation Stack Status Change'],
    detail: { 'status-details': { status: [...BEGUN, ...FIRING, ...STUCK, ...RESOLVED] } },
  },
  detail: z.object({
    'stack-id': z.string().max(2000),
    'status-details': z.object({ status: z.string().max(60), 'status-reason': z.string().nullish() }),
  }),
  read({ region, detail, time }) {
    const { status, ...details } = detail['status-details'];
    const isStuck = STUCK.has(status);
    const isFiring = isStuck || FIRING.has(status);
    if (!isFiring && !RESOLVED.has(status) && !BEGUN.has(status)) return { ignored: 'status-on-the-way' };
    // `arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>`
    const stack = detail['stack-id'].split(':').slice(5).join(':').split('/')[1] ?? '';
    if (stack === '') return { ignored: 'stack-not-named' };
    const doing = /^(?:UPDATE|IMPORT|DELETE)/.exec(status)?.[0].toLowerCase() ?? 'creation';
    const url = consolePage(
      region,
      `cloudformation/home#/stacks/events?stackId=${encodeURIComponent(detail['stack-id'])}`,
    );
    if (BEGUN.has(status))
      return {
        change: {
          id: `cloudformation/${stack}@${time.toISOString()}`,
          kind: 'configuration-change',
          resource: `cloudformation/${stack}`,
          title: `Stack ${stack}: ${doing}`,
          state: 'started',
          url,
        },
      };
    return {
      state: isFiring ? 'firing' : 'resolved',
      severity: isStuck ? 'critical' : 'high',
      resource: `cloudformation/${stack}`,
      title: isStuck
        ? `Stack ${stack} is stuck: its rollback failed`
        : `The ${doing} of stack ${stack} ${isFiring ? 'failed' : 'succeeded'}`,
      text: [`Stack ${stack}: ${status}`, details['status-reason']],
      url,
    };
  },
});
