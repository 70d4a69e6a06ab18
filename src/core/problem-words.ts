import type { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
};

/** What is wrong with an input, in our words: a library's own change with its versions, and say little to people. */
export const problemWords = ({ issues }: z.ZodError): string =>
  `${issues.map((issue) => `${placeOf(issue)} ${wordsOf(issue)}`).join('; ')}.`;

const placeOf = ({ path }: z.core.$ZodIssue): string =>
  path.length === 0 ? 'the body' : `"${path.map(String).join('.')}"`;

const wordsOf = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.path.length > 0
        ? `must be there and be ${kinds[issue.expected] ?? `a ${issue.expected}`}`
        : `must be ${kinds[issue.expected] ?? `a ${issue.expected}`}`;
    case 'too_big':
      return `is more than ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `is less than ${issue.minimum}${unitOf(issue.origin)}`;
    case 'unrecognized_keys':
      return `has ${issue.keys.map((key) => `"${key}"`).join(' and ')}, which nothing here takes`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'custom':
      // A refinement's own words, which are ours.
      return issue.message;
    default:
      return 'is not of the form that is needed';
  }
};

const unitOf = (origin: string): string => {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
};
