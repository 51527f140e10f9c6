interface ExpressionContext {
  readonly attrNames?: Readonly<Record<string, string>>;
  readonly attrVals?: Readonly<Record<string, object>>;
  /** What no expression has used; the parser removes what this one uses. */
  readonly unusedAttrNames?: Record<string, boolean>;
  readonly unusedAttrVals?: Record<string, boolean>;
}
/** Returns a tree, or the text of an error; throws for an error of syntax. */
type Parse = (text: string, options: { readonly context: ExpressionContext }) => unknown;

export function remembering(parse: Parse): Parse;
export function rememberExpressions(): void;
