import { describe, expect, it } from 'vitest';
import { describedOperations, exampleOf } from './api-bodies.ts';
import { anApi } from './api-rig.ts';

/** Words that only the library writes that reads the bodies. */
const FOREIGN = /Invalid input|Invalid option|Too small|Too big|received|undefined|Malformed/;

/** Every field refuses some of them. */
const STRANGE: readonly unknown[] = [{ strange: 1 }, [], [{}], 1.5, -1, 1e300, '', 'x'.repeat(5000), true, null];

const sent = (api: Awaited<ReturnType<typeof anApi>>, method: string, path: string, body: unknown) =>
  api.call(path, {
    method,
    as: 'viewer operator approver admin',
    headers: { 'content-type': 'application/json', 'if-match': path.includes('/quality/') ? '"1"' : '*' },
    body,
  });

describe('a body with a fault', () => {
  it('is answered with each required field that is left out, by its name and what it must be', async () => {
    const api = await anApi();
    const { operations, resolved } = await describedOperations(api);
    const wrong: string[] = [];
    let tried = 0;
    for (const { path, method, schema } of operations) {
      const whole = exampleOf(schema, resolved) as Record<string, unknown>;
      for (const name of schema.required ?? []) {
        const { [name]: _, ...rest } = whole;
        const { statusCode, json } = await sent(api, method, path, rest);
        tried += 1;
        const detail = String(json?.detail);
        if (statusCode === 403) continue;
        const says = detail.includes(`json.${name} is missing: it must be `);
        if (statusCode !== 400 || !says || FOREIGN.test(detail))
          wrong.push(`${method} ${path} without ${name}: ${statusCode} ${detail}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(40);
  });

  it('is answered with every required field where there is no body at all', async () => {
    const api = await anApi();
    const { operations } = await describedOperations(api);
    const wrong: string[] = [];
    for (const { path, method, schema } of operations) {
      const { statusCode, json } = await sent(api, method, path, undefined);
      if (statusCode === 403) continue;
      for (const name of schema.required ?? [])
        if (!String(json?.detail).includes(`json.${name} is missing`))
          wrong.push(`${method} ${path}: ${statusCode} ${json?.detail}`);
    }
    expect(wrong).toEqual([]);
  });

  it('is answered with the field that is missing where not even the form of a body is named', async () => {
    const api = await anApi();
    const { statusCode, json } = await api.call('/auth/refresh', { method: 'POST' });
    expect([statusCode, json?.detail]).toEqual([400, 'json.refreshToken is missing: it must be a text.']);
  });

  it('says of a replacement without a field what it must be, and that null takes the value away', async () => {
    const api = await anApi();
    const { json } = await sent(api, 'PUT', `/api/incidents/${api.incident.id}`, { title: 'Down', severity: null });
    expect(json?.detail).toBe(
      'json.assignee is missing: it must be a text, or null for none. json.notes is missing: it must be a text, or null for none.',
    );
    const whole = { title: 'Down', severity: null, assignee: null, notes: null };
    expect((await sent(api, 'PUT', `/api/incidents/${api.incident.id}`, whole)).statusCode).toBe(200);
  });

  it('is answered in words of its own for a value of another type, form or size', async () => {
    const api = await anApi();
    const { operations, resolved } = await describedOperations(api);
    const wrong: string[] = [];
    let tried = 0;
    for (const { path, method, schema } of operations) {
      const whole = exampleOf(schema, resolved) as Record<string, unknown>;
      for (const name of Object.keys(schema.properties ?? {}))
        for (const value of STRANGE) {
          const { statusCode, json } = await sent(api, method, path, { ...whole, [name]: value });
          tried += 1;
          const detail = String(json?.detail);
          if (statusCode === 400 && FOREIGN.test(detail)) wrong.push(`${method} ${path} ${name}: ${detail}`);
        }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(300);
  });

  it('is refused in a form other than JSON, with the header to send', async () => {
    const api = await anApi();
    const { statusCode, json } = await api.call('/api/incidents', {
      method: 'POST',
      as: 'operator',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { title: 'Cart is empty' },
    });
    expect([statusCode, json.detail]).toEqual([415, expect.stringContaining('content-type: application/json')]);
  });
});
