import { type Deployment, loadDeployment } from '@selfheal/local-cloud/template/deployment.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzOptions } from './seed.ts';
import { withAssembly } from './templates/assembly.ts';
import { cycle } from './templates/cycles.ts';
import { meaningOf } from './templates/expressions.ts';
import { fault } from './templates/faults.ts';
import { expectedResources, meaningsOf } from './templates/meanings.ts';
import { sampleStack, templateOf } from './templates/stacks.ts';

const ENDPOINT = 'http://127.0.0.1:9';
const load = (templates: Readonly<Record<string, unknown>>): Deployment =>
  withAssembly(templates, (directory) => loadDeployment(directory, ENDPOINT));

/** The name and message of what loading throws; null when it does not. */
function refusalOf(templates: Readonly<Record<string, unknown>>): { name: string; message: string } | null {
  try {
    load(templates);
    return null;
  } catch (error) {
    return error instanceof Error ? { name: error.name, message: error.message } : { name: '', message: String(error) };
  }
}

const twoStacks = fc.tuple(sampleStack('Base', []), sampleStack('App', ['Base:out']));

describe('any template of known types and intrinsics', () => {
  it('is read as a straightforward evaluation of it', () => {
    fc.assert(
      fc.property(twoStacks, fc.boolean(), (stacks, backwards) => {
        const order = backwards ? [...stacks].reverse() : stacks;
        const deployment = load(Object.fromEntries(order.map((stack) => [stack.name, templateOf(stack)])));
        const read = deployment.resources.map(({ id, type, name, arn, properties }) => ({
          id,
          type,
          name,
          arn,
          properties,
        }));
        expect(read).toEqual(order.flatMap((stack) => expectedResources(stack, stacks)));
        for (const stack of stacks) {
          const [output] = stack.outputs;
          expect(deployment.outputs[`${stack.name}.Out`]).toBe(meaningOf(output!.value, meaningsOf(stack, stacks)));
        }
      }),
      fuzzOptions(100),
    );
  });

  it('is read the same again', () => {
    fc.assert(
      fc.property(sampleStack('Base', []), (stack) => {
        const templates = { Base: templateOf(stack) };
        expect(load(templates).resources).toEqual(load(templates).resources);
      }),
      fuzzOptions(30),
    );
  });
});

describe('a template with one thing that is not known', () => {
  it('is refused, naming stack and logical id', () => {
    fc.assert(
      fc.property(sampleStack('App', []), fault, (stack, { change, named, words }) => {
        const refusal = refusalOf({ App: change(templateOf(stack)) });
        expect(refusal).toMatchObject({ name: 'UnsupportedTemplate' });
        for (const word of [named, ...words]) expect(refusal?.message).toContain(word);
      }),
      fuzzOptions(120),
    );
  });
});

describe('a template that goes in circles', () => {
  it('is refused, naming a place on the circle', () => {
    fc.assert(
      fc.property(cycle, ({ templates, places }) => {
        const refusal = refusalOf(templates);
        expect(refusal?.name).toBe('UnsupportedTemplate');
        expect(places.some((place) => refusal?.message.includes(place))).toBe(true);
      }),
      fuzzOptions(60),
    );
  });
});
