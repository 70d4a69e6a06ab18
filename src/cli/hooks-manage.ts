import { iso } from '../core/iso.ts';
import type { ShownHook } from '../http/hook-admin.ts';
import type { ApiClient } from './client.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { table } from './table.ts';

interface Printing {
  json: boolean;
}

/** `nerdy hooks list` */
export const listHooksCommand = async (client: ApiClient, { json }: Printing): Promise<ExitCode> => {
  const hooks = await client.hooks();
  if (json) printJson(hooks);
  else if (hooks.length === 0) {
    console.log('No alerts come in yet. Make an address for them with: npx nerdy hooks add alertmanager');
  } else {
    console.log(
      table(
        hooks.map((hook) => [
          hook.id,
          hook.source + (hook.mapping === null ? '' : ` (${hook.mapping})`),
          hook.home === null
            ? paint.dim('by the routes')
            : plain(`${hook.home.surface}:${hook.home.channel}`),
          hook.hasSecret ? 'with a secret' : paint.dim('no secret'),
          plain(`by ${hook.by.name}, ${iso(hook.createdAt).slice(0, 10)}`),
          plain(hook.topic ?? ''),
        ]),
      ),
    );
    for (const { id, warning } of hooks) {
      if (warning !== null) console.log(paint.yellow(plain(`${id}: ${warning}`)));
    }
  }
  return ExitCode.done;
};

/** `nerdy hooks add`: the address stands nowhere else, so it is printed where it can be taken. */
export const addHookCommand = async (
  client: ApiClient,
  source: string,
  options: Printing & { channel?: string; secret?: string; mapping?: string; topic?: string },
): Promise<ExitCode> => {
  const { json, channel, secret, mapping, topic } = options;
  const made = await client.addHook({
    source,
    channel: channel ?? null,
    secret: secret ?? null,
    mapping: mapping ?? null,
    topic: topic ?? null,
  });
  if (json) printJson(made);
  else console.log([made.url, '', ...wordsOf(made.hook)].join('\n'));
  return ExitCode.done;
};

const wordsOf = ({ id, source, hasSecret, warning }: ShownHook): string[] => [
  ...(warning === null ? [] : [paint.yellow(plain(warning))]),
  `Set this address in ${source}, by POST. It is shown only now: whoever has it can send alerts.`,
  ...(hasSecret ? ['What comes without the secret is turned away.'] : []),
  paint.dim(
    `\`npx nerdy hooks test ${source} payload.json\` tries a payload; \`npx nerdy hooks remove ${id}\` ends it.`,
  ),
];

/** `nerdy hooks remove` */
export const removeHookCommand = async (
  client: ApiClient,
  id: string,
  { json }: Printing,
): Promise<ExitCode> => {
  const hook = await client.removeHook(id);
  if (json) printJson(hook);
  else console.log(`${hook.id} (${hook.source}) is removed: nothing more comes in there.`);
  return ExitCode.done;
};

/** `nerdy hooks parked` */
export const parkedCommand = async (client: ApiClient, { json }: Printing): Promise<ExitCode> => {
  const parked = await client.parkedMessages();
  if (json) printJson(parked);
  else if (parked.length === 0)
    console.log('Nothing was put aside: every message of the queue could be read.');
  else {
    for (const { id, at, via, reason, body } of parked) {
      console.log(plain(`${iso(at)}  ${via}  ${id}\n  ${reason}\n  ${body.slice(0, 300)}`));
    }
  }
  return ExitCode.done;
};
