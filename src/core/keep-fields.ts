import { filledLines, type KeepWish, parameterLines, readParameterLines } from './keep.ts';

/** One field of the form in which a runbook is kept. */
export interface KeepField {
  name: keyof KeepWish;
  label: string;
  hint: string;
  /** Several lines may be written. */
  isLong: boolean;
  isRequired: boolean;
  /** More is no runbook's, and every surface's fields hold it. */
  charsMax: number;
}

/** The form in which a runbook is kept, the same on every surface. */
export const keepFields: readonly KeepField[] = [
  {
    ...{ name: 'name', label: 'Name', isLong: false, isRequired: true, charsMax: 60 },
    hint: 'Words with dashes. One that is kept already gets its next version.',
  },
  {
    ...{ name: 'title', label: 'Title', isLong: false, isRequired: true, charsMax: 80 },
    hint: 'What it is called in lists.',
  },
  {
    ...{ name: 'summary', label: 'What it does', isLong: true, isRequired: true, charsMax: 300 },
    hint: 'One sentence, above the script.',
  },
  {
    ...{ name: 'examples', label: 'How people ask for it', isLong: true, isRequired: true, charsMax: 2_000 },
    hint: 'One way a line, without the machine.',
  },
  {
    ...{
      name: 'parameters',
      label: 'What each request says itself',
      isLong: true,
      isRequired: false,
      charsMax: 1_000,
    },
    hint: 'name = value, one a line. Take a line away and the value stays fixed.',
  },
];

/** What stands in the fields at first. */
export const keepTexts = (wish: KeepWish): Record<keyof KeepWish, string> => ({
  ...wish,
  examples: wish.examples.join('\n'),
  parameters: parameterLines(wish.parameters),
});

/** What was filled in; a field that is missing or empty is empty. */
export const wishOf = (textOf: (name: keyof KeepWish) => string): KeepWish => ({
  name: textOf('name').trim(),
  title: textOf('title').trim(),
  summary: textOf('summary').trim(),
  examples: filledLines(textOf('examples')),
  parameters: readParameterLines(textOf('parameters')),
});
