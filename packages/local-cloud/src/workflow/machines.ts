import type { StateMachine } from './contract.ts';
import type { Machine } from './definition.ts';
import { ApiFault } from './faults.ts';
import { parseDefinition } from './parse-definition.ts';
import type { Store } from './store.ts';

/** A compiled state machine, with the text of its definition for DescribeStateMachine. */
interface Deployed {
  readonly source: StateMachine;
  readonly text: string;
  readonly digest: string;
  readonly compiled: Machine;
}

/** The machine that a caller named, directly or by version or alias. */
export interface Target {
  readonly deployed: Deployed;
  readonly versionArn: string | null;
  readonly aliasArn: string | null;
}

/** The deployed machines, and older definitions that running executions still need. */
export class Machines {
  readonly #store: Store;
  readonly #targets = new Map<string, Target>();
  readonly #compiled = new Map<string, Machine>();

  /** @throws InvalidDefinition naming the machine, the state and the field */
  constructor(sources: readonly StateMachine[], store: Store) {
    this.#store = store;
    for (const source of sources) this.#add(source);
  }

  #add(source: StateMachine): void {
    const compiled = parseDefinition(source.name, source.definition);
    const text = typeof source.definition === 'string' ? source.definition : JSON.stringify(source.definition);
    const digest = this.#store.saveDefinition(text);
    const deployed = { source, text, digest, compiled };
    this.#compiled.set(digest, compiled);
    this.#targets.set(source.arn, { deployed, versionArn: null, aliasArn: null });
    for (const { arn } of source.versions) this.#targets.set(arn, { deployed, versionArn: arn, aliasArn: null });
    for (const { arn } of source.aliases) {
      const versionArn = source.versions.at(-1)?.arn ?? null;
      this.#targets.set(arn, { deployed, versionArn, aliasArn: arn });
    }
  }

  /** @throws ApiFault `InvalidArn`, `StateMachineDoesNotExist` */
  find(arn: string): Target {
    const target = this.#targets.get(arn);
    if (target) return target;
    if (!/^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/.test(arn)) {
      throw new ApiFault('InvalidArn', `Invalid Arn: '${arn}'`);
    }
    throw new ApiFault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  source(arn: string): StateMachine | null {
    return this.#targets.get(arn)?.deployed.source ?? null;
  }

  /** The definition that an execution started with, even if another one is deployed now. */
  compiled(machineName: string, digest: string): Machine {
    const known = this.#compiled.get(digest);
    if (known) return known;
    const compiled = parseDefinition(machineName, this.#store.definition(digest));
    this.#compiled.set(digest, compiled);
    return compiled;
  }
}
