import { type CodeNode, fieldOf, namedChildren, walk } from './code-node.ts';
import {
  functionAround,
  holdsStatements,
  isFunction,
  isFunctionBody,
  namesIn,
  shown,
  tokensOf,
  type Use,
  use,
} from './code-shape.ts';
import { type ContentProfile, words } from './profile.ts';

/** Words in names of permissions, protection and secrets. */
const PROTECTED = words(
  `auth authn authz authenticate authenticated authentication authenticator authorize authorized authorise authorised authorization authorizer admin admins administrator
  superuser role roles permission permissions permit permitted privilege privileges acl rbac login logon signin password passwords passwd passphrase pwd secret secrets
  token tokens credential credentials apikey jwt jwts hmac csrf xsrf cors tls ssl https cert certs certificate certificates cipher encrypt encrypted decrypt nonce salt bearer
  cookie cookies session sessions headers sanitize sanitizer sanitized sanitise escape htmlspecialchars htmlentities unsafe insecure forbidden unauthorized captcha otp totp mfa
  sso oauth saml allowlist whitelist denylist blocklist firewall trusted untrusted`,
);
const PAIRS = words(
  'api_key private_key access_key secret_key signing_key client_secret current_user http_only same_site strict_types owner_id',
);
/** After one of these the next word is harmless: the next token of a parser, the last session. */
const OTHER_THING = words(
  'cancellation next peek lex syntax page continuation current prev last previous first aria escape',
);
const SECRETS = /^(?:password|passwords|passwd|passphrase|pwd|secret|secrets|token|credential|credentials|apikey|jwt)$/;
const LEXER = /lexer|tokeni[sz]e|parser|grammar|syntaxtree/i;
const DATABASE_SESSION = /\bsession\s*\.\s*(?:commit|rollback|query|execute|flush|add)\b|sqlalchemy/;
const IN_TEXT = /^(?:\/?(?:admin|root|superuser)\b.*|authorization|access-control-\S+|password|secret|token|csrf\S*)$/i;
const REFUSALS = /^(?:401|403)$/;
const EXITS = /return|throw|raise|abort|halt|exit|panic|continue|break|head/;
/** Parts that are meaningful by themselves: an entry of an object, a field, an expression in a page. */
const PARTS = words(
  'pair keyed_element field_declaration public_field_definition jsx_expression jsx_attribute property_element hash_splat_argument const_element',
);
const CLASSES = /class|interface|^module$|struct|trait|impl_item|enum|namespace|internal_module|record/;
const TYPES = /type_annotation|interface_declaration|type_alias|type_arguments|return_type|type_parameters/;
const WHY = 'It would change code that decides who may do what, or that holds a secret';

/**
 * Statements and functions that protect something, each keyed by its tokens, so that a changed one is new. A person
 * looks at new and removed ones.
 */
export function protectedUses(root: CodeNode, profile: ContentProfile): Use[] {
  const units = protectedUnits(root, profile);
  const constants = constantsOf(root);
  const uses: Use[] = [];
  for (const [unit, { name, text }] of units) {
    uses.push(use(`protected ${text}`, unit, `${WHY}: ${shown(name)}.`));
    if (/^if|unless|guard/.test(unit.type) && EXITS.test(text)) uses.push(...aheadOf(unit, profile));
    for (const leaf of namesIn(unit, profile)) {
      const constant = constants.get(leaf.text);
      if (constant === undefined) continue;
      uses.push(use(`protected ${tokensOf(constant, profile)}`, constant, `${WHY}: ${shown(leaf.text)}.`));
    }
  }
  return uses;
}

function protectedUnits(root: CodeNode, profile: ContentProfile): Map<CodeNode, { name: string; text: string }> {
  const isLexer = [...namesIn(root, profile)].some(({ text }) => LEXER.test(text));
  const isDatabase = DATABASE_SESSION.test(root.text);
  const units = new Map<CodeNode, { name: string; text: string }>();
  const leaves = [...walk(root)].filter(({ children }) => children.length === 0);
  const isOpen = (leaf: CodeNode) =>
    isMention(leaf) && !(isLexer && /token/i.test(leaf.text)) && !(isDatabase && /session/i.test(leaf.text));
  const mentions = leaves.filter(isOpen);
  const holds = mentions.some((leaf) => SECRETS.test(wordsOf(leaf.text).at(-1) ?? '') && isField(leaf));
  const wholes = holds ? leaves.filter((leaf) => isWholeObject(leaf)) : [];
  for (const leaf of [...mentions, ...wholes]) {
    const unit = unitOf(leaf, profile);
    if (unit === null || units.has(unit)) continue;
    const isNamed = isFunction(unit) || leaf.field === 'name' || leaf.parent?.field === 'name';
    const isLeft = (node: CodeNode) =>
      (node.field === 'body' && node.parent !== null && CLASSES.test(node.parent.type)) ||
      (!isNamed && isFunctionBody(node) && profile.bodies.has(node.type));
    units.set(unit, { name: leaf.text, text: tokensOf(unit, profile, isLeft) });
  }
  return units;
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

function isMention({ type, text, parent, named }: CodeNode): boolean {
  if (!named || parent === null || /comment|type_identifier|predefined/.test(type)) return false;
  if (/string|fragment|content/.test(type)) return IN_TEXT.test(text.replace(/^["'`]|["'`]$/g, ''));
  if (REFUSALS.test(text)) return true;
  if (!/identifier|name|constant|variable|symbol|^this$/.test(type) || parent.type === 'jsx_attribute') return false;
  const said = wordsOf(text);
  return said.some((word, at) => {
    const before = said[at - 1] ?? '';
    return (PROTECTED.has(word) && !OTHER_THING.has(before)) || PAIRS.has(`${before}_${word}`);
  });
}

const isField = ({ parent }: CodeNode): boolean =>
  /field|property|parameter|declarator|assignment|attribute|member|const/.test(parent?.type ?? '');

/** The object itself (`this`, `self`), passed on with every field, secrets included. */
function isWholeObject(leaf: CodeNode): boolean {
  const around = leaf.parent?.type === 'unary_expression' ? leaf.parent.parent : leaf.parent;
  if (around === null || !/^argument/.test(around?.type ?? '')) return false;
  if (/^(?:this|self|\$this)$/.test(leaf.text)) return true;
  const method = functionAround(leaf);
  const receiver = method === null ? null : fieldOf(method, 'receiver');
  return receiver !== null && [...walk(receiver)].some(({ field, text }) => field === 'name' && text === leaf.text);
}

/** The smallest statement, definition or part around the leaf; the whole function when that is its return value. */
function unitOf(leaf: CodeNode, profile: ContentProfile): CodeNode | null {
  let at = leaf;
  for (let parent = at.parent; parent !== null; parent = at.parent) {
    if (TYPES.test(at.type) || /^(?:import|use)_|_import|^package/.test(at.type)) return null;
    if (PARTS.has(at.type) || holdsStatements(parent, profile) || parent.parent === null) break;
    at = parent;
  }
  const isAnswer =
    /^return/.test(at.type) ||
    (profile.tailsAnswer === true &&
      at.parent !== null &&
      isFunctionBody(at.parent) &&
      namedChildren(at.parent).at(-1) === at);
  return isAnswer ? (functionAround(at) ?? at) : at;
}

/** What runs before a check: it could return early, or do what the check should prevent. */
function aheadOf(guard: CodeNode, profile: ContentProfile): Use[] {
  const siblings = guard.parent?.children ?? [];
  return siblings
    .slice(0, siblings.indexOf(guard))
    .filter(({ named, type }) => named && !/comment|declaration|assignment|let_/.test(type))
    .map((one) => use(`ahead ${tokensOf(one, profile)}`, one, 'It would run code before a protecting check.'));
}

/** Declarations outside of functions, by their names. */
function constantsOf(root: CodeNode): Map<string, CodeNode> {
  const found = new Map<string, CodeNode>();
  for (const node of walk(root)) {
    const name =
      fieldOf(node, 'name') ??
      (/^assignment/.test(node.type) ? fieldOf(node, 'left') : null) ??
      (node.type === 'const_element' ? namedChildren(node)[0] : null);
    if (
      name === null ||
      name === undefined ||
      isFunction(node) ||
      CLASSES.test(node.type) ||
      functionAround(node) !== null
    )
      continue;
    if (/declarator|const|static_item|assignment|var_spec|property_element/.test(node.type)) found.set(name.text, node);
  }
  return found;
}
