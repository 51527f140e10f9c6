import { resolve, type Scope, UnsupportedTemplate } from './intrinsics.ts';
import { isObject, listOf, objectOf } from './json.ts';

/** Evaluates a template's `Conditions` section, each condition once. `askedAt` is the place that refers to it. */
export function makeConditions(definitions: unknown, stack: string, scopeAt: (place: string) => Scope) {
  const known = new Map<string, boolean | 'open'>();

  const evaluate = (expression: unknown, scope: Scope): boolean => {
    const [entry, ...others] = Object.entries(objectOf(expression));
    if (entry === undefined || others.length > 0) throw unsupported(scope, JSON.stringify(expression));
    const [operator, argument] = entry;
    const operands = listOf(argument);
    switch (operator) {
      case 'Condition':
        return condition(String(argument), scope.place);
      case 'Fn::Equals':
        return String(operand(operands[0], scope)) === String(operand(operands[1], scope));
      case 'Fn::And':
        return operands.every((inner) => evaluate(inner, scope));
      case 'Fn::Or':
        return operands.some((inner) => evaluate(inner, scope));
      case 'Fn::Not':
        return !evaluate(operands[0], scope);
      default:
        throw unsupported(scope, operator);
    }
  };

  const operand = (value: unknown, scope: Scope): unknown => {
    const resolved = resolve(value, scope);
    return isObject(resolved) || Array.isArray(resolved) ? JSON.stringify(resolved) : resolved;
  };

  const condition = (name: string, askedAt: string): boolean => {
    const scope = scopeAt(`${stack}/Conditions/${name}`);
    const before = known.get(name);
    if (before === 'open') throw new UnsupportedTemplate(`${scope.place}: the condition refers to itself.`);
    if (before !== undefined) return before;
    const all = objectOf(definitions);
    if (!Object.hasOwn(all, name)) throw new UnsupportedTemplate(`${askedAt}: there is no such condition as ${name}.`);
    known.set(name, 'open');
    const value = evaluate(all[name], scope);
    known.set(name, value);
    return value;
  };

  return condition;
}

function unsupported(scope: Scope, what: string): UnsupportedTemplate {
  return new UnsupportedTemplate(`${scope.place}: the condition function ${what} is not supported.`);
}
