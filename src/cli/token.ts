import { createHash } from 'node:crypto';
import { randomToken } from '../system/data-files.ts';
import { ExitCode } from './exit-code.ts';
import { printJson } from './print-json.ts';

/** `nerdy token`: a new token of one person's, and its digest for nerdyops.yml. It is stored nowhere. */
export const tokenCommand = (options: { json: boolean }): ExitCode => {
  const token = randomToken();
  const digest = `sha256:${createHash('sha256').update(token).digest('hex')}`;
  if (options.json) printJson({ token, digest });
  else {
    console.log(`Your token, shown this once. Keep it to yourself, and set it as NERDY_TOKEN:\n  ${token}`);
    console.log(`\nFor nerdyops.yml, from whoever keeps it; the token can't be found from it:`);
    console.log(`  people:\n    <you>:\n      tokens: [${digest}]`);
  }
  return ExitCode.done;
};
