import * as z from 'zod';
import { consolePage, defineAwsEvents } from '../common/aws-events.ts';

/** CodeDeploy user guide, "Monitoring deployments with Amazon CloudWatch Events". */
export const codedeploy = defineAwsEvents({
  id: 'codedeploy',
  title: 'CodeDeploy deployments',
  pattern: {
    source: ['aws.codedeploy'],
    detailType: ['CodeDeploy Deployment State-change Notification'],
    detail: { state: ['START', 'FAILURE', 'SUCCESS', 'STOP'] },
  },
  detail: z.object({
    application: z.string().min(1).max(100),
    deploymentGroup: z.string().min(1).max(100),
    deploymentId: z.string().max(100),
    state: z.string().max(40),
  }),
  read({ region, detail: { application, deploymentGroup, deploymentId, state } }) {
    const resource = `codedeploy/${application}/${deploymentGroup}`;
    const url = consolePage(region, `codesuite/codedeploy/deployments/${encodeURIComponent(deploymentId)}`);
    const change = {
      id: `${resource}@${deploymentId}`,
      kind: 'deployment',
      resource,
      title: `Deployment ${deploymentId} of ${application} to ${deploymentGroup}`,
      state: state === 'START' ? 'started' : state === 'SUCCESS' ? 'done' : 'failed',
      url,
    } as const;
    if (state === 'START') return { change };
    if (state !== 'FAILURE' && state !== 'SUCCESS')
      return { ignored: state === 'STOP' ? 'state-stopped' : 'state-other' };
    const failed = state === 'FAILURE';
    return {
      state: failed ? 'firing' : 'resolved',
      severity: 'high',
      resource,
      title: `Deployment of ${application} to ${deploymentGroup} ${failed ? 'failed' : 'succeeded'}`,
      text: [`Deployment ${deploymentId} of ${application}, group ${deploymentGroup}: ${state}`],
      url,
      change,
    };
  },
});
