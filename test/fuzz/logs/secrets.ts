import * as fc from 'fast-check';

/** How secrets of one provider look: `before` and `after` are what makes the rest a secret and need not be hidden. */
interface SecretShape {
  readonly kind: string;
  readonly before: string;
  readonly secret: fc.Arbitrary<string>;
  readonly after: string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS;
const HEX = '0123456789abcdef';

/** As long as said and always mixed enough to look random, however far it is shrunk. */
function random(length: number, alphabet = ALNUM): fc.Arbitrary<string> {
  const start = [...(alphabet === HEX ? '0a1b2c3d4e5f6789' : 'a1B2c3D4e5F6g7H8')]
    .map((char) => (alphabet.includes(char) ? char : char.toUpperCase()))
    .join('')
    .slice(0, length);
  return fc
    .array(fc.constantFrom(...alphabet), { minLength: length - start.length, maxLength: length - start.length })
    .map((rest) => start + rest.join(''));
}

/** A token that tells itself by its beginning, which is written in two parts so that no scanner takes this file for a leak. */
const token = (kind: string, prefix: readonly [string, string], body: fc.Arbitrary<string>): SecretShape => ({
  kind,
  before: '',
  secret: body.map((text) => prefix.join('') + text),
  after: '',
});
const within = (kind: string, before: string, secret: fc.Arbitrary<string>, after = ''): SecretShape => ({
  kind,
  before,
  secret,
  after,
});

/** Shapes that tell themselves wherever they stand. */
const TOKEN_SHAPES: readonly SecretShape[] = [
  ...['p', 'o', 'u', 's', 'r'].map((letter) => token('github-token', ['gh', `${letter}_`], random(36))),
  token('github-token', ['github_', 'pat_'], random(82)),
  token('gitlab-token', ['glp', 'at-'], random(20)),
  ...['AKI', 'ASI'].map((start) => token('aws-access-key', [start, 'A'], random(16, LOWER.toUpperCase() + DIGITS))),
  token('slack-token', ['xox', 'b-123456789012-'], random(24)),
  token('slack-token', ['xap', 'p-1-'], random(60)),
  token('stripe-key', ['sk_', 'live_'], random(24)),
  token('stripe-key', ['rk_', 'test_'], random(40)),
  token('npm-token', ['np', 'm_'], random(36)),
  token('pypi-token', ['pypi-', 'Ag'], random(80)),
  token('google-key', ['AI', 'za'], random(35)),
  token('google-key', ['ya', '29.'], random(60)),
  token('anthropic-key', ['sk-', 'ant-api03-'], random(80)),
  token('openai-key', ['sk-', 'proj-'], random(60)),
  token('openai-key', ['s', 'k-'], random(48)),
  token('model-key', ['h', 'f_'], random(34)),
  token(
    'sendgrid-key',
    ['S', 'G.'],
    fc.tuple(random(22), random(43)).map((parts) => parts.join('.')),
  ),
  token(
    'jwt',
    ['ey', 'J'],
    fc.tuple(random(20), random(30), random(43)).map(([a, b, c]) => `${a}.eyJ${b}.${c}`),
  ),
  token('digitalocean-token', ['dop', '_v1_'], random(64, HEX)),
  token('shop-token', ['shp', 'at_'], random(32, HEX)),
  token('databricks-token', ['da', 'pi'], random(32, HEX)),
  token(
    'grafana-token',
    ['gl', 'sa_'],
    fc.tuple(random(32), random(8, HEX)).map((parts) => parts.join('_')),
  ),
  token('registry-token', ['dckr', '_pat_'], random(27)),
  token('infrastructure-token', ['hv', 's.'], random(40)),
  token('telegram-token', ['1234567890', ':AA'], random(33)),
];

/** Shapes that are told by what stands around them. */
const PLACED_SHAPES: readonly SecretShape[] = [
  within('webhook-url', 'https://hooks.slack.com/services/', random(40)),
  within(
    'azure-key',
    'AccountName=shop;AccountKey=',
    random(86).map((text) => `${text}==`),
    ';Suffix=x',
  ),
  within('azure-key', 'https://shop.example.com/log?sv=2026&sig=', random(43), '&se=1'),
  within('presigned-url', 'https://s3.example.com/log?X-Amz-Signature=', random(64, HEX), '&x=1'),
  within('url-password', 'postgres://shop:', random(18), '@db.example.com:5432/shop'),
  within('url-token', 'https://', random(36), '@example.com/acme/shop.git'),
  within('authorization', 'Authorization: Bearer ', random(40)),
  within('authorization', 'authorization: basic ', random(32)),
  within('authorization', 'x-api-key: ', random(32)),
  within('assigned-secret', 'DB_PASSWORD=', random(14)),
  within('assigned-secret', 'password: "', random(14), '"'),
  within('assigned-secret', '"client_secret": "', random(32), '"'),
  within('assigned-secret', 'export API_KEY=', random(32)),
  within('assigned-secret', 'deploy --token ', random(32)),
  within('assigned-secret', 'aws_secret_access_key = ', random(40)),
];

export interface PlantedSecret {
  readonly kind: string;
  readonly secret: string;
  /** The secret with what stands right around it. */
  readonly text: string;
}

const ESC = String.fromCharCode(27);
/** What may stand right before a token in a log: blanks, quotes, marks, and the ends of escapes, which are letters and digits. */
const BEFORE = ['', ' ', '"', "'", '`', '=', ': ', '(', '[', ',', '/', '@', '|', '>', '\t', `${ESC}[31m`, '^[[33m'];
const ESCAPED_BEFORE = ['\\n', '\\t', '\\"', '%3D', '%22', '\\u0022', '\\x22', '&#34;', '&quot;'];
const AFTER = [
  '',
  ' ',
  '"',
  "'",
  '`',
  ',',
  ')',
  ']',
  ';',
  ' |',
  '<',
  `${ESC}[0m`,
  '^[[0m',
  '\\n',
  '\\"',
  '&x=1',
  '%22',
  '\r',
];

function planted(
  shape: SecretShape,
  surroundings: fc.Arbitrary<readonly [string, string]>,
): fc.Arbitrary<PlantedSecret> {
  return fc.tuple(shape.secret, surroundings).map(([secret, [before, after]]) => ({
    kind: shape.kind,
    secret,
    text: `${before}${shape.before}${secret}${shape.after}${after}`,
  }));
}

const around = fc.tuple(fc.constantFrom(...BEFORE, ...ESCAPED_BEFORE), fc.constantFrom(...AFTER));

/** A secret of any supported shape, somewhere in a line. */
export const plantedSecret: fc.Arbitrary<PlantedSecret> = fc
  .constantFrom(...TOKEN_SHAPES, ...PLACED_SHAPES)
  .chain((shape) => planted(shape, around));
