/** Key of the announcement that a person has to take over, by which a channel is told once of an attempt: by the workflow, and by people. */
export const handOverKey = ({ attempt }: { readonly attempt: number }, isAsked: boolean): string =>
  `${isAsked ? 'asked' : 'escalated'}#${attempt}`;
