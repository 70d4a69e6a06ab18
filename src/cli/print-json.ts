/**
 * Prints a value as one line of JSON. What a terminal might obey is written as JSON's own escapes: the value is the
 * same to a program, and no more than text to a terminal.
 */
export const printJson = (value: unknown): void => console.log(jsonLine(value));

const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(controls, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * JSON escapes the C0 controls itself; DEL and the C1 controls, among them an escape sequence's start, it doesn't, nor
 * what turns the reading direction or can't be seen.
 */
const controls = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;
