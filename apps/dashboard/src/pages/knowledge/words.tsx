import { FAMILY_OF } from '@selfheal/kernel/failure-family.ts';
import { useQuery } from '@tanstack/react-query';
import { api, contentOf } from '../../api/client.ts';
import { classWords, type Tone } from '../../ui/words.ts';
import type { PatternSummary } from './pattern-api.ts';

/** How much a pattern counts: it earns each stage by its outcomes. */
export const STAGES: Readonly<
  Record<PatternSummary['stage'], { readonly label: string; readonly tone: Tone; readonly meaning: string }>
> = {
  observe: { label: 'Observed', tone: 'none', meaning: 'It is counted, and shown to nobody.' },
  suggest: { label: 'Suggested', tone: 'info', meaning: 'People are told what helped.' },
  match: { label: 'Matched', tone: 'accent', meaning: 'A matching failure gets its class; a model is still asked.' },
  act: { label: 'Trusted', tone: 'good', meaning: 'A matching failure gets its class without asking a model.' },
};

/** `repository#7:acme/shop` as `acme/shop`, the ARN of an alarm as its name, `service#ledger` as `ledger`. */
export function scopeWords(scope: string): string {
  const [kind = '', rest = ''] = [scope.slice(0, scope.indexOf('#')), scope.slice(scope.indexOf('#') + 1)];
  if (kind === 'repository') return rest.slice(rest.indexOf(':') + 1);
  if (kind === 'alarm') return `${rest.split(':').slice(6).join(':')} (alarm)`;
  if (kind === 'service') return `${rest} (service)`;
  return scope;
}

/** Where there were incidents lately: each scope has knowledge of its own. */
export function useScopes() {
  return useQuery({
    queryKey: ['knowledge', 'scopes'],
    queryFn: async () => (await contentOf(await api.knowledge.scopes.$get())).scopes,
    staleTime: 30_000,
  });
}

const FAMILIES = [...Map.groupBy(Object.entries(FAMILY_OF), ([, family]) => family)];

/** The classes of failures, by family. */
export function ClassOptions() {
  return FAMILIES.map(([family, classes]) => (
    <optgroup key={family} label={classWords(family)}>
      {classes.map(([name]) => (
        <option key={name} value={name}>
          {classWords(name)}
        </option>
      ))}
    </optgroup>
  ));
}
