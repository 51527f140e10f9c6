import { unknownTest } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import type { ActionFamily } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS, actionsOf } from '#shared/plugins/actions/registry.ts';
import { anActionRecord, redactedText } from '#test/builders/index.ts';
import { aRemedyRig, type RemedyRig, type RigOptions } from '../../unit/app/remedy-rig.ts';
import { aRun } from '../../unit/plugins/actions/action-world.ts';
import { PLAYBOOKS, playbookPorts } from './playbook-world.ts';

/** What an attacker's drill can be about: every action of the registry, and a playbook of each kind. */
export const ACTION_IDS: readonly string[] = [...ACTIONS.map(({ id }) => id), ...PLAYBOOKS];

export const FLAKY_TEST = 'test/cart.test.js > adds up';

/** A change that the rules for patches allow, as a model would suggest it. */
export const SOUND_FIX = {
  title: redactedText('Count every line'),
  file: redactedText('src/cart.js'),
  code: redactedText(
    '--- a/src/cart.js\n+++ b/src/cart.js\n@@ -1 +1 @@\n-export const total = 2;\n+export const total = 3;\n',
  ),
  evidence: [],
};

const familyOf = (id: string): ActionFamily =>
  ACTIONS.find((one) => one.id === id)?.family ?? (id === 'start-job' ? 'http' : 'ssm');

export type AttackRig = Awaited<ReturnType<typeof anAttackRig>>;

/** An open incident that this action fits, before a world that shows every effect. */
export async function anAttackRig(actionId: string, options: Pick<RigOptions, 'configure' | 'incident'>) {
  const family = familyOf(actionId);
  const rig = await aRemedyRig({ ...options, actionId, family });
  const { parameter, ports: playbooks } = playbookPorts(rig.state.effects, rig.clock.now);
  const { evidence, configuration } = rig.deps;
  const proposals = proposalsOf(rig, actionId);
  const ports = actionPorts({ ...rig.ports, ...playbooks, proposals, fixes: evidence, quarantines: evidence });
  await rememberBefore(rig, actionId);
  return {
    ...rig,
    ports,
    deps: { ...rig.deps, family, actions: actionsOf(configuration), ports, proposals },
    /** Other people at work. */
    others: () => changeByOthers(rig, parameter),
    /** What was done helps. A tried fix passes by itself, which does not heal what failed. */
    help: () => (actionId === 'try-fix' ? undefined : rig.heal()),
  };
}

/** How the repository stands where an action reads more of it. */
function proposalsOf({ ports, repository, state }: RemedyRig, actionId: string) {
  const isRevert = actionId === 'revert-pull-request';
  if (isRevert) state.run = { ...state.run, baseBranch: new RawRef('main') };
  const passed = () =>
    [...repository.branches.values()].map(({ sha }) => aRun({ id: 2002, headSha: sha, conclusion: 'success' }));
  ports.codeHost.program({ listPushRuns: async () => passed(), listDefaultBranchRuns: async () => [] });
  return { ...repository.proposals, mergedAs: async () => (isRevert ? [7] : []) };
}

/** What is known from before, where an action follows upon it. */
async function rememberBefore({ deps, incident }: RemedyRig, actionId: string): Promise<void> {
  if (actionId === 'rerun-workflow-run') {
    const receipt = { summary: redactedText('Re-ran.'), at: '2026-11-21T11:00:00.000Z', facts: { attempt: 2 } };
    await deps.incidents.intend(
      anActionRecord({ incidentId: incident.id, state: 'done', verified: 'failed', receipt }),
    );
  }
  if (actionId !== 'quarantine-flaky-test' || incident.target.kind !== 'run') return;
  const { key } = unknownTest(redactedText(FLAKY_TEST), '2026-11-01T00:00:00.000Z');
  const result = { attempt: 1, commit: 'abcdefabcdef', onDefaultBranch: true };
  await deps.tests.changeTests(repositoryKeyOf(identityOf(incident.target)), [key], () => ({
    ...unknownTest(redactedText(FLAKY_TEST), '2026-11-01T00:00:00.000Z'),
    runs: 20,
    failures: 4,
    flips: 1,
    results: [
      { ...result, runId: 9, passed: true },
      { ...result, runId: 8, passed: false },
    ],
  }));
}

/** Somebody else deploys, scales, runs again and switches. */
function changeByOthers({ state, repository }: RemedyRig, parameter: { value: string }): void {
  state.alias = { ...state.alias, currentVersion: '9', revisionId: 'of-others' };
  state.ecs = { ...state.ecs, currentTaskDefinition: state.ecs.currentTaskDefinition.replace(/:\d+$/, ':9') };
  state.run = { ...state.run, attempt: state.run.attempt + 1, status: 'queued', conclusion: null };
  parameter.value = 'of-others';
  repository.branches.delete('main');
  for (const one of state.resources) {
    switch (one.kind) {
      case 'ecs-service':
        Object.assign(one, { desiredCount: 7, deploymentId: 'of-others', taskDefinition: `${one.taskDefinition}9` });
        break;
      case 'lambda-function':
        Object.assign(one, { memoryMb: 3000, reservedConcurrency: 99, revisionId: 'of-others' });
        break;
      case 'auto-scaling-group':
        Object.assign(one, { desiredCapacity: 9 });
        break;
      case 'rds-parameter':
        Object.assign(one, { value: 299 });
        break;
      default:
        Object.assign(one, { status: 'modifying' });
    }
  }
}
