import { type Command, isGreeting, parseCommand } from '../core/command.ts';
import { ListKind } from '../core/listing.ts';
import type { Place } from '../core/task.ts';
import type { PostedMessage } from '../ports/chat.ts';
import type { PostSubject, Store } from '../ports/store.ts';
import type { Heard, HeardOutcome, Hearing } from './hear.ts';
import { letIn } from './let-in.ts';
import { type ListingParts, listFor } from './listings.ts';
import { postAnew, postAnewOfThread } from './post-anew.ts';
import { talkOfWatch } from './watch-talk.ts';

type ListenedStore = Pick<Store, 'findPost' | 'listPosts' | 'listTasks' | 'listPostsShut' | 'change'>;

/** Hears for every chat: finds the conversation that a message belongs to, and tells a command from a request. */
export class Listener implements Hearing {
  readonly #store: ListenedStore;
  readonly #parts: ListingParts;

  constructor(store: ListenedStore, parts: ListingParts) {
    this.#store = store;
    this.#parts = parts;
  }

  async hear(heard: Heard): Promise<HeardOutcome> {
    const place = await this.#placeOf(heard);
    if (place === null) return { kind: 'ignored' };
    const command = commandIn(heard);
    return command ? this.#obey(command, heard, place) : this.#ask(heard, place);
  }

  async isOurThread(surface: string, channel: string, under: string): Promise<boolean> {
    return (await this.#ourPlace(surface, channel, under)) !== null;
  }

  letIn(surface: string, channel: string): Promise<void> {
    return letIn(this.#store, { surface, channel });
  }

  messageGone(surface: string, message: PostedMessage): Promise<void> {
    return postAnew(this.#store, surface, message);
  }

  async threadGone(surface: string, channel: string, under: string): Promise<void> {
    const place = await this.#ourPlace(surface, channel, under);
    if (place) await postAnewOfThread(this.#store, place, under);
  }

  async #obey(command: Command, heard: Heard, place: Place): Promise<HeardOutcome> {
    const { by, eventId } = heard;
    if (command.kind === 'list') return listFor(this.#parts, command.list, by);
    if (command.kind === 'watch') return talkOfWatch(this.#parts.watches, command.words, heard);
    const outcome = await this.#parts.desk.show(command.number, { by, eventId, place });
    return outcome.kind === 'refused' ? outcome : { kind: 'shown', card: outcome.card };
  }

  async #ask({ text, context, on, by, eventId, isAddressed }: Heard, place: Place): Promise<HeardOutcome> {
    const said = { request: text, context, on, asker: by };
    const outcome = await this.#parts.desk.ask({ ...said, place, eventId, isQuiet: !isAddressed });
    if (outcome.kind === 'done') return { kind: 'asked', card: outcome.card };
    // Whoever may only look speaks with colleagues there, and is not told at each word that we don't listen.
    return !isAddressed && outcome.sentence.code === 'role_missing' ? { kind: 'ignored' } : outcome;
  }

  /** Null for what was said to nobody in a thread that is not ours, and for what is no words there ("👍", "?"). */
  async #placeOf({ surface, channel, under, text, isAddressed }: Heard): Promise<Place | null> {
    if (!isAddressed && !hasWords(text)) return null;
    const ours = under === null ? null : await this.#ourPlace(surface, channel, under);
    return ours ?? (isAddressed ? { surface, channel, thread: under } : null);
  }

  /**
   * The conversation under a message: under one of ours it is that one's own, be it in a thread itself; a message of
   * somebody else heads one, by the platform's id, once a task was asked under it.
   */
  async #ourPlace(surface: string, channel: string, under: string): Promise<Place | null> {
    const post = await this.#store.findPost(surface, { channel, id: under });
    if (post) return { ...post.place, thread: post.place.thread ?? threadNameOf(post.subject) };
    const place = { surface, channel, thread: under };
    const [task] = await this.#store.listTasks({ place, limit: 1 });
    return task ? place : null;
  }
}

/** What comes with a message that was pointed at, or with machines chosen beside it, is a request whatever it says. */
const commandIn = ({ text, context, on, isAddressed }: Heard): Command | null => {
  if (context !== null || on !== null) return null;
  return isAddressed && isGreeting(text) ? { kind: 'list', list: ListKind.help } : parseCommand(text);
};

const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/** As `threadTaskOf` and `threadIncidentOf` read it. */
const threadNameOf = ({ kind, number }: PostSubject): string =>
  kind === 'task' ? `${number}` : `!${number}`;
