import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  defineCommand,
  JSON_OPTION,
  listOf,
  type OptionSpecs,
  type OptionValues,
  shareOption,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { parseDocument } from 'yaml';
import { inputError } from '#apps/workbench/input/open-input.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { actionsMeaning } from '#shared/app/actions/action-meanings.ts';
import { differencesFrom, planScenario, Scenario, type ScenarioPlan } from '#shared/app/plan/scenario.ts';
import { reportEvidence, textEvidence } from '#shared/app/triage/text-evidence.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { configurationOf, DEFAULT_CONFIGURATION } from './playbook-check.ts';

const OPTIONS = {
  scenario: { type: 'string', value: 'FILE|TEXT', about: 'a described failure (.yaml, .json), a log file, or a text' },
  service: { type: 'string', value: 'ID', about: 'an alarm of this service rings; in a file: service' },
  alarm: { type: 'string', value: 'NAME', about: 'which alarm of the service; its first by default' },
  repo: { type: 'string', value: 'OWNER/NAME', about: 'a run of this repository failed; in a file: repository' },
  'expected-actions': {
    type: 'string',
    value: 'ID,...',
    about: 'actions that would be done, with or without asking; "none" for none',
  },
  'confidence-threshold': {
    type: 'string',
    value: 'SHARE',
    about: 'the least confidence of each expected action, or else of the class',
  },
  config: { type: 'string', value: 'FILE', about: `the configuration; ${DEFAULT_CONFIGURATION} by default` },
  ...JSON_OPTION,
} as const satisfies OptionSpecs;

export const scenarioValidate = defineCommand({
  name: 'scenario validate',
  aliases: ['validate-scenario'],
  summary: 'whether a described failure would be classified, planned and decided as expected; nothing is done',
  details:
    'Runs the classifier, the plan and the policy of the workflow on what you describe, with the configuration in a file, so that a review can run it\n' +
    'before a deployment. A file may also say deployedMinutesAgo, resources, load, at, run and expect: {class, decision, actions, confidence}\n' +
    '(docs/guide/policy.md). A remedy is proposed only if the file describes its resource.\n' +
    'A text that is no line of a log is read as the report of a person. Expected actions with underscores are names of other tools (restart_db).\n' +
    "Example: selfheal scenario validate --scenario 'ERROR connect ECONNREFUSED 10.0.0.5:5432' --service checkout --expected-actions restart-pool \\\n" +
    '  --confidence-threshold 0.8\n' +
    'With --json: {class, confidence, decision, reasons, actions, differences}. Exit code 1 when it is not as expected.',
  options: OPTIONS,
  async run({ options }, terminal) {
    const given = scenarioOf(options);
    const configuration = configurationOf(options.config) ?? Configuration.parse({ version: 1 });
    const [signatures, model] = await Promise.all([shippedSignatures(terminal.say), shippedModel(terminal.say)]);
    const asLog = classify(textEvidence(given.log), { signatures, model });
    // Typed words are read as a report of a person, too, with underscores as well: database_outage.
    const isTyped = given.log === options.scenario;
    const words = /\s/.test(given.log.trim()) ? given.log : given.log.replaceAll('_', ' ');
    const classification =
      isTyped && asLog.class === 'unknown' ? classify(reportEvidence(words), { signatures, model }) : asLog;
    const now = new Date(terminal.now());
    const actions = actionsOf(configuration);
    const plan = planScenario(given, classification, { configuration, actions, now });
    // An id with hyphens may be a playbook of another configuration; names with underscores are those of other tools.
    const foreign = listOf(options['expected-actions'] ?? '').filter((name) => name.includes('_'));
    const scenario = withOurNames(given, { plan, foreign, known: actions.map(({ id }) => id) }, terminal);
    if (given.service === undefined && given.repository === undefined && plan.actions.length === 0)
      terminal.say('selfheal: nothing can be done without a place: --service ID or --repo OWNER/NAME names one.');
    const differences = differencesFrom(scenario.expect, classification, plan);
    const { class: failureClass, confidence } = classification;
    await terminal.write(
      options.json === true
        ? `${JSON.stringify({ class: failureClass, confidence, ...plan, differences })}\n`
        : asText(classification, plan, { differences, isAnyExpected: Object.keys(scenario.expect).length > 0 }),
    );
    return differences.length === 0 ? 0 : 1;
  },
});

/** Names of other tools for what follows every incident. */
const NOTIFIES = /^(?:notify|alert|page|inform|escalate)(?:-|$)/;

/**
 * The scenario with the expected actions under their names here, and says which they are: of several that a name means the planned one. What no
 * action does stays as it is and differs from every plan.
 */
function withOurNames(
  scenario: Scenario,
  {
    plan,
    known,
    foreign,
  }: { readonly plan: ScenarioPlan; readonly known: readonly string[]; readonly foreign: readonly string[] },
  terminal: Pick<Terminal, 'say'>,
): Scenario {
  const { actions } = scenario.expect;
  if (actions === undefined) return scenario;
  const ours = actions.flatMap((id) => {
    const name = foreign.find((one) => one.replaceAll('_', '-') === id);
    if (name === undefined || known.includes(id)) return [id];
    if (NOTIFIES.test(id)) {
      terminal.say(
        `selfheal: ${cleanText(name, 60)} is no action of this configuration: people are told of every incident, as the notifiers say. The playbook notify-team makes it one.`,
      );
      return [];
    }
    const meant = actionsMeaning(id);
    if (meant.length === 0) {
      terminal.say(
        `selfheal: no action does ${cleanText(name, 60)}: "selfheal action list" shows those that there are.`,
      );
      return [id];
    }
    terminal.say(`selfheal: ${cleanText(name, 60)} is here: ${meant.join(', ')}`);
    return [meant.find((one) => plan.actions.some(({ actionId }) => actionId === one)) ?? meant[0] ?? id];
  });
  // An empty list would mean that nothing may be done.
  const { actions: _, ...others } = scenario.expect;
  return { ...scenario, expect: ours.length === 0 && actions.length > 0 ? others : { ...others, actions: ours } };
}

/** The described failure, with what the options say. Throws `UsageError`. */
function scenarioOf(options: OptionValues<typeof OPTIONS>): Scenario {
  const { scenario: given, service, alarm, repo, 'expected-actions': actions } = options;
  if (given === undefined || given.trim() === '')
    throw new UsageError('"selfheal scenario validate" needs --scenario FILE, or the text of a failure.');
  const described = readDescribed(given);
  const threshold = options['confidence-threshold'];
  const expect = {
    ...(described.expect as object | undefined),
    ...(actions === undefined
      ? {}
      : { actions: actions === 'none' ? [] : listOf(actions).map((id) => id.replaceAll('_', '-')) }),
    ...(threshold === undefined ? {} : { confidence: shareOption('confidence-threshold', threshold, 0.8) }),
  };
  const parsed = Scenario.safeParse({
    ...described,
    ...present({ service, alarm, repository: repo }),
    expect,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`The scenario is not valid: ${issue?.path.join('.')}: ${issue?.message}.`);
}

const DESCRIPTION = /\.(?:ya?ml|json)$/;
const FILE_LIKE = /^\S+\.(?:ya?ml|json|log|txt)$/;

function readDescribed(given: string): Record<string, unknown> {
  if (!existsSync(given)) {
    if (FILE_LIKE.test(given)) throw new UsageError(`${given}: there is no such file.`);
    return { log: given };
  }
  if (!statSync(given).isFile()) throw new UsageError(`${given}: this is not a file.`);
  const text = readText(given);
  if (!DESCRIPTION.test(given)) return { log: text };
  // YAML contains JSON. Aliases are refused: a few nested ones expand to more than fits into memory.
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new UsageError(`${given}: ${error.message.split('\n')[0]}`);
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new UsageError(`${given}: aliases (*name) are not supported; write the value out.`);
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw new UsageError(`${given}: expected a scenario with a log.`);
  return content as Record<string, unknown>;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw inputError(file, error);
  }
}

function asText(
  classification: Classification,
  plan: ScenarioPlan,
  { differences, isAnyExpected }: { readonly differences: readonly string[]; readonly isAnyExpected: boolean },
): string {
  const { class: failureClass, verdict, confidence } = classification;
  return [
    failureClass === 'unknown'
      ? `no known failure: ${plan.decision}`
      : `${failureClass.replaceAll('_', ' ')}, verdict ${verdict}, confidence ${percentText(confidence)}: ${plan.decision}`,
    ...plan.reasons.map((reason) => `  ${cleanText(reason, 500)}`),
    ...plan.actions.map(
      ({ actionId, decision, confidence: own, risk, description }) =>
        `  ${actionId}: ${decision}, confidence ${percentText(own)}, risk ${risk}. ${cleanText(description, 300)}`,
    ),
    ...differences.map((one) => `not as expected: ${cleanText(one, 1000)}`),
    ...(differences.length > 0 ? [] : [isAnyExpected ? 'as expected' : 'nothing was expected of it']),
    '',
  ].join('\n');
}
