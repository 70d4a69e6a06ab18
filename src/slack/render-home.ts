import type { KnownBlock, HomeView as SlackHomeView } from '@slack/types';
import type { Card } from '../core/card.ts';
import { riskWord } from '../core/effect-words.ts';
import type { Sentence } from '../core/sentences.ts';
import { shown } from './escape.ts';
import { fitsView } from './fit.ts';
import { headerCharsMax, homeCardsMax, homeMachinesMax, linesShownMax, nameCharsMax } from './limits.ts';
import { actions, button } from './render-buttons.ts';
import { stateEmoji } from './render-look.ts';
import { riskEmoji } from './render-risk.ts';
import { smallPrint } from './render-small-print.ts';
import { dotted, plainText, rich, say } from './rich-text.ts';

/** What one person's Home tab shows. */
export interface HomeView {
  /** What waits for this person's yes, oldest first. */
  waiting: readonly Card[];
  /** What this person asked, newest first. */
  asked: readonly Card[];
  /** All machines that this person may see. `busy`: a load to look at, in words; null for none. */
  machines: readonly { name: string; online: boolean; busy: string | null }[];
  /** Figures with what they count: "tasks this week", "12". */
  usage: readonly { label: string; value: string }[];
  /** Why something is missing or not connected, as a sentence; null while all is well. */
  trouble: string | null;
}

/** The Home tab: what waits for me first. */
export const renderHome = (view: HomeView): SlackHomeView => {
  for (const cards of [homeCardsMax, homeCardsMax / 2, 1]) {
    const blocks = blocksOf(view, cards);
    if (fitsView(blocks)) return { type: 'home', callback_id: 'nerdy.home', blocks };
  }
  return { type: 'home', callback_id: 'nerdy.home', blocks: blocksOf(view, 0) };
};

/** The Home tab of somebody who may not look. */
export const renderShutHome = (why: Sentence): SlackHomeView => ({
  type: 'home',
  callback_id: 'nerdy.home',
  blocks: troubleBlocks(why.text),
});

const troubleBlocks = (trouble: string | null): KnownBlock[] =>
  rich.block(
    'nerdy.home.trouble',
    rich.lines(trouble === null ? [] : [...say.emoji('warning'), ...say.text(` ${shown(trouble, 600)}`)]),
  );

const blocksOf = (view: HomeView, cards: number): KnownBlock[] => [
  ...troubleBlocks(view.trouble),
  ...actions('nerdy.home.actions', [
    ...button({ label: 'Ask', action: { kind: 'compose' }, style: 'primary' }),
  ]),
  heading('waiting', 'Waits for your yes'),
  ...cardList('waiting', view.waiting, cards, 'Nothing waits for you.'),
  heading('asked', 'What you asked'),
  ...cardList(
    'asked',
    view.asked,
    cards,
    'Nothing yet. Mention me in a channel, or write: check memory on db1',
  ),
  heading('machines', 'Machines'),
  ...machineBlocks(view),
  ...(view.usage.length === 0 ? [] : [heading('usage', 'Usage')]),
  ...rich.block(
    'nerdy.home.usage',
    rich.list(
      ...view.usage
        .slice(0, linesShownMax)
        .map(({ label, value }) => [...say.bold(shown(value, 60)), ...say.text(` ${shown(label, 120)}`)]),
    ),
  ),
];

const heading = (name: string, words: string): KnownBlock => ({
  type: 'header',
  block_id: `nerdy.home.head.${name}`,
  text: plainText(words, headerCharsMax),
});

const cardList = (name: string, cards: readonly Card[], max: number, none: string): KnownBlock[] => {
  if (cards.length === 0) return rich.block(`nerdy.home.${name}.none`, rich.lines(say.italic(none)));
  const more = cards.length - Math.min(max, cards.length);
  return [
    ...cards
      .slice(0, max)
      .flatMap((card, at) => [
        ...rich.block(
          `nerdy.home.${name}.${at}.${card.revision}`,
          rich.lines(
            [
              ...say.emoji(stateEmoji(card)),
              ...say.bold(` #${card.task} `),
              ...say.text(shown(card.request.replace(/\s+/g, ' '), 200)),
            ],
            dotted(
              card.risk === null
                ? []
                : [...say.emoji(riskEmoji[card.risk.risk]), ...say.text(` ${riskWord[card.risk.risk]}`)],
              say.text(whereWords(card)),
              say.text(shown(card.headline, 150)),
              say.text(shown(card.asker.name, nameCharsMax)),
            ),
          ),
        ),
        ...actions(
          `nerdy.home.${name}.${at}.${card.revision}.show`,
          button({ label: `Show #${card.task}`, action: { kind: 'task', task: card.task } }),
        ),
      ]),
    ...smallPrint(`nerdy.home.${name}.more`, [more > 0 ? `${more} more` : null]),
  ];
};

const whereWords = ({ targets }: Card): string => {
  const [first] = targets;
  if (!first) return '';
  return targets.length === 1 ? shown(first.name, nameCharsMax) : `${targets.length} machines`;
};

/** Those to look at first: not there, then busy. */
const machineBlocks = ({ machines }: HomeView): KnownBlock[] => {
  const online = machines.filter((machine) => machine.online).length;
  const order = (m: HomeView['machines'][number]): number => (m.online ? (m.busy === null ? 2 : 1) : 0);
  const told = [...machines].sort((a, b) => order(a) - order(b)).slice(0, homeMachinesMax);
  const more = machines.length - told.length;
  return rich.block(
    'nerdy.home.fleet',
    rich.lines(
      machines.length === 0
        ? say.italic('No machine has joined yet.')
        : say.bold(`${online} of ${machines.length} online`),
      ...told.map((machine) => [
        ...say.text(machine.online ? '● ' : '○ '),
        ...say.text(shown(machine.name, nameCharsMax)),
        ...say.text(machine.online ? '' : ' offline'),
        ...say.text(machine.busy === null ? '' : ` · ${shown(machine.busy, 120)}`),
      ]),
      more > 0 ? say.italic(`${more} more`) : [],
    ),
  );
};
