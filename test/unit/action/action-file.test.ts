import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readInputs } from '#apps/action/inputs.ts';
import { TASKS } from '#apps/action/tasks/registry.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ACTION = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: Readonly<Record<string, string>>;
};

describe('action.yml', () => {
  it('has the inputs that are read, and no other', () => {
    const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const read = Object.keys(readInputs({ INPUT_TASK: 'report' })).map(kebab);
    expect(Object.keys(ACTION.inputs).sort()).toEqual(read.sort());
  });

  it('names every task, and every default that is used without one', () => {
    const described = /What to do: ([a-z, -]+)\./.exec(ACTION.inputs.task?.description ?? '')?.[1];
    expect(described?.split(', ')).toEqual(Object.keys(TASKS));
    const defaults = readInputs({ INPUT_TASK: 'report' });
    const said = (name: string) => /Default - ([\w./-]+?)\.?$/.exec(ACTION.inputs[name]?.description ?? '')?.[1];
    expect(said('results')).toBe(defaults.results);
    expect({ kind: 'folder', folder: said('state') }).toEqual(defaults.state);
    expect(said('fail-on')).toBe(defaults.failOn.join(', '));
  });

  it('runs the built file on Node 24', () => {
    expect(ACTION.runs).toEqual({ using: 'node24', main: 'dist/action/main.mjs' });
  });

  it('has a file for each task, which is a task', async () => {
    const files = globSync('apps/action/tasks/*.ts', { cwd: ROOT }).map((path) => path.replace(/^.*\/|\.ts$/g, ''));
    expect(files.filter((name) => name !== 'registry').sort()).toEqual(Object.keys(TASKS).sort());
    for (const load of Object.values(TASKS)) expect((await load()).task.run).toBeTypeOf('function');
  });
});
