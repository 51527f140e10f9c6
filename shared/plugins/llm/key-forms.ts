/** Forms of keys by who issues them, so that a key is neither sent to somebody else nor deployed. More exact forms come first. */
const KEY_FORMS: readonly (readonly [owner: string, form: RegExp])[] = [
  ['Anthropic', /^sk-ant-/],
  ['OpenRouter', /^sk-or-/],
  ['OpenAI', /^sk-/],
  ['Google', /^AIza[\w-]{20,}$/],
  ['Groq', /^gsk_/],
  ['Hugging Face', /^hf_/],
  ['xAI', /^xai-/],
  ['Perplexity', /^pplx-/],
  ['Replicate', /^r8_/],
  ['NVIDIA', /^nvapi-/],
  ['GitHub', /^(?:gh[opsur]_|github_pat_)/],
  ['AWS', /^(?:A[KS]IA[0-9A-Z]{16}$|ABSK)/],
];

/** Who issues keys of this form; null when nobody known does. */
export const keyOwner = (key: string): string | null =>
  KEY_FORMS.find(([, form]) => form.test(key.trim()))?.[0] ?? null;

/** Whether a text is rather a key than the name of a secret or of a model: a known form, or one long word in which digits stand among letters. */
export function looksLikeKey(text: string): boolean {
  const word = text.trim();
  if (keyOwner(word) !== null) return true;
  return /^[A-Za-z0-9+=_]{32,}$/.test(word) && (word.match(/\d+/g) ?? []).length > 3;
}
