/** What stands where a secret was. @param what "AWS access key", "password": nothing of the secret itself. */
export const maskOf = (what: string): string => `${beginning}${what}]`;

/** True for a text out of which something was taken, or that somebody has written so. */
export const holdsMask = (text: string): boolean => text.includes(beginning);

const beginning = '[redacted: ';
