import * as z from 'zod';
import { consolePage, defineAwsEvents, nameInArn } from '../common/aws-events.ts';

/** Batch user guide, "AWS Batch job state change events". */
export const batch = defineAwsEvents({
  id: 'batch',
  title: 'Batch jobs',
  pattern: {
    source: ['aws.batch'],
    detailType: ['Batch Job State Change'],
    detail: { status: ['FAILED', 'SUCCEEDED'] },
  },
  detail: z.object({
    jobId: z.string().max(200),
    jobName: z.string().min(1).max(200),
    jobQueue: z.string().max(2000),
    jobDefinition: z.string().max(2000),
    status: z.string().max(40),
    statusReason: z.string().nullish(),
    attempts: z.array(z.unknown()).nullish(),
    container: z
      .object({
        exitCode: z.number().nullish(),
        reason: z.string().nullish(),
        logStreamName: z.string().max(600).nullish(),
      })
      .nullish(),
  }),
  read({ region, detail: { status, jobName, jobId, container, statusReason, ...detail } }) {
    if (status !== 'FAILED' && status !== 'SUCCEEDED') return { ignored: 'state-other' };
    // `arn:aws:batch:<region>:<account>:job-definition/<name>:<revision>`
    const definition = nameInArn(detail.jobDefinition).split(':')[0] || jobName;
    const attempts = detail.attempts?.length ?? 0;
    return {
      state: status === 'FAILED' ? 'firing' : 'resolved',
      severity: 'medium',
      resource: `batch/${definition}`,
      // Jobs of one definition succeed and fail beside each other; a job that runs again has its name again.
      trouble: `batch/${definition}/${jobName}`,
      title: `Batch job ${jobName} ${status === 'FAILED' ? 'failed' : 'succeeded'}`,
      text: [
        `Job ${jobId} in ${nameInArn(detail.jobQueue)}: ${status}${attempts > 1 ? ` after ${attempts} attempts` : ''}`,
        statusReason,
        container?.exitCode ? `Exit code ${container.exitCode}` : null,
        container?.reason,
        container?.logStreamName && `Log stream: ${container.logStreamName}`,
      ],
      url: consolePage(region, `batch/home?jobId=${encodeURIComponent(jobId)}`),
    };
  },
});
