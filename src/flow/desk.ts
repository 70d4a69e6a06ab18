import type { Agent } from '../core/agent.ts';
import type { Card } from '../core/card.ts';
import type { KeepWish } from '../core/keep.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Actor, Place, TaskState } from '../core/task.ts';
import type { OutputStream } from '../ports/store.ts';
import type { FormOutcome } from './runbook-desk.ts';

export interface Ask {
  request: string;
  /** A message that the asker points at: data of whoever wrote it, never typed by the asker (law 5). */
  context?: string | null;
  /** Machines named beside the words, as `--on` takes them; null for none. */
  on: string | null;
  asker: Actor;
  /** A null thread starts one, named by the task's own number: the task then carries `thread: "1042"` itself. */
  place: Place;
  /** The delivery's own unique id; the same id twice makes one task. Null where the caller has none. */
  eventId: string | null;
  /** Of what the delivery carries, where its id is the caller's own choice: another under the same id is refused. */
  eventDigest?: string;
  /** It was not addressed to us and may be meant for a colleague: no card is shown before there is something on it. */
  isQuiet?: boolean;
}

/** Acts that need a role; whose yes counts is said by the rules alone. */
export type GuardedAct =
  | 'ask'
  | 'reject'
  | 'edit'
  | 'choose'
  | 'cancel'
  | 'continue'
  | 'stop'
  | 'show'
  | 'keep';

/** What any act at the desk comes to. A refusal is a sentence for whoever acted; nothing has changed then. */
export type Outcome = { kind: 'done'; card: Card } | { kind: 'refused'; sentence: Sentence };

/** What every act carries: who, and the delivery's own id (null where there is none). */
export interface Act {
  by: Actor;
  eventId: string | null;
  /** As of `Ask`. */
  eventDigest?: string;
}

export interface CardFilter {
  states?: readonly TaskState[];
  before?: number;
  place?: Place;
  limit: number;
}

/** How much was asked within the window that ends now. */
export interface Usage {
  windowMs: number;
  asked: number;
  /** By the person who looks, under any of their identities. */
  askedByThem: number;
  /** Of all that were asked, those that have their answer. */
  answered: number;
}

/** What has changed, for live views. Carries ids, never content: the viewer asks again for what it shows. */
export interface DeskNews {
  /** The audit sequence up to which this is true. */
  seq: number;
  tasks: ReadonlySet<number>;
  outputs: ReadonlySet<number>;
  agents: ReadonlySet<string>;
  incidents: ReadonlySet<number>;
  /** A task whose answer is being written, with the words so far; null otherwise. */
  words: { task: number; text: string } | null;
}

/**
 * The one counter at which all surfaces act (MISSION G7): Slack, Discord, the console, HTTP and the CLI call these
 * verbs and show these cards, so they say the same and act on one record.
 *
 * Every act is committed when its promise resolves. Acts may arrive twice and at once; the second is told so.
 */
export interface Desk {
  ask(ask: Ask): Promise<Outcome>;
  /**
   * Says yes to exactly what the card showed: another digest is refused with `card_outdated`. Where the rules ask for
   * more people, the task stays proposed and the card counts.
   *
   * `confirm` is what the person typed where the card's terms ask for it, null where they typed nothing.
   */
  approve(
    task: number,
    act: Act & { proposal: number; digest: string; canary: boolean; confirm: string | null },
  ): Promise<Outcome>;
  reject(task: number, act: Act & { reason: string | null }): Promise<Outcome>;
  /** Replaces the text of the scripts named by their old digest; makes the next revision of the proposal. */
  edit(
    task: number,
    act: Act & { proposal: number; texts: { digest: string; text: string }[] },
  ): Promise<Outcome>;
  /** Answers the open question with one of its options, or with any machine selector. */
  choose(task: number, act: Act & { option: string }): Promise<Outcome>;
  cancel(task: number, act: Act): Promise<Outcome>;
  /** Releases the next wave. */
  continue(task: number, act: Act): Promise<Outcome>;
  /** Leaves the held waves unrun and answers with what has run. */
  stop(task: number, act: Act): Promise<Outcome>;
  /** What this person would keep of the task, to confirm or to change. */
  keepForm(task: number, by: Actor): Promise<FormOutcome>;
  /** Keeps the task's script as a runbook, or as the next version of one. Gives nobody the right to run it. */
  keep(task: number, act: Act & { wish: KeepWish }): Promise<Outcome>;
  /** Posts the card in one more place, where it follows from then on; refused with `card_here` where it is already. */
  show(task: number, act: Act & { place: Place }): Promise<Outcome>;

  /**
   * Why this person may not even look; null for whoever may. What follows is for those who may: whoever shows it to
   * somebody of a chat, be it as a suggestion, asks here first.
   */
  lookRefusal(who: Pick<Actor, 'surface' | 'id'>): Sentence | null;
  card(task: number): Promise<Card | null>;
  /** Newest first. */
  cards(filter: CardFilter): Promise<Card[]>;
  /** Open decisions that a yes of this person would bring further, oldest first. */
  awaits(who: Pick<Actor, 'surface' | 'id'>, limit: number): Promise<Card[]>;
  usage(who: Pick<Actor, 'surface' | 'id'>): Promise<Usage>;
  agents(): Promise<Agent[]>;
  /** The kept bytes of one run's stream from `offset` on; null when the task has no such run. */
  output(
    task: number,
    runId: string,
    stream: OutputStream,
    offset: number,
    bytesMax: number,
  ): Promise<{ bytes: Buffer; total: number; cutAt: number | null } | null>;
  /** Calls back after each commit. Returns the function that ends it. */
  watch(listener: (news: DeskNews) => void): () => void;
}
