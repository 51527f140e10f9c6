import type { Delivery, Sender } from '../buses/delivery.ts';
import type { EventBuses } from '../buses/event-bus.ts';
import { functionName } from '../functions/functions.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { listOf, objectOf, textOf } from '../template/json.ts';
import { parseSchedule, type Schedule } from './expression.ts';

export interface Schedules {
  /** Fires a schedule now, found by logical id, `Stack/LogicalId`, schedule name or target function. Throws when none matches. */
  trigger(name: string): Promise<void>;
  start(): void;
  stop(): void;
}

interface Scheduled {
  readonly resource: Resource;
  readonly schedule: Schedule;
  readonly enabled: boolean;
  readonly targets: readonly string[];
  fire(): Promise<void>;
}

export interface ScheduleOptions {
  readonly deployment: Deployment;
  readonly buses: EventBuses;
  readonly delivery: Delivery;
  readonly authorizer: Authorizer;
  /** Real seconds per second. */
  readonly timeScale: number;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Scheduled EventBridge rules and EventBridge Scheduler schedules. Throws for an expression that AWS would refuse. */
export function makeSchedules(options: ScheduleOptions): Schedules {
  const scheduled = [...scheduledRules(options), ...schedulerSchedules(options)];
  const timers = new Map<Scheduled, NodeJS.Timeout>();
  /** `from` is in the schedule's own time, which is scaled against the clock. */
  const arm = (each: Scheduled, from: number) => {
    const next = each.schedule(from);
    if (next === null) return;
    const wait = Math.min((next - from) * options.timeScale, MAX_TIMER_MS);
    const timer = setTimeout(() => {
      void each.fire();
      arm(each, next);
    }, wait);
    timer.unref();
    timers.set(each, timer);
  };
  return {
    start() {
      for (const each of scheduled) if (each.enabled) arm(each, Date.now());
    },
    async trigger(name) {
      const wanted = functionName(name);
      const found = scheduled.filter(
        ({ resource, targets }) =>
          [resource.logicalId, resource.id, resource.name].includes(name) ||
          targets.some((arn) => functionName(arn) === wanted || logicalIdOf(options.deployment, arn) === name),
      );
      if (found.length === 0) throw new Error(`No schedule has the name, id or target ${name}.`);
      await Promise.all(found.map((each) => each.fire()));
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

function scheduledRules({ deployment, buses }: ScheduleOptions): Scheduled[] {
  return deployment.ofType('AWS::Events::Rule').flatMap((resource) => {
    const expression = textOf(resource.properties.ScheduleExpression);
    if (expression === undefined) return [];
    const fire = async () => {
      buses.fire(
        resource,
        buses.envelope({
          source: 'aws.events',
          'detail-type': 'Scheduled Event',
          resources: [resource.arn],
          detail: {},
        }),
      );
    };
    const targets = listOf(resource.properties.Targets).flatMap((each) => textOf(objectOf(each).Arn) ?? []);
    return [{ resource, schedule: parse(expression, resource), enabled: isEnabled(resource), targets, fire }];
  });
}

function schedulerSchedules({ deployment, delivery, authorizer }: ScheduleOptions): Scheduled[] {
  return deployment.ofType('AWS::Scheduler::Schedule').map((resource) => {
    const target = objectOf(resource.properties.Target);
    const arn = textOf(target.Arn) ?? '';
    const roleArn = textOf(target.RoleArn) ?? '';
    const deadLetterArn = textOf(objectOf(target.DeadLetterConfig).Arn);
    const fire = async () => {
      const role = authorizer.role(roleArn);
      const refused = authorizer.refusedAssumption('scheduler.amazonaws.com', roleArn);
      if (role === undefined || refused !== null) return;
      const sender: Sender = { kind: 'role', role };
      const input = textOf(target.Input) ?? '{}';
      await delivery.toArn(arn, input, sender).catch(async () => {
        // The authorizer has recorded the denial. As on AWS, the event goes to the dead-letter queue or is lost.
        if (deadLetterArn !== undefined) await delivery.toArn(deadLetterArn, input, sender).catch(() => undefined);
      });
    };
    const expression = textOf(resource.properties.ScheduleExpression) ?? '';
    return { resource, schedule: parse(expression, resource), enabled: isEnabled(resource), targets: [arn], fire };
  });
}

function parse(expression: string, resource: Resource): Schedule {
  try {
    return parseSchedule(expression);
  } catch (cause) {
    throw new Error(`${resource.id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function isEnabled({ properties }: Resource): boolean {
  return properties.State !== 'DISABLED';
}

function logicalIdOf(deployment: Deployment, arn: string): string | undefined {
  return deployment.byArn(arn)?.logicalId;
}
