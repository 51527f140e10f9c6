import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { bindPlaybook, sampleJobOf } from '#shared/domain/playbook/bind-playbook.ts';
import type { DocumentRun } from '#shared/domain/playbook/playbook.ts';
import { OWN_DOCUMENTS } from '#shared/plugins/actions/playbook/ssm-document.ts';

const FOLDER = join(import.meta.dirname, 'documents');

/** An SSM Automation document as its file has it; `${AutomationRole}` is a placeholder for the role it assumes. */
export interface OwnDocument {
  /** `Selfheal-RestartService`. */
  readonly name: string;
  readonly content: {
    readonly assumeRole: string;
    readonly parameters: Readonly<Record<string, { readonly allowedPattern: string }>>;
    readonly [more: string]: unknown;
  };
}

/** Every document shipped with Selfheal, sorted by name. */
export function ownDocuments(): OwnDocument[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => ({
      name: `${OWN_DOCUMENTS}${basename(file, '.yaml')}`,
      content: parse(readFileSync(join(FOLDER, file), 'utf8'), { maxAliasCount: 0 }) as OwnDocument['content'],
    }));
}

export interface UsedDocuments {
  readonly documents: readonly OwnDocument[];
  /** Ids of the instances on which the documents run commands. */
  readonly instances: readonly string[];
}

/** The shipped documents that a service's playbooks run, and the instances they run on. */
export function usedDocuments({ playbooks, services }: Configuration): UsedDocuments {
  const names = new Set<string>();
  const instances = new Set<string>();
  for (const playbook of playbooks) {
    if (playbook.kind !== 'ssm_document') continue;
    const runs: DocumentRun[] = [playbook, ...(playbook.undo === undefined ? [] : [playbook.undo])];
    for (const service of services) {
      const bound = bindPlaybook(playbook, service, sampleJobOf(playbook));
      if (bound.kind === 'unfit') continue;
      for (const run of runs.filter(({ document }) => document.startsWith(OWN_DOCUMENTS))) {
        names.add(run.document);
        const name = /^\{(\w+)\}$/.exec(run.arguments.InstanceId ?? '')?.[1] ?? '';
        instances.add(String(bound.values[name] ?? run.arguments.InstanceId));
      }
    }
  }
  return { documents: ownDocuments().filter(({ name }) => names.has(name)), instances: [...instances].sort() };
}
