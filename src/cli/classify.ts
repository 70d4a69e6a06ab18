import { createInterface } from 'node:readline';
import { z } from 'zod';
import { classify } from '../core/risk/classify.ts';
import { Interpreter } from '../core/script.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { printJson } from './print-json.ts';
import { badgeLine, reasonLines } from './render-risk.ts';

const shell = z.enum(Interpreter);
const row = z.object({ shell, script: z.string() });

/** `nerdy classify`: what the script on stdin would do, line by line. Nothing runs and nothing is stored. */
export const classifyCommand = async (
  input: NodeJS.ReadableStream,
  options: { shell: string; json: boolean },
): Promise<ExitCode> => {
  const interpreter = shell.safeParse(options.shell);
  if (!interpreter.success)
    throw new CliError(`--shell must be one of ${Object.values(Interpreter).join(', ')}.`, ExitCode.usage);
  const pieces: Buffer[] = [];
  for await (const piece of input) pieces.push(Buffer.from(piece));
  const found = classify(interpreter.data, Buffer.concat(pieces).toString('utf8'));
  if (options.json) {
    printJson(found);
    return ExitCode.done;
  }
  console.log([badgeLine(found), ...reasonLines(found).map((line) => `  ${line}`)].join('\n'));
  return ExitCode.done;
};

/** `nerdy classify --jsonl`: a row for each row, in order; a row that can't be read gets its own error. */
export const classifyRows = async (input: NodeJS.ReadableStream): Promise<ExitCode> => {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') printJson(classifyRow(line));
  }
  return ExitCode.done;
};

const classifyRow = (line: string): object => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { error: 'the row is not JSON' };
  }
  const parsed = row.safeParse(value);
  if (!parsed.success) return { error: 'the row needs "shell" of bash or powershell, and "script"' };
  const { risk, effects, unparsed } = classify(parsed.data.shell, parsed.data.script);
  return { risk, effects, unparsed };
};
