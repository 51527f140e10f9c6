import { describe, expect, it } from 'vitest';
import { redact } from '../src/redact.ts';

const PLAIN = ['winter', 'magnet'].join('-');
const ENCODED = Buffer.from(PLAIN).toString('base64');
const BINARY = Buffer.from([0xff, 0x00, 0x10, 0x80, 0x91, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0xf7, 0x08]).toString('base64');

const SECRETS: readonly (readonly [what: string, text: string])[] = [
  [
    'stringData under the kind',
    `kind: Secret\nmetadata:\n  name: shop\nstringData:\n  greeting: ${PLAIN}\ntype: Opaque`,
  ],
  ['stringData before the kind', `stringData:\n  greeting: "${PLAIN}"\nkind: Secret`],
  ['data under the kind', `apiVersion: v1\nkind: Secret\ndata:\n  greeting: ${ENCODED}\n  other.bin: ${BINARY}`],
  ['data before the kind, as kubectl prints it', `apiVersion: v1\ndata:\n  greeting: ${ENCODED}\nkind: Secret`],
  [
    'a value of several lines',
    `kind: Secret\nstringData:\n  app.ini: |\n    [shop]\n    b is ${PLAIN}\n  greeting: ${PLAIN}`,
  ],
  ['a diff', `+kind: Secret\n+stringData:\n+  greeting: ${PLAIN}\n+type: Opaque`],
  [
    'the output of a runner',
    `2026-11-20T12:00:00.1234567Z kind: Secret\n2026-11-20T12:00:01.1234567Z stringData:\n2026-11-20T12:00:02.1234567Z   greeting: ${PLAIN}`,
  ],
  ['a list', `items:\n- apiVersion: v1\n  kind: Secret\n  stringData:\n    greeting: ${PLAIN}\n  type: Opaque`],
  ['JSON in one line', `{"apiVersion":"v1","data":{"greeting":"${ENCODED}","b":"${BINARY}"},"kind":"Secret"}`],
  ['JSON inside of JSON', `{\\"kind\\":\\"Secret\\",\\"stringData\\":{\\"greeting\\":\\"${PLAIN}\\"}}`],
  ['JSON in several lines', `{\n  "kind": "Secret",\n  "data": {\n    "greeting": "${ENCODED}"\n  }\n}`],
  ['YAML in one line', `kind: Secret\nstringData: {greeting: ${PLAIN}, other: ${PLAIN}}`],
];

const HARMLESS: readonly (readonly [what: string, text: string])[] = [
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  greeting: winter-magnet\n  mode: production\n  a: dXNl'],
  ['a ConfigMap before its kind', 'apiVersion: v1\ndata:\n  username: username\n  level: info\nkind: ConfigMap'],
  ['references and masks', 'kind: Secret\nstringData:\n  a: {{ .Values.a }}\n  b: "***"\n  c: $C\n  d: <redacted>'],
  ['what follows a Secret', 'kind: Secret\nstringData:\n  a: ""\n---\nkind: Service\nspec:\n  type: winter-magnet'],
  ['the metadata of a Secret', 'kind: Secret\nmetadata:\n  name: winter-magnet\n  namespace: production\ntype: Opaque'],
  ['the object around it', 'kind: SealedSecret\nspec:\n  data:\n    a: winter-magnet'],
  ['data of a program', 'received data:\n  greeting: winter-magnet\ndata: winter-magnet'],
];

describe('a Secret of Kubernetes', () => {
  it.each(SECRETS)('keeps none of its values: %s', (_what, text) => {
    const { text: redacted } = redact(`FAIL deploy\n${text}\n---\nadded 812 packages`);
    for (const secret of [PLAIN, ENCODED, BINARY]) expect(redacted).not.toContain(secret);
    expect(redacted).toContain('greeting');
    expect(redacted).toMatch(/\nadded 812 packages$/);
    expect(redact(redacted).text).toBe(redacted);
  });

  it.each(HARMLESS)('is not seen in %s', (_what, text) => {
    expect(redact(text).text).toBe(text);
  });
});
