import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import { Job, jobKey } from '#shared/domain/incident/job.ts';
import type { ActionFamily } from '#shared/domain/plan/bound-action.ts';
import { UNKNOWN_IMPACT } from '#shared/domain/plan/candidates.ts';
import { playbookKey } from '#shared/domain/plan/target-key.ts';
import { bindPlaybook, sampleJobOf } from '#shared/domain/playbook/bind-playbook.ts';
import { type Scalar, valueSchema } from '#shared/domain/playbook/parameter.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';
import { fillText } from '#shared/domain/playbook/template.ts';
import { alarmSchedule, READ_ALARMS, verifyByAlarm, whileRinging } from '../common/alarm-verification.ts';
import { jobSchedule } from '../common/job-schedule.ts';
import { type ActionGrants, type ActionPlugin, defineAction, isAdvised, type ProposalContext } from '../contract.ts';
import { apiCall } from './api-call.ts';
import { type Mechanics, type PlaybookParameters, valuesOf } from './mechanics.ts';
import { documentRun } from './ssm-document.ts';
import { parameterSwitch } from './ssm-parameter.ts';

/** One action for each configured playbook that at least one service allows and gives all values for. */
export function playbookActions({ playbooks, services }: Configuration): ActionPlugin<PlaybookParameters>[] {
  return playbooks.flatMap((playbook) => {
    const [sample] = services.flatMap((service) => {
      const job = sampleJobOf(playbook);
      const bound = bindPlaybook(playbook, service, job);
      const [alarmName = ''] = service.alarms;
      const about = job === null ? { alarmName } : { alarmName: null, job };
      return bound.kind === 'bound' ? [{ service: service.id, ...about, since: ANY_TIME, values: bound.values }] : [];
    });
    return sample === undefined ? [] : [playbookAction(playbook, sample)];
  });
}

const ANY_TIME = '2026-01-01T00:00:00.000Z';

/** The playbook's kind determines what it does; when, on what and with which values is the same for all. */
function playbookAction(playbook: Playbook, sample: PlaybookParameters): ActionPlugin<PlaybookParameters> {
  const mechanics = mechanicsOf(playbook);
  const parameters = parametersOf(playbook);
  const { undo, describeUndo = () => 'The playbook defines no undo.' } = mechanics;
  return defineAction<PlaybookParameters>({
    id: playbook.id,
    title: playbook.title,
    family: familyOf(playbook),
    risk: playbook.risk,
    impact: UNKNOWN_IMPACT,
    ...(playbook.when.jobs === undefined ? {} : { forJobs: true as const }),
    repeat: mechanics.repeat,
    parameters,
    sample,
    propose: (context) => propose(playbook, context),
    describe: (bound) => fillText(playbook.description, valuesOf(playbook.id, bound)),
    describeUndo,
    targetKey: ({ service, job }) => (job === undefined ? playbookKey(service, playbook.id) : jobKey(job)),
    grants: (configuration) => grantsOf(playbook, mechanics, configuration),
    schedule: playbook.when.jobs === undefined ? alarmSchedule : jobSchedule,
    observe: async (bound, ports) => {
      const observation = await mechanics.observe(bound, ports);
      const { alarmName } = bound;
      return observation.kind === 'not-started' && alarmName !== null
        ? await whileRinging(alarmName, ports)
        : observation;
    },
    execute: mechanics.execute,
    verify: async (bound, receipt, context) => {
      const own = await mechanics.succeeded(bound, receipt, context.ports);
      const { alarmName } = bound;
      return own.state === 'recovered' && alarmName !== null ? await verifyByAlarm({ alarmName }, context) : own;
    },
    ...present({ undo }),
  });
}

function mechanicsOf(playbook: Playbook): Mechanics {
  switch (playbook.kind) {
    case 'api_call':
      return apiCall(playbook);
    case 'ssm_document':
      return documentRun(playbook);
    case 'ssm_parameter':
      return parameterSwitch(playbook);
    default:
      return playbook satisfies never;
  }
}

const familyOf = ({ kind }: Playbook): ActionFamily => (kind === 'api_call' ? 'http' : 'ssm');

function parametersOf(playbook: Playbook): z.ZodType<PlaybookParameters> {
  const values = Object.entries(playbook.parameters).map(([name, spec]) => [name, valueSchema(spec)] as const);
  const common = {
    service: z.string().regex(/^[a-z0-9-]{1,60}$/),
    since: z.iso.datetime({ offset: true }),
    values: z.strictObject(Object.fromEntries(values)) as unknown as z.ZodType<Record<string, Scalar>>,
  };
  return playbook.when.jobs === undefined
    ? z.strictObject({ ...common, alarmName: z.string().min(1).max(255) })
    : z.strictObject({ ...common, alarmName: z.null(), job: Job });
}

/**
 * Fits while the alarm is in ALARM, or for a failed job, of a service that allows the playbook and gives every value. A person may ask for it whatever the
 * class of a job's failure is.
 */
function propose(playbook: Playbook, context: ProposalContext) {
  const { classification, service, requested } = context;
  const about = subjectOf(context);
  if (about === null || service === null) return [];
  const { classes, services, alarms } = playbook.when;
  const { alarmName, job, since } = about;
  const isRequested = job !== undefined && requested?.actionId === playbook.id;
  const fits =
    (classes.includes(classification.class) || isAdvised(playbook.id, context) || isRequested) &&
    (services?.includes(service.id) ?? true) &&
    (alarmName === null || (alarms?.includes(alarmName) ?? true));
  const bound = bindPlaybook(playbook, service, job ?? null);
  if (!fits || bound.kind === 'unfit') return [];
  const because = isRequested
    ? ''
    : isAdvised(playbook.id, context)
      ? ', and a pattern of this place advises it'
      : ` for failures of the class ${classification.class}`;
  return [
    {
      parameters: {
        service: service.id,
        alarmName,
        ...present({ job }),
        since,
        values: bound.values,
      },
      confidence: playbook.confidence,
      reason: `The service ${service.id} allows the playbook ${playbook.id}${because}.`,
    },
  ];
}

/** The alarm that rings or the job that failed; null for everything else. */
function subjectOf({ target, telemetry: { facts } }: ProposalContext) {
  if (target.kind === 'report' && target.job !== undefined)
    return { alarmName: null, job: target.job, since: target.reportedAt };
  if (target.kind !== 'alarm' || facts.kind !== 'alarm' || facts.state !== 'ALARM') return null;
  return { alarmName: alarmNameOf(target), job: undefined, since: target.changedAt };
}

function grantsOf(playbook: Playbook, mechanics: Mechanics, configuration: Configuration): ActionGrants {
  const all = configuration.services.flatMap((service) => {
    const bound = bindPlaybook(playbook, service, sampleJobOf(playbook));
    return bound.kind === 'bound' ? [mechanics.grants({ ...bound.values, service: service.id }, configuration)] : [];
  });
  const of = (kind: Exclude<keyof ActionGrants, 'delegated'>) => all.flatMap((grants) => grants[kind]);
  return { execute: of('execute'), observe: all.length === 0 ? [] : [...of('observe'), READ_ALARMS], undo: of('undo') };
}
