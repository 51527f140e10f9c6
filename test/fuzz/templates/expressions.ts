/** A text that a template makes of intrinsics. */
export type TextExpression =
  | { kind: 'literal'; text: string }
  | { kind: 'ref'; name: string }
  | { kind: 'attribute'; resource: string; attribute: string; short: boolean }
  | { kind: 'join'; separator: string; parts: readonly TextExpression[] }
  | { kind: 'join-split'; separator: string; parts: readonly string[]; by: string }
  | { kind: 'sub'; pieces: readonly SubPiece[] }
  | { kind: 'select'; index: number; asText: boolean; items: readonly TextExpression[] }
  | { kind: 'if'; condition: string; yes: TextExpression; no: TextExpression }
  | { kind: 'map'; second: TextExpression; map: string; first: string }
  | { kind: 'import'; exported: string }
  | { kind: 'base64'; text: TextExpression };

export type SubPiece =
  | { kind: 'text'; text: string }
  | { kind: 'name'; name: string }
  | { kind: 'attribute'; resource: string; attribute: string }
  | { kind: 'variable'; value: TextExpression }
  | { kind: 'escaped'; text: string };

/** Any value of a property; `nothing` is `AWS::NoValue`. */
export type ValueExpression =
  | { kind: 'text'; text: TextExpression }
  | { kind: 'plain'; value: number | boolean }
  | { kind: 'list'; items: readonly ValueExpression[] }
  | { kind: 'object'; fields: readonly (readonly [string, ValueExpression])[] }
  | { kind: 'choice'; condition: string; yes: ValueExpression; no: ValueExpression }
  | { kind: 'nothing' };

/** What the names mean. */
export interface Meanings {
  ref(name: string): string;
  attribute(resource: string, attribute: string): string;
  condition(name: string): boolean;
  mapped(map: string, first: string, second: string): string;
  imported(name: string): string;
}

export const NOTHING = Symbol('AWS::NoValue');

/** How a template writes it. */
export function written(expression: TextExpression): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.text;
    case 'ref':
      return { Ref: expression.name };
    case 'attribute': {
      const { resource, attribute, short } = expression;
      return { 'Fn::GetAtt': short ? `${resource}.${attribute}` : [resource, attribute] };
    }
    case 'join':
      return { 'Fn::Join': [expression.separator, expression.parts.map(written)] };
    case 'join-split': {
      const { separator, parts, by } = expression;
      return { 'Fn::Join': [separator, { 'Fn::Split': [by, parts.join(by)] }] };
    }
    case 'sub':
      return writtenSub(expression.pieces);
    case 'select': {
      const { index, asText, items } = expression;
      return { 'Fn::Select': [asText ? String(index) : index, items.map(written)] };
    }
    case 'if':
      return { 'Fn::If': [expression.condition, written(expression.yes), written(expression.no)] };
    case 'map':
      return { 'Fn::FindInMap': [expression.map, expression.first, written(expression.second)] };
    case 'import':
      return { 'Fn::ImportValue': expression.exported };
    case 'base64':
      return { 'Fn::Base64': written(expression.text) };
  }
}

function writtenSub(pieces: readonly SubPiece[]): unknown {
  const variables: Record<string, unknown> = {};
  const text = pieces.map((piece, index) => {
    if (piece.kind === 'text') return piece.text;
    if (piece.kind === 'escaped') return `$\{!${piece.text}}`;
    if (piece.kind === 'name') return `$\{${piece.name}}`;
    if (piece.kind === 'attribute') return `$\{${piece.resource}.${piece.attribute}}`;
    variables[`Own${index}`] = written(piece.value);
    return `$\{Own${index}}`;
  });
  const template = text.join('');
  return { 'Fn::Sub': Object.keys(variables).length === 0 ? template : [template, variables] };
}

/** What it means, after the CloudFormation user guide's "Intrinsic function reference". */
export function meaningOf(expression: TextExpression, meanings: Meanings): string {
  const inner = (each: TextExpression) => meaningOf(each, meanings);
  switch (expression.kind) {
    case 'literal':
      return expression.text;
    case 'ref':
      return meanings.ref(expression.name);
    case 'attribute':
      return meanings.attribute(expression.resource, expression.attribute);
    case 'join':
      return expression.parts.map(inner).join(expression.separator);
    case 'join-split':
      return expression.parts.join(expression.separator);
    case 'sub':
      return expression.pieces.map((piece) => meaningOfPiece(piece, meanings)).join('');
    case 'select':
      return inner(expression.items[expression.index]!);
    case 'if':
      return inner(meanings.condition(expression.condition) ? expression.yes : expression.no);
    case 'map':
      return meanings.mapped(expression.map, expression.first, inner(expression.second));
    case 'import':
      return meanings.imported(expression.exported);
    case 'base64':
      return Buffer.from(inner(expression.text)).toString('base64');
  }
}

function meaningOfPiece(piece: SubPiece, meanings: Meanings): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'escaped':
      return `$\{${piece.text}}`;
    case 'name':
      return meanings.ref(piece.name);
    case 'attribute':
      return meanings.attribute(piece.resource, piece.attribute);
    case 'variable':
      return meaningOf(piece.value, meanings);
  }
}

export function writtenValue(value: ValueExpression): unknown {
  switch (value.kind) {
    case 'text':
      return written(value.text);
    case 'plain':
      return value.value;
    case 'list':
      return value.items.map(writtenValue);
    case 'object':
      return Object.fromEntries(value.fields.map(([key, inner]) => [key, writtenValue(inner)]));
    case 'choice':
      return { 'Fn::If': [value.condition, writtenValue(value.yes), writtenValue(value.no)] };
    case 'nothing':
      return { Ref: 'AWS::NoValue' };
  }
}

/** The value, or `NOTHING` where the property or item goes away. */
export function meaningOfValue(value: ValueExpression, meanings: Meanings): unknown {
  const inner = (each: ValueExpression) => meaningOfValue(each, meanings);
  switch (value.kind) {
    case 'text':
      return meaningOf(value.text, meanings);
    case 'plain':
      return value.value;
    case 'list':
      return value.items.map(inner).filter((item) => item !== NOTHING);
    case 'object':
      return Object.fromEntries(
        value.fields.map(([key, each]) => [key, inner(each)] as const).filter(([, each]) => each !== NOTHING),
      );
    case 'choice':
      return inner(meanings.condition(value.condition) ? value.yes : value.no);
    case 'nothing':
      return NOTHING;
  }
}
