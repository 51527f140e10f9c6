import { rawTextOf } from '@selfheal/kernel/text/raw-text.ts';
import { describe, expect, it } from 'vitest';
import type { AwsBuild } from '#shared/domain/incident/aws-build.ts';
import type { AlertTarget } from '#shared/domain/incident/target-context.ts';
import type { BuildReader, PipelineAction, ProjectBuild } from '#shared/ports/builds.ts';
import { aConfiguration, anIncident, aService } from '#test/builders/index.ts';
import { fakeBuilds } from '#test/fakes/index.ts';
import { aGatherRig } from '../gather-rig.ts';

const { home } = aConfiguration();
const BUILD = { kind: 'codebuild-build', project: 'images', build: 'b1' } as const;
const EXECUTION = { kind: 'pipeline-execution', pipeline: 'release', execution: 'e1' } as const;
const SECRET = ['gh', 'p_', 'x1Y2'.repeat(9)].join('');

const aBuild = (change: Partial<ProjectBuild> = {}): ProjectBuild => ({
  ...{ id: 'images:b1', project: 'images', status: 'FAILED', startedAt: new Date(0), initiator: 'ada', built: 'x' },
  isPartOfBatch: false,
  log: { group: '/aws/codebuild/images', stream: 'b1' },
  ...change,
});
const anAction = (change: Partial<PipelineAction> = {}): PipelineAction => ({
  ...{ stage: 'Build', action: 'Images', status: 'Failed', startedAt: new Date(0), isApproval: false },
  ...{ provider: 'CodeBuild', externalId: 'images:b1', summary: rawTextOf('Build terminated with state: FAILED') },
  ...change,
});
const LOG = async () => [`npm ERR! token ${SECRET}\n`, 'npm ERR! code ETIMEDOUT\n'].map(rawTextOf);

async function gathered(
  build: AwsBuild,
  builds: Partial<BuildReader>,
  resources = ['codebuild/images', 'codepipeline/release'],
) {
  const target: AlertTarget = {
    ...{
      kind: 'alert',
      provider: 'codebuild',
      key: 'a'.repeat(40),
      service: 'checkout',
      severity: 'medium',
      url: null,
    },
    connection: `${home?.account}-${home?.region}`,
    changedAt: '2026-11-21T11:58:00.000Z',
    build,
  };
  const incident = anIncident({ target });
  const service = aService({ id: 'checkout', resources, logGroup: null });
  const rig = await aGatherRig({ incident, service, builds: fakeBuilds(builds) });
  await rig.run();
  const evidence = await rig.evidence.getEvidence(incident.id);
  const telemetry = await rig.evidence.getTelemetry(incident.id);
  const text = JSON.stringify(evidence?.sources);
  return { text, notes: evidence?.notes.join('\n') ?? '', facts: telemetry?.facts };
}

describe('gathering a failed build of AWS', () => {
  it('reads the end of its log, redacted', async () => {
    const { text } = await gathered(BUILD, { build: async () => aBuild(), logOf: LOG });
    expect(text).toContain('npm ERR! code ETIMEDOUT');
    expect(text).not.toContain(SECRET);
  });

  it('reads the log of the build that failed in a pipeline, and names the stage that failed', async () => {
    const actions = [anAction(), anAction({ action: 'Tests', status: 'Succeeded', externalId: 'tests:t1' })];
    const found = await gathered(EXECUTION, {
      actionsOf: async () => actions,
      build: async () => aBuild(),
      logOf: LOG,
    });
    expect(found.text).toContain('npm ERR! code ETIMEDOUT');
    expect(found.text).toContain('Action Images (CodeBuild) of stage Build failed.');
    expect(found.facts).toMatchObject({ kind: 'alert', failedStage: 'Build' });
  });

  it('asks for no project that its service does not list, and says how to have it read', async () => {
    const { notes } = await gathered(EXECUTION, { actionsOf: async () => [anAction()] }, ['codepipeline/release']);
    expect(notes).toContain('add codebuild/images to the resources of its service');
  });

  it.each<[string, ProjectBuild | null, string]>([
    ['was deleted', null, 'CodeBuild has no build images:b1 any more.'],
    ['has no log', aBuild({ log: null }), 'writes no log to CloudWatch Logs'],
    [
      'has its log elsewhere',
      aBuild({ log: { group: '/ci', stream: 'b1' } }),
      'writes its log to /ci, which Selfheal may not read',
    ],
  ])('says so of a build that %s', async (_what, build, words) => {
    expect((await gathered(BUILD, { build: async () => build })).notes).toContain(words);
  });

  it('leaves a stage that a person did not approve to people', async () => {
    const refused = anAction({ provider: 'Manual', isApproval: true, externalId: null });
    const { notes, facts } = await gathered(EXECUTION, { actionsOf: async () => [refused] });
    expect(notes).toContain('A person did not approve it');
    expect(facts).not.toHaveProperty('failedStage');
  });

  it('names no stage that has succeeded since', async () => {
    const again = [anAction({ status: 'Succeeded', startedAt: new Date(5) }), anAction()];
    const { notes, facts } = await gathered(EXECUTION, { actionsOf: async () => again });
    expect(notes).toContain('CodePipeline lists no failed action');
    expect(facts).not.toHaveProperty('failedStage');
  });
});
