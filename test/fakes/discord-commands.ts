import type { Replied } from './discord-interactions.ts';
import type { Call } from './discord-shapes.ts';

interface Command {
  id: string;
  name: string;
  type?: number;
}

/** An application's commands, everywhere and in each server: both kinds stand side by side. */
export class DiscordCommands {
  /** By server; those of everywhere under null. */
  readonly by = new Map<string | null, Command[]>();
  #ids = 0;

  of(guild: string | null): Command[] {
    return this.by.get(guild) ?? [];
  }

  put(guild: string | null, bodies: readonly { name: string }[]): Command[] {
    const commands = bodies.map((one) => {
      this.#ids += 1;
      return {
        ...one,
        id: `5000000000000000${String(this.#ids).padStart(2, '0')}`,
        version: '1',
        nsfw: false,
      };
    });
    this.by.set(guild, commands);
    return commands;
  }

  /** `/applications/<id>/commands…` and `/applications/<id>/guilds/<guild>/commands…`. */
  answer({ method, path, body }: Call): Replied {
    const parts = path.split('/').slice(3);
    const guild = parts[0] === 'guilds' ? (parts[1] ?? '') : null;
    const id = parts[guild === null ? 1 : 3];
    if (method === 'PUT') return { status: 200, body: this.put(guild, body as { name: string }[]) };
    if (method !== 'DELETE') return { status: 200, body: this.of(guild) };
    if (!this.of(guild).some((one) => one.id === id))
      return { status: 404, body: { code: 10_063, message: 'Unknown application command' } };
    this.by.set(
      guild,
      this.of(guild).filter((one) => one.id !== id),
    );
    return { status: 204 };
  }
}
