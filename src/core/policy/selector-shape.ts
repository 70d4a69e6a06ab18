import { z } from 'zod';
import { parseSelector, type Selector } from '../selector.ts';

/** Machines as the configuration names them, in the words of a request; "here" is nowhere in a file. */
export const selectorShape = z.string().transform((text, context): Selector => {
  const selector = parseSelector(text);
  if (selector && selector.kind !== 'here') return selector;
  const message = 'must name machines: "db1 and db2", "role=db env=prod", "web*", "all", "all linux"';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
