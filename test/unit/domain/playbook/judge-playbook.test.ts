import { describe, expect, it } from 'vitest';
import { judgePlaybook } from '#shared/domain/playbook/judge-playbook.ts';
import { anApiCall, anSsmDocument, anSsmParameter, ENDPOINTS } from '#test/builders/index.ts';

/** Everything that speaks against it, as `path: reason`. */
function problemsOf(written: unknown): string[] {
  const judged = judgePlaybook(written, ENDPOINTS);
  return judged.kind === 'sound' ? [] : judged.problems.map(({ path, reason }) => `${path.join('.')}: ${reason}`);
}

describe('judging a playbook', () => {
  it('[D63] takes one of each kind: id, name, endpoint or document, payload, timeout, success check, description and undo', () => {
    const undo = { endpoint: 'jobs:/jobs/{job}/runs/{key}', method: 'DELETE' } as const;
    expect(problemsOf(anApiCall({ reversibility: 'reversible', undo, timeoutSeconds: 5 }))).toEqual([]);
    const again = { document: 'Acme-RestartUnit', arguments: { Unit: '{unit}' } };
    expect(problemsOf(anSsmDocument({ reversibility: 'reversible', undo: again, version: '3' }))).toEqual([]);
    expect(problemsOf(anSsmParameter())).toEqual([]);
    const unknown = 'is not a parameter: declare it under parameters or correct the name';
    expect(problemsOf(anSsmDocument({ arguments: { Unit: '{unit}', Of: '{of}' } }))).toEqual([
      `arguments: {of} ${unknown}`,
    ]);
  });

  it('refuses what it does not know: a key, a kind, a class', () => {
    expect(problemsOf({ ...anApiCall(), comand: 'rm -rf /' })[0]).toContain('comand');
    expect(problemsOf({ ...anApiCall(), kind: 'shell_command', command: 'rm -rf /' })[0]).toMatch(/^kind: /);
    expect(problemsOf({ ...anApiCall(), when: { classes: ['bad_luck'] } })[0]).toMatch(/^when\.classes\.0: /);
    for (const nothing of [null, [], 'text', 7]) expect(problemsOf(nothing)).toHaveLength(1);
  });

  it('refuses a parameter that nobody declared, wherever it stands, and one that stands nowhere', () => {
    expect(problemsOf(anApiCall({ payload: { deep: ['{jb}'] } }))).toEqual([
      'payload: {jb} is not a parameter: declare it under parameters or correct the name',
    ]);
    expect(
      problemsOf(anSsmDocument({ undo: { document: 'Acme-X', arguments: { A: '{b}' } }, reversibility: 'reversible' })),
    ).toEqual(['undo.arguments: {b} is not a parameter: declare it under parameters or correct the name']);
    expect(
      problemsOf(
        anApiCall({ observe: { endpoint: 'jobs:/a', done: { field: 'a', in: ['{c}'] }, before: { status: [404] } } }),
      ),
    ).toEqual(['observe.done: {c} is not a parameter: declare it under parameters or correct the name']);
    expect(problemsOf(anSsmParameter({ parameters: { idle: { type: 'boolean' } } }))).toEqual([
      'parameters.idle: {idle} is not used: use it or leave it out',
    ]);
    expect(problemsOf(anApiCall({ parameters: { job: { type: 'integer' }, key: { type: 'integer' } } }))).toEqual([
      'parameters.key: the name is built in: choose another',
    ]);
  });

  it.each([
    [{ type: 'integer', minimum: 5, maximum: 4 }, 'minimum 5 is above maximum 4'],
    [{ type: 'integer', minimum: 1.2, maximum: 1.8 }, 'no whole number'],
    [{ type: 'integer', enum: [1, 'two'] }, 'the enum contains "two"'],
    [{ type: 'string', enum: ['abc'], maxLength: 2 }, 'the enum contains "abc"'],
    [{ type: 'string', minLength: 3, maxLength: 2, enum: ['abc'] }, 'minLength is above maxLength'],
    [{ type: 'string', value: 'ABC', pattern: '[a-z]+' }, 'the value "ABC" does not fit'],
    [{ type: 'boolean', value: 'yes' }, 'the value "yes" does not fit'],
    [{ type: 'string' }, 'free text is not allowed'],
    [{ type: 'string', pattern: '(a+)+' }, 'may be slow'],
    [{ type: 'string', pattern: '[a-' }, 'does not compile'],
    [{ type: 'boolean', minimum: 1 }, 'do not go with the type boolean'],
    [{ type: 'number', pattern: '1' }, 'do not go with the type number'],
    [{ type: 'integer', from: 'service' }, 'is a string'],
    [{ type: 'string', from: 'service', value: 'x' }, 'not both'],
  ] as const)('refuses the schema %j that no value or any text can satisfy', (spec, reason) => {
    const problems = problemsOf({ ...anApiCall(), parameters: { job: spec } });
    expect(problems.join('\n')).toContain(reason);
    expect(problems[0]).toMatch(/^parameters\.job: /);
  });

  it('refuses what cannot be read back, unless repeating it does no harm', () => {
    const { observe: _, ...blind } = anApiCall();
    expect(problemsOf(blind)[0]).toContain('its effect cannot be read back: add observe');
    expect(problemsOf({ ...blind, idempotent: true })).toEqual([]);
  });

  it('holds reversibility, undo and risk together', () => {
    expect(problemsOf(anApiCall({ reversibility: 'reversible' }))[0]).toContain('has no undo');
    expect(problemsOf(anApiCall({ undo: { endpoint: 'jobs:/x', method: 'DELETE' } }))[0]).toContain('set reversible');
    expect(problemsOf(anApiCall({ reversibility: 'irreversible' }))[0]).toContain('must not have low risk');
    expect(problemsOf(anSsmParameter({ reversibility: 'transient' }))[0]).toContain('set reversible');
    expect(problemsOf(anSsmParameter({ to: 'off' }))[0]).toContain('nothing is switched');
  });

  it('takes documents of the own account only', () => {
    for (const document of ['AWS-RunShellScript', 'aws-anything', 'AmazonCloudWatch-ManageAgent']) {
      expect(problemsOf(anSsmDocument({ document }))[0]).toContain('is a document of AWS');
    }
    expect(problemsOf(anSsmDocument({ document: 'arn:aws:ssm:us-east-1:123456789012:document/Other' }))).toHaveLength(
      1,
    );
  });

  it('refuses a call whose host a value could choose, and one that no allowed endpoint covers', () => {
    for (const endpoint of ['https://{job}.example.com/', '{job}:/x', 'https://jobs.example.com{job}/api/']) {
      expect(problemsOf(anApiCall({ endpoint }))[0]).toBe(
        'endpoint: the host contains a parameter: write the host out',
      );
    }
    expect(problemsOf(anApiCall({ endpoint: 'https://other.example.com/{job}' }))[0]).toContain(
      'not in http.allowedEndpoints',
    );
    expect(problemsOf(anApiCall({ endpoint: 'elsewhere:/{job}' }))[0]).toContain('add it there with its address');
  });
});
