import { describe, expect, it } from 'vitest';
import { redact } from '../src/redact.ts';

const TOKEN = ['q7Zr2kVx9', 'Lm4Tb8Wd'].join('');
const PASSWORD = ['Kettle', '42!x'].join('');
const HEX = ['9f3c1ab8', '70de4421', 'c05a77e9', '1b6d2f38'].join('');

/** The same name and value as programs, files and people write them. */
const SECRETS: readonly (readonly [form: string, text: string, secret: string])[] = [
  ['an aligned list', `ApiToken             : ${TOKEN}`, TOKEN],
  ['a declaration with a type', `  let apiToken: String = "${TOKEN}"`, TOKEN],
  ['an element with attributes', `<ns2:ApiToken xsi:type="xsd:string">${TOKEN}</ns2:ApiToken>`, TOKEN],
  ['an element around a section of text', `<apiToken><![CDATA[${TOKEN}]]></apiToken>`, TOKEN],
  ['an entry named by an attribute', `<entry key="api.token">${TOKEN}</entry>`, TOKEN],
  ['a property list', `<key>ApiToken</key><string>${TOKEN}</string>`, TOKEN],
  ['a property list of two lines', `\t<key>apiToken</key>\n\t<string>${TOKEN}</string>`, TOKEN],
  ['an option with one dash', `Connect-Shop -ApiToken ${TOKEN} -Region eu`, TOKEN],
  ['a tuple', `{api_token,<<"${TOKEN}">>},`, TOKEN],
  ['a pair of symbols', `((region . "eu-1") (api-token . "${TOKEN}"))`, TOKEN],
  ['a variable of a pipeline', `##vso[task.setvariable variable=apiToken;isOutput=true]${TOKEN}`, TOKEN],
  ['an output of a step', `::set-output name=db_password::hfjvqjmowf`, 'hfjvqjmowf'],
  ['a dump of PHP', `  ["api_token"]=>\n  string(17) "${TOKEN}"`, TOKEN],
  ['a pretty structure of Rust', `    api_token: Some(\n        "${TOKEN}",\n    ),`, TOKEN],
  ['a property with its value below', `Property: shop.api-token\n    Value: "${TOKEN}"`, TOKEN],
  ['a sentence with words between', `The api token for shop was set to "${TOKEN}".`, TOKEN],
  ['a heading with words between', `Password for user shop: ${PASSWORD}`, PASSWORD],
  ['a tab', `api token\t${TOKEN}`, TOKEN],
  ['a record of a database', ` id       | 3\n password | ${PASSWORD}`, PASSWORD],
  ['a table of a database', `+--+----------+\n| id | password |\n+--+----------+\n| 3 | ${PASSWORD} |`, PASSWORD],
  ['a table without lines', `NAME   API_TOKEN   AGE\nshop   ${TOKEN}   3d`, TOKEN],
  ['a file of values', `user,password\nshop,${PASSWORD}`, PASSWORD],
  ['an inserted row', `INSERT INTO users (name, password, age) VALUES ('shop', '${PASSWORD}', 3);`, PASSWORD],
  ['a key with an owner as an option', `deployctl push --quantrix-key ${HEX}`, HEX],
  ['a key with an owner in a call', `os.environ.setdefault("QUANTRIX_KEY", "${TOKEN}")`, TOKEN],
  ['any name before a token', `{:host "a.example.com" :quantrix "${HEX}"}`, HEX],
  ['any variable of an image', `Step 4/9 : ENV QUANTRIX ${HEX}`, HEX],
  ['a setting with a dotted name', `helm upgrade shop ./chart --set config.quantrixKey=${TOKEN}`, TOKEN],
  ['a variable of an image', `Step 4/9 : ENV DB_PASS ${TOKEN}`, TOKEN],
  ['a listed key', `- name: QUANTRIX_KEY\n  value: ${TOKEN}`, TOKEN],
  ['a key that looks like an id', `"key": "${HEX.slice(0, 8)}-70de-4421-c05a-77e91b6d2f38"`, '77e91b6d2f38'],
  ['parts joined by dots', `got 3rJs4bcHtl.Yt6HZS_0FTQpB5ILYhQ6RXJSEa-hTpEq here`, 'Yt6HZS_0FTQpB5ILYhQ6RXJSEa'],
  ['a phrase in quotes', `passphrase: "copper winter magnet violin"`, 'copper winter'],
  ['a phrase of three words in a setting', `PASSPHRASE=copper-winter-magnet`, 'copper-winter'],
  ['a short password of letters', `stringData:\n  password: qzvxwjk`, 'qzvxwjk'],
  ['a command that passes it on', `echo "${PASSWORD}" | docker login -u shop --password-stdin`, PASSWORD],
];

const HARMLESS: readonly (readonly [what: string, text: string])[] = [
  [
    'the messages of a container named after passwords',
    'htpasswdgen.1 | Received signal: terminated\nforego | sending SIGTERM',
  ],
  ['the rows of an ordinary table', '| id | name |\n+----+------+\n| 3 | Kettle42 |'],
  ['the version of a module', 'go: downloading github.com/acme/seed v0.0.0-20170313163322-e2103e2c3529'],
  ['the key of a cache', 'Requested Key : wrapper-zips-7ad57f1e20362aa7cc8686e9a915d965'],
  ['a machine that a flag of one letter names', `systemd-nspawn -q -M ${HEX} -D /var/lib/mock`],
  ['a sentence in quotes', 'password: "must be at least eight characters"'],
  ['a way to sign in', 'password: bcrypt'],
  ['a test that passed', '--- PASS: TestBasicAuth401WithCustomRealm (0.00s)'],
  ['a link', '<a href="/reset-password">Forgotten</a>'],
  ['an inserted row without secrets', "INSERT INTO users (name, age) VALUES ('Kettle42x', 3);"],
];

describe('a secret with a name', () => {
  it.each(SECRETS)('is redacted in %s', (_, text, secret) => {
    const lines = redact(`FAIL src/cart.test.ts\n${text}\nadded 812 packages`).text;
    expect(lines).not.toContain(secret.slice(0, 8));
    expect(lines.split('\n').at(-1)).toBe('added 812 packages');
  });

  it.each(HARMLESS)('is not seen in %s', (_, text) => {
    expect(redact(text).text).toBe(text);
  });
});
