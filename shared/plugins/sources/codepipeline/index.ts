import * as z from 'zod';
import { PipelineExecution } from '#shared/domain/incident/aws-build.ts';
import { consolePage, defineAwsEvents } from '../common/aws-events.ts';

/** CodePipeline user guide, "Monitoring CodePipeline events": executions of whole pipelines. */
export const codepipeline = defineAwsEvents({
  id: 'codepipeline',
  title: 'CodePipeline executions',
  pattern: {
    source: ['aws.codepipeline'],
    detailType: ['CodePipeline Pipeline Execution State Change'],
    detail: { state: ['FAILED', 'SUCCEEDED'] },
  },
  detail: z.object({
    pipeline: z.string().min(1).max(100),
    'execution-id': z.string().max(100),
    state: z.string().max(40),
    'execution-trigger': z.object({ 'trigger-type': z.string().max(100).nullish() }).nullish(),
  }),
  read({ region, detail: { pipeline, state, ...detail } }) {
    if (state !== 'FAILED' && state !== 'SUCCEEDED') return { ignored: `state-${stateCode(state)}` };
    const execution = detail['execution-id'];
    const trigger = detail['execution-trigger']?.['trigger-type'];
    const url = consolePage(
      region,
      `codesuite/codepipeline/pipelines/${encodeURIComponent(pipeline)}/executions/${encodeURIComponent(execution)}/timeline`,
    );
    return {
      state: state === 'FAILED' ? 'firing' : 'resolved',
      severity: 'high',
      resource: `codepipeline/${pipeline}`,
      title: `Pipeline ${pipeline} ${state === 'FAILED' ? 'failed' : 'succeeded'}`,
      text: [`Execution ${execution} of pipeline ${pipeline}: ${state}`, trigger && `Started by: ${trigger}`],
      url,
      build: PipelineExecution.safeParse({ kind: 'pipeline-execution', pipeline, execution }).data,
      change: {
        id: `codepipeline/${pipeline}@${execution}`,
        kind: 'deployment',
        resource: `codepipeline/${pipeline}`,
        title: `Pipeline ${pipeline} ${state === 'FAILED' ? 'failed' : 'ran through'}`,
        by: trigger,
        state: state === 'FAILED' ? 'failed' : 'done',
        url,
      },
    };
  },
});

const QUIET = new Set(['STARTED', 'RESUMED', 'STOPPING', 'STOPPED', 'CANCELED', 'SUPERSEDED']);

/** Only known states name a counter. */
const stateCode = (state: string): string => (QUIET.has(state) ? state.toLowerCase() : 'other');
