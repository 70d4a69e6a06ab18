import type { Config } from '../config.ts';
import { diagnoseDiscord } from '../discord/doctor.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

/** `nerdy doctor discord`: what is missing between this server's settings and the bot in Discord, and where it is put right. */
export const doctorDiscordCommand = async (
  { discord }: Pick<Config, 'discord'>,
  options: { json: boolean },
): Promise<ExitCode> => {
  const findings = await diagnoseDiscord(discord);
  if (options.json) printJson(findings);
  else
    for (const finding of findings)
      console.log(
        finding.ok
          ? `${paint.green('✓')} ${plain(finding.words)}`
          : `${paint.red('✗')} ${plain(finding.sentence.text)}`,
      );
  return findings.every(({ ok }) => ok) ? ExitCode.done : ExitCode.endedBadly;
};
