import type { KnownBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { Card } from '../core/card.ts';
import { drafterWords, keptWords } from '../core/card-words.ts';
import { demandWords, goesWithoutSaying } from '../core/demand-words.ts';
import { spanWords } from '../core/figure-words.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { type Detail, details } from './detail.ts';
import { shown } from './escape.ts';
import { firstThatFits, fitsMessage } from './fit.ts';
import { excerptCharsMax, nameCharsMax, scriptLinesDecidedMax, scriptLinesExcerptMax } from './limits.ts';
import { followUpButtons } from './render-answer.ts';
import { decisionButtons, type ScriptPlace } from './render-decide.ts';
import { stateEmoji } from './render-look.ts';
import { riskLine } from './render-risk.ts';
import { progressLines, runLines, showsRuns } from './render-runs.ts';
import { scriptsCut, scriptsWhole } from './render-script.ts';
import { fitsModal } from './render-script-modal.ts';
import { type SmallPart, smallPrint } from './render-small-print.ts';
import { targetLines } from './render-targets.ts';
import { rich, say } from './rich-text.ts';
import { isShort, scriptMeta } from './script-text.ts';

/** A card's blocks. The script stands in them whole where it fits; only then does the button that says yes. */
export const cardBlocks = (card: Card, isAnew: boolean): KnownBlock[] => {
  const isOpen = isScriptOpen(card);
  if (isOpen || isShort(card, scriptLinesDecidedMax)) {
    for (const detail of details.slice(0, 2)) {
      const blocks = blocksOf(
        card,
        isAnew,
        detail as Detail,
        'card',
        scriptsWhole(card, isOpen ? (detail as Detail).reasons : 0),
      );
      if (fitsMessage(blocks)) return blocks;
    }
  }
  const place: ScriptPlace = card.scripts.length === 0 ? 'card' : fitsModal(card) ? 'modal' : 'nowhere';
  return firstThatFits((detail) =>
    blocksOf(card, isAnew, detail, place, isOpen ? excerpt(card, detail, place) : []),
  );
};

/** As on every surface: open while it waits for a decision, and where the rules refused it. */
const isScriptOpen = ({ state }: Card): boolean =>
  state === TaskState.proposed || state === TaskState.refused || state === TaskState.rejected;

const excerpt = (card: Card, detail: Detail, place: ScriptPlace): RichTextBlockElement[] => {
  const share = Math.max(1, card.scripts.length);
  const isLean = detail !== details[0];
  return [
    ...scriptsCut(
      card,
      Math.ceil((isLean ? scriptLinesExcerptMax / 2 : scriptLinesExcerptMax) / share),
      Math.ceil((isLean ? excerptCharsMax / 4 : excerptCharsMax) / share),
      Math.ceil(detail.reasons / share),
    ),
    ...rich.lines([...say.emoji('page_facing_up'), ...say.bold(` ${tooLongWords(card, place)}`)]),
  ];
};

const tooLongWords = (card: Card, place: ScriptPlace): string => {
  if (card.state !== TaskState.proposed) return 'The script is too long for a message.';
  return place === 'modal'
    ? 'The script is too long for a message. Open it whole to decide.'
    : `The script is too long for Slack, so nobody can say yes here. Decide in the console, or with: npx nerdy approve ${card.task}`;
};

const blocksOf = (
  card: Card,
  isAnew: boolean,
  detail: Detail,
  place: ScriptPlace,
  scripts: RichTextBlockElement[],
): KnownBlock[] => {
  // A block's id is to be another one in each iteration of a message.
  const id = (name: string): string => `nerdy.${name}.${card.task}.${card.revision}`;
  return [
    ...rich.block(id('card'), headElements(card, isAnew, detail), scripts, bodyElements(card, detail)),
    ...smallPrint(id('small'), smallParts(card, scripts.length > 0)),
    ...decisionButtons(card, place, id('actions')),
    // Beneath an answer they stand with that.
    ...(card.answer === null ? followUpButtons(card, id('next'), detail.followUps) : []),
  ];
};

/** What fits a phone's first screen: where it stands, what was asked, which machines, how risky, what it does. */
const headElements = (card: Card, isAnew: boolean, detail: Detail): RichTextBlockElement[] => [
  ...rich.lines(isAnew ? say.italic('The earlier message was deleted; this one stands in for it.') : [], [
    ...say.emoji(stateEmoji(card)),
    ...say.bold(` #${card.task} ${shown(card.headline, detail.headlineChars)}`),
  ]),
  ...rich.quote([
    ...say.text(shown(card.request.replace(/\s*\n\s*/g, ' '), detail.requestChars)),
    ...say.italic(` — ${shown(card.asker.name, nameCharsMax)}`),
  ]),
  ...rich.lines(
    // From then on each has a line of its own, where there is something to tell of it.
    ...(showsRuns(card) ? [] : targetLines(card, detail)),
    riskLineOf(card),
    card.question === null ? [] : say.text(shown(card.question.text, detail.sentenceChars)),
    say.text(shown(card.summary ?? '', detail.summaryChars)),
  ),
];

/** Once it has ended, what it did is told by the answer, and a badge would only shout. */
const riskLineOf = (card: Card): RichTextElement[] =>
  isTaskEnded(card.state) && card.state !== TaskState.refused && card.state !== TaskState.rejected
    ? []
    : riskLine(card);

const bodyElements = (card: Card, detail: Detail): RichTextBlockElement[] => [
  ...rich.lines(...progressLines(card)),
  ...(showsRuns(card) ? runLines(card, detail) : []),
  ...rich.lines(
    ...demandLines(card, detail),
    ...card.notices
      .slice(0, detail.notices)
      .map((notice) => [
        ...say.emoji('information_source'),
        ...say.text(` ${shown(notice.text, detail.sentenceChars)}`),
      ]),
    say.italic(shown(card.decision?.reason ? `“${card.decision.reason}”` : '', detail.sentenceChars)),
  ),
];

/** Whose yes it takes, who said theirs, and what must be typed, where that doesn't go without saying. */
const demandLines = ({ terms }: Card, detail: Detail): RichTextElement[][] => {
  if (!terms) return [];
  const demands = terms.demands.filter((demand) => !goesWithoutSaying(demand));
  return [
    ...demands.slice(0, detail.demands).map((demand) => {
      const { count, given, open, rule } = demandWords(demand);
      const words = [given, open].filter((part) => part !== null).join('; ');
      return [
        ...say.emoji(open === null ? 'white_check_mark' : 'busts_in_silhouette'),
        ...say.bold(` ${count}`),
        ...say.text(shown(`: ${words}${rule === null ? '' : ` (${rule})`}`, detail.sentenceChars)),
      ];
    }),
    terms.confirmation === null
      ? []
      : [
          ...say.emoji('keyboard'),
          ...say.text(` ${shown(terms.confirmation.why.text, detail.sentenceChars)}`),
        ],
  ];
};

const smallParts = (card: Card, hasNames: boolean): SmallPart[] => {
  const { decision, proposal } = card;
  const isSingle = card.scripts.length === 1;
  return [
    // Several scripts are each named above their text while that is shown.
    ...(isSingle || !hasNames ? card.scripts.map((script) => scriptMeta(script, isSingle)) : []),
    shown(drafterWords(card) ?? '', 120),
    shown(keptWords(card) ?? '', 140),
    proposal && proposal.revision > 1 ? `revision ${proposal.revision}` : null,
    card.timeoutMs !== null && !isTaskEnded(card.state) ? `time limit ${spanWords(card.timeoutMs)}` : null,
    decision ? shown(`${decision.verdict} by ${decision.by}`, 120) : null,
    decision ? { before: '', at: decision.at } : { before: 'asked', at: card.askedAt },
    card.state === TaskState.proposed && card.decideBy !== null
      ? { before: 'decide before', at: card.decideBy }
      : null,
  ];
};
