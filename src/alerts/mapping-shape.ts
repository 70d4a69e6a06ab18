import { z } from 'zod';
import { expressionProblem } from './expression.ts';
import { mappingCharsMax, mappingsMax } from './limits.ts';

const expression = z
  .string()
  .min(1)
  .max(mappingCharsMax)
  .superRefine((text, context) => {
    const problem = expressionProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** How a payload of one's own becomes alerts: JSONata (https://docs.jsonata.org) for each field. */
const mapping = z.strictObject({
  /** Gives the list of things that each become an alert; without it the payload is one. */
  each: expression.optional(),
  key: expression,
  title: expression,
  /** Gives firing, acknowledged or resolved, or a word that means one of them; without it all fire. */
  status: expression.optional(),
  group: expression.optional(),
  summary: expression.optional(),
  severity: expression.optional(),
  startsAt: expression.optional(),
  endsAt: expression.optional(),
  labels: expression.optional(),
  annotations: expression.optional(),
  /** A name, an address, or a list of them. */
  machine: expression.optional(),
  link: expression.optional(),
  value: expression.optional(),
});

/** `mappings` in nerdyops.yml: each by the name that `nerdy hooks add generic --mapping` takes. */
export const mappingsShape = z
  .record(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be a name of letters, digits, - and _'), mapping)
  .refine((all) => Object.keys(all).length <= mappingsMax, `are more than ${mappingsMax}`);

export type Mapping = z.infer<typeof mapping>;
export type Mappings = Readonly<Record<string, Mapping>>;
