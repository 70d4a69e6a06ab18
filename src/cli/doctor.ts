import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import { examineSlack, type Finding } from '../slack/doctor.ts';
import { SystemClock } from '../system/system-clock.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

const manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });

/** `nerdy doctor slack`: what is missing between this server's settings and the app in Slack, and where it is put right. */
export const doctorSlackCommand = async (
  config: Pick<Config, 'slack'>,
  packageDir: string,
  log: Log,
  options: { json: boolean },
): Promise<ExitCode> => {
  const file = manifest.parse(parse(readFileSync(join(packageDir, 'manifest.yml'), 'utf8')));
  const findings = await examineSlack(config.slack, file.oauth_config.scopes.bot, {
    clock: new SystemClock(),
    log,
  });
  if (options.json) printJson(findings);
  else for (const finding of findings) console.log(lineOf(finding));
  const isWell = findings.every(({ ok }) => ok);
  if (isWell && !options.json) {
    console.log(
      '\nEvents can not be seen with these tokens. If a mention gets no answer, compare Features, Event Subscriptions with manifest.yml, and invite the app into the channel.',
    );
  }
  return isWell ? ExitCode.done : ExitCode.endedBadly;
};

const lineOf = (finding: Finding): string =>
  finding.ok
    ? `${paint.green('✓')} ${plain(finding.words)}`
    : `${paint.red('✗')} ${plain(finding.sentence.text)}`;
