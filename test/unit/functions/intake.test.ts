import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/intake/handler.ts';
import { aCommentCommand, aConfiguration, aSignal } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryIncidentStore,
  makeMemoryStatsStore,
  makeMemoryWorkflowEngine,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

function setUp() {
  const clock = fakeClock();
  const workflow = makeMemoryWorkflowEngine();
  const meter = makeRecordingMeter();
  const log = makeRecordingLog();
  const obeyed: number[] = [];
  const handle = makeHandler({
    incidents: makeMemoryIncidentStore(clock),
    control: makeMemoryControlStore(clock),
    stats: makeMemoryStatsStore(),
    workflow,
    obey: async ({ commentId }) => {
      obeyed.push(commentId);
      return 'obeyed' as const;
    },
    configuration: aConfiguration(),
    clock,
    meter,
    log,
  });
  return { handle, workflow, meter, log, obeyed };
}
const event = (name: string) => readFileSync(join(import.meta.dirname, '../../../events/cloudwatch', name), 'utf8');

describe('the intake function', () => {
  it('lets a command of a comment be obeyed, and counts what became of it', async () => {
    const { handle, obeyed, meter } = setUp();
    await handle(JSON.stringify(aCommentCommand({ commentId: 77 })));
    expect(obeyed).toEqual([77]);
    expect(meter.counts['comment-obeyed']).toBe(1);
  });

  it('takes signals of the webhook function and events of EventBridge', async () => {
    const { handle, workflow, meter } = setUp();
    await handle(JSON.stringify(aSignal()));
    await handle(event('alarm-raised.json'));
    expect(workflow.started.map((name) => name.split('-')[0])).toEqual(['gh', 'cw']);
    expect(meter.counts).toEqual({ 'intake-opened': 2 });
  });

  it('counts what it ignores and keeps texts of outsiders out of its log', async () => {
    const { handle, meter, log } = setUp();
    await handle(event('alarm-insufficient-data.json'));
    await handle(JSON.stringify(aSignal({ tainted: { title: 'secret words', branch: 'secret words', reason: null } })));
    expect(meter.counts).toMatchObject({ 'intake-ignored-state-insufficient-data': 1 });
    expect(JSON.stringify(log.entries)).not.toContain('secret words');
  });

  it('throws for a message it cannot read, so that it ends in the dead-letter queue', async () => {
    await expect(
      setUp().handle('{"detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch"}'),
    ).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });
});
