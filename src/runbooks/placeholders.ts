/** A parameter in a script, `{{service}}`. Go templates like `{{.Names}}` are not touched. */
const inScript = /\{\{\s*([a-z][\w-]*)\s*\}\}/gi;
/** A parameter in an example, `{service}`. */
export const inExample = /\{([a-z][\w-]*)\}/gi;

/** Names of the parameters of a script by where they stand in it. */
export const parameterPlaces = (text: string): Map<number, string> =>
  new Map([...text.matchAll(inScript)].map((m) => [m.index, m[1] ?? '']));

/** Names of the parameters that a script uses. */
export const scriptParameters = (text: string): string[] => [
  ...new Set([...text.matchAll(inScript)].map((m) => m[1] ?? '')),
];

/** Replaces every parameter at once, so that a value that looks like a parameter stays a value. */
export const replaceParameters = (text: string, valueFor: (name: string) => string): string =>
  text.replace(inScript, (_, name: string) => valueFor(name));

/** Matches a parameter's whole value. */
export const parameterPattern = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
