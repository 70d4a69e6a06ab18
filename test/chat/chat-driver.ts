/** The people of the scenarios, and their role in nerdyops.yml. */
export const chatPeople = { ada: 'approver', bob: 'approver', dan: 'operator', eve: 'viewer' } as const;
export type ChatPerson = keyof typeof chatPeople;

/** A message as one person sees it. */
export interface ShownMessage {
  id: string;
  channel: string;
  /** The message under which it stands; null at the channel's top. */
  under: string | null;
  isOurs: boolean;
  /** For this person's eyes alone. */
  isPrivate: boolean;
  /** All its words, as they are read. */
  text: string;
  /** What is written on its buttons, and the names that its menus offer. */
  buttons: string[];
  options: string[];
  /** What in it calls somebody or leads somewhere, as the platform reads it. */
  live: string[];
  files: { name: string; text: string }[];
}

/** A form that is open in front of a person. */
export interface ShownForm {
  title: string;
  text: string;
  /** Its fields by label, with what stands in them. */
  fields: Record<string, string>;
}

/**
 * What people can do and see on one chat platform, and what can go wrong there. The scenarios know nothing else of it,
 * so that they say the same of each. The far end behind it is strict: a call that the platform would refuse is refused.
 */
export interface ChatDriver {
  readonly surface: string;
  /** Scenarios that can't be played here, each with why. */
  readonly cannot: Readonly<Record<string, string>>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What the server must be started with to reach this far end. */
  env(): Record<string, string>;
  /** What nerdyops.yml says beside the people. */
  settings(): object;
  /** As nerdyops.yml names them: `slack:U1`. */
  identityOf(person: ChatPerson): string;
  /** How people write our name: `@nerdy`. */
  readonly mention: string;
  /** A channel of its own for a scenario, with everybody and us in it. @returns its id. */
  openChannel(name: string): string;

  /** @param under the message in whose thread it is said; null at the channel's top. */
  says(person: ChatPerson, channel: string, text: string, under: ShownMessage | null): Promise<void>;
  /** The platform's own command: `/nerdy agents`. */
  commands(person: ChatPerson, channel: string, words: string): Promise<void>;
  /** Everything in a channel and its threads, in order. */
  sees(person: ChatPerson, channel: string): ShownMessage[];
  /** Of a message that begins with a task's number: whether it is the card, and no answer or file of that task. */
  isCard(message: ShownMessage): boolean;
  /** By what is written on the button, as this person saw the message: an older copy is a window left open. */
  clicks(person: ChatPerson, message: ShownMessage, button: RegExp): Promise<void>;
  /** From a menu, or the button of that name where there are few. */
  picks(person: ChatPerson, message: ShownMessage, option: string): Promise<void>;
  form(person: ChatPerson): ShownForm | null;
  /** Submits the open form; fields are named by a part of their label. @returns what it complains of, empty for nothing. */
  submits(person: ChatPerson, values: Readonly<Record<string, string>>): Promise<string>;
  deletes(person: ChatPerson, message: ShownMessage): Promise<void>;
  /** Resolves with what `look` finds, looking again after each thing that happens here. */
  until<T>(look: () => T | null | undefined): Promise<T>;

  /** Our connection is cut without a word, and may come back at once. */
  cutConnection(): void;
  /** The last event once more, as after an acknowledgement that got lost. */
  repeatsLastEvent(): Promise<void>;
  removeUs(channel: string): void;
  /** After `removeUs`. */
  letsUsIn(channel: string): void;
  archive(channel: string): void;
  /** Calls that the platform refused, by the name of its error; those for their pace as `ratelimited`. */
  refusals(): string[];
  /** How often a message of ours was changed in that channel. */
  changes(channel: string): number;
}
